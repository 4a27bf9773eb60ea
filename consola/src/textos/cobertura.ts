/** The months of a company's coverage: what was extracted of each and what can be done about it. */
export interface MesDeCobertura {
  mes: string
  desde: string
  hasta: string
  filas: number
  /** `cambio`: a run found that the source is no longer what was extracted. */
  estado: 'llena' | 'parcial' | 'cambio' | 'falta'
}

interface Ventana {
  desde: string
  hasta: string
  filas: number
  abierta: boolean
  cambiada: boolean
}

const diasDe = (anio: number, mes: number) => new Date(Date.UTC(anio, mes, 0)).getUTCDate()

/** The twelve months of a fiscal year, from the windows that the extraction keeps. */
export function mesesDelAnio(anio: number, ventanas: readonly Ventana[]): MesDeCobertura[] {
  return Array.from({ length: 12 }, (_, i) => {
    const clave = `${anio}-${String(i + 1).padStart(2, '0')}`
    const ultimo = diasDe(anio, i + 1)
    const propias = ventanas.filter(({ desde }) => desde.startsWith(clave))
    const dias = propias.reduce((suma, { desde, hasta }) => suma + Number(hasta.slice(8)) - Number(desde.slice(8)) + 1, 0)
    const completa = dias >= ultimo && !propias.some(({ abierta }) => abierta)
    return {
      mes: clave,
      desde: `${clave}-01`,
      hasta: `${clave}-${ultimo}`,
      filas: propias.reduce((suma, { filas }) => suma + filas, 0),
      estado: estadoDe(propias, completa),
    }
  })
}

function estadoDe(propias: readonly Ventana[], completa: boolean): MesDeCobertura['estado'] {
  if (propias.length === 0) {
    return 'falta'
  }
  if (propias.some(({ cambiada }) => cambiada)) {
    return 'cambio'
  }
  return completa ? 'llena' : 'parcial'
}
