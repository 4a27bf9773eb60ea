interface Muestra {
  instante: string
  en_linea: boolean
  rx_bytes: number
  tx_bytes: number
}

export interface HoraDeTunel {
  hora: string
  texto: string
  enLinea: boolean
  bytes: number
}

const comoHora = new Intl.DateTimeFormat('es-CO', { day: '2-digit', month: '2-digit', hour: '2-digit', minute: '2-digit', timeZone: 'America/Bogota' })

/**
 * What a tunnel carried in each hour, from counters that only grow; a counter that went back began again from zero
 * (the interface or its peer was made anew), and what it shows is what it has carried since.
 */
export function porHoras(muestras: readonly Muestra[]): HoraDeTunel[] {
  const ordenadas = [...muestras].sort((a, b) => a.instante.localeCompare(b.instante))
  const horas = new Map<string, HoraDeTunel>()
  let anterior: number | null = null
  for (const { instante, en_linea, rx_bytes, tx_bytes } of ordenadas) {
    const clave = new Date(instante).toISOString().slice(0, 13)
    const hora = horas.get(clave) ?? { hora: clave, texto: comoHora.format(new Date(`${clave}:00:00Z`)), enLinea: false, bytes: 0 }
    const total = rx_bytes + tx_bytes
    hora.bytes += anterior === null ? 0 : total >= anterior ? total - anterior : total
    hora.enLinea ||= en_linea
    anterior = total
    horas.set(clave, hora)
  }
  return [...horas.values()]
}
