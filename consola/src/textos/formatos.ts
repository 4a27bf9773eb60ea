const entero = new Intl.NumberFormat('es-CO', { maximumFractionDigits: 0 })
const cantidad = new Intl.NumberFormat('es-CO', { maximumFractionDigits: 4 })
const pesos = new Intl.NumberFormat('es-CO', { style: 'currency', currency: 'COP', maximumFractionDigits: 0 })
const unDecimal = new Intl.NumberFormat('es-CO', { maximumFractionDigits: 1 })
const fecha = new Intl.DateTimeFormat('es-CO', { day: '2-digit', month: '2-digit', year: 'numeric', timeZone: 'America/Bogota' })
const fechaHora = new Intl.DateTimeFormat('es-CO', {
  day: '2-digit',
  month: '2-digit',
  year: 'numeric',
  hour: '2-digit',
  minute: '2-digit',
  second: '2-digit',
  timeZone: 'America/Bogota',
})
const mesLargo = new Intl.DateTimeFormat('es-CO', { month: 'long', year: 'numeric', timeZone: 'UTC' })
const relativo = new Intl.RelativeTimeFormat('es-CO', { numeric: 'auto', style: 'short' })

const mesCorto = new Intl.DateTimeFormat('es-CO', { month: 'short', year: '2-digit', timeZone: 'UTC' })

const VACIO = '—'
const UNIDADES: [Intl.RelativeTimeFormatUnit, number][] = [
  ['year', 31_557_600],
  ['month', 2_629_800],
  ['day', 86_400],
  ['hour', 3_600],
  ['minute', 60],
  ['second', 1],
]

type Talvez<T> = T | null | undefined

export const comoEntero = (valor: Talvez<number>): string => (valor == null ? VACIO : entero.format(valor))
export const comoCantidad = (valor: Talvez<number>): string => (valor == null ? VACIO : cantidad.format(valor))
const decimal = new Intl.NumberFormat('es-CO', { maximumFractionDigits: 2 })
export const comoDecimal = (valor: Talvez<number>): string => (valor == null ? VACIO : decimal.format(valor))
export const comoPesos = (valor: Talvez<number>): string => (valor == null ? VACIO : pesos.format(valor))
/** A share as "52,9 %": with the space that Spanish asks for and that never breaks the line. */
export const comoPorcentaje = (fraccion: Talvez<number>): string => (fraccion == null ? VACIO : `${unDecimal.format(100 * fraccion)}\u00A0%`)
export const comoFecha = (iso: Talvez<string>): string => (iso ? fecha.format(instante(iso)) : VACIO)
/** "22/11/2026, 03:04:05 p. m.", whose last words stay on the line of the hour. */
export const comoFechaHora = (iso: Talvez<string>): string => (iso ? fechaHora.format(instante(iso)).replace(/\s([ap])\.\s*m\./, '\u00A0$1.\u00A0m.') : VACIO)
export const comoMes = (iso: string): string => mesLargo.format(new Date(`${iso.slice(0, 7)}-01T00:00:00Z`))

/** "nov 25", for axes and cells. */
export const comoMesCorto = (iso: string): string =>
  mesCorto.format(new Date(`${iso.slice(0, 7)}-01T00:00:00Z`)).replace(' de ', ' ').replace('.', '')
/** A quantity of rows with its word: "1 fila", "1.234 filas". */
export const comoCuenta = (n: number, una: string, varias: string): string => `${entero.format(n)} ${n === 1 ? una : varias}`

/** Bytes as "1,5 GB". */
export function comoTamano(bytes: Talvez<number>): string {
  if (bytes == null) {
    return VACIO
  }
  const unidades = ['B', 'kB', 'MB', 'GB', 'TB']
  const potencia = Math.min(unidades.length - 1, Math.floor(Math.log(Math.max(1, bytes)) / Math.log(1024)))
  return `${new Intl.NumberFormat('es-CO', { maximumFractionDigits: 1 }).format(bytes / 1024 ** potencia)} ${unidades[potencia]}`
}

/** A date without time is a day of Colombia, not midnight of Greenwich. */
function instante(iso: string): Date {
  return new Date(/^\d{4}-\d{2}-\d{2}$/.test(iso) ? `${iso}T12:00:00-05:00` : iso)
}

/** "hace 3 min", "en 2 días". */
export function comoHace(iso: Talvez<string>, ahora: number = Date.now()): string {
  if (!iso) {
    return VACIO
  }
  const segundos = (instante(iso).getTime() - ahora) / 1000
  const [unidad, tamano] = UNIDADES.find(([, s]) => Math.abs(segundos) >= s) ?? ['second', 1]
  return relativo.format(Math.trunc(segundos / tamano), unidad)
}

/** Seconds as "12 s", "3 min 05 s", "1 h 20 min". */
export function comoDuracion(segundos: Talvez<number>): string {
  if (segundos == null) {
    return VACIO
  }
  const s = Math.max(0, Math.round(segundos))
  if (s < 60) {
    return `${s} s`
  }
  if (s < 3600) {
    return `${Math.floor(s / 60)} min ${String(s % 60).padStart(2, '0')} s`
  }
  return `${Math.floor(s / 3600)} h ${String(Math.floor((s % 3600) / 60)).padStart(2, '0')} min`
}

/** `9001234568` with its check digit `8` → `900.123.456-8`. */
export function comoNit(base: string, dv: string): string {
  const conPuntos = /^\d+$/.test(base) ? base.replace(/\B(?=(\d{3})+(?!\d))/g, '.') : base
  return dv ? `${conPuntos}-${dv}` : conPuntos
}

/** A NIT may be searched as it is shown: without dots and without its check digit is how the server finds it. */
export const paraBuscar = (escrito: string): string =>
  /^[\d.\s-]+$/.test(escrito) ? escrito.replace(/[.\s]/g, '').replace(/-\d?$/, '') : escrito.trim()
