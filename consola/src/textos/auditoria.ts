export interface Cambio {
  campo: string
  antes: string
  despues: string
}

const legible = (valor: unknown): string => {
  if (valor === null || valor === undefined || valor === '') {
    return '—'
  }
  if (typeof valor === 'boolean') {
    return valor ? 'sí' : 'no'
  }
  return typeof valor === 'object' ? JSON.stringify(valor, null, 1) : String(valor)
}

/** The changes of an act field by field; what has no before is what was said of it. */
export function cambiosDe(cambios: unknown): Cambio[] {
  return Object.entries((cambios ?? {}) as Record<string, unknown>).map(([campo, cambio]) => {
    const par = Array.isArray(cambio) && cambio.length === 2 ? cambio : [undefined, cambio]
    return { campo: campo.replaceAll('_', ' '), antes: legible(par[0]), despues: legible(par[1]) }
  })
}
