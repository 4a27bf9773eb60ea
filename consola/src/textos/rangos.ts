/** Ranges of days that people ask for, as ISO dates. */
export interface RangoDeDias {
  texto: string
  desde: string
  hasta: string
}

const iso = (fecha: Date) => fecha.toISOString().slice(0, 10)

/** @param anio fiscal year of the company, whose whole span is the first choice */
export function rangosPara(anio: number, ahora = new Date()): RangoDeDias[] {
  const hoy = new Intl.DateTimeFormat('en-CA', { timeZone: 'America/Bogota' }).format(ahora)
  const [a, m] = hoy.split('-').map(Number) as [number, number]
  return [
    { texto: `Año ${anio}`, desde: `${anio}-01-01`, hasta: `${anio}-12-31` },
    { texto: 'Este mes', desde: iso(new Date(Date.UTC(a, m - 1, 1))), hasta: hoy },
    { texto: 'Últimos 3 meses', desde: iso(new Date(Date.UTC(a, m - 3, 1))), hasta: hoy },
  ]
}
