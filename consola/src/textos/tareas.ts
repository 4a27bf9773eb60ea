import type { components } from '@/api/esquema'
import { balanceDeAplicacion, balanceDeEnvio, balanceDeImportacion, balanceDeLote, balanceDePrueba, balanceDeReconciliacion } from '@/textos/balances'
import { comoCuenta, comoDuracion, comoEntero } from '@/textos/formatos'

type Tarea = components['schemas']['Tarea']
export interface Marca {
  tono: 'success' | 'warning' | 'error' | 'neutral' | 'info'
  texto: string
  icono?: string
}

export const ESTADOS_DE_TAREA: Record<string, Marca> = {
  PENDIENTE: { tono: 'neutral', texto: 'En espera', icono: 'i-lucide-clock' },
  EN_PROGRESO: { tono: 'info', texto: 'En curso', icono: 'i-lucide-loader' },
  EXITO: { tono: 'success', texto: 'Terminada' },
  FALLO: { tono: 'error', texto: 'Falló' },
  CANCELADA: { tono: 'neutral', texto: 'Cancelada' },
  EN_CURSO: { tono: 'info', texto: 'En curso', icono: 'i-lucide-loader' },
  INTERRUMPIDA: { tono: 'warning', texto: 'Interrumpida' },
}

/** Text of the advance, e.g. "12.000 de 40.000 · 3.500 por segundo · faltan 8 s". */
export function fraseDeAvance({ progreso }: Pick<Tarea, 'progreso'>): string {
  const partes: string[] = []
  if (progreso.total) {
    partes.push(`${comoEntero(progreso.hecho)} de ${comoEntero(progreso.total)}`)
  } else if (progreso.hecho) {
    partes.push(comoEntero(progreso.hecho))
  }
  if (progreso.tasa) {
    partes.push(`${comoEntero(progreso.tasa)} por segundo`)
  }
  if (progreso.segundos_restantes != null) {
    partes.push(`faltan ${comoDuracion(progreso.segundos_restantes)}`)
  }
  return partes.join(' · ')
}

interface ResultadoDescubrimiento {
  conteos: Record<string, number>
  empresas: { codigo: string; nombre: string; anio_fiscal: number | null; accion: string; motivo: string }[]
}

/** What a finished job did, in sentences, and what it left aside with its reason. */
export interface Balance {
  frases: string[]
  apartados: string[]
  enlace?: { a: string; texto: string }
  /** How it went, when ending is not the same as going well: a document may be refused by who receives it. */
  tono?: 'success' | 'warning' | 'error'
}

const OTROS: Record<string, (datos: Record<string, unknown>) => Balance> = {
  dian_factura: balanceDeEnvio,
  dian_lote: balanceDeLote,
  vpn_reconciliar: balanceDeReconciliacion,
  vpn_probar: balanceDePrueba,
  vpn_importar: balanceDeImportacion,
  vpn_aplicar: balanceDeAplicacion,
}

export function balanceDe(tarea: Pick<Tarea, 'tipo' | 'resultado' | 'objeto'>): Balance {
  const datos = (tarea.resultado ?? {}) as Record<string, unknown>
  const objeto = tarea.objeto.split(':')[1] ?? ''
  if (tarea.tipo === 'descubrimiento') {
    return balanceDeDescubrimiento(datos as unknown as ResultadoDescubrimiento, objeto)
  }
  if (tarea.tipo === 'extraccion') {
    return balanceDeExtraccion(datos, objeto)
  }
  if (tarea.tipo === 'extraccion_multiple') {
    return balanceDeVarias(datos as unknown as ResultadoDeVarias)
  }
  if (tarea.tipo === 'entrenamiento') {
    return { frases: ['El modelo nuevo quedó en servicio.'], apartados: [], enlace: { a: `/modelos/${objeto}`, texto: 'Ver el modelo' } }
  }
  return OTROS[tarea.tipo]?.(datos) ?? { frases: [], apartados: [] }
}

function balanceDeDescubrimiento({ conteos, empresas }: ResultadoDescubrimiento, servidor: string): Balance {
  const n = (accion: string) => conteos?.[accion] ?? 0
  const frases = [
    comoCuenta(n('creada'), 'empresa creada', 'empresas creadas'),
    comoCuenta(n('actualizada'), 'actualizada', 'actualizadas'),
    comoCuenta(n('sin_cambios'), 'sin cambios', 'sin cambios'),
    comoCuenta(n('omitida'), 'omitida', 'omitidas'),
    comoCuenta(n('ilegible'), 'que no se pudo leer', 'que no se pudieron leer'),
  ].filter((_, i) => i === 0 || n(['creada', 'actualizada', 'sin_cambios', 'omitida', 'ilegible'][i] ?? '') > 0)
  const apartados = (empresas ?? [])
    .filter(({ accion }) => accion === 'omitida' || accion === 'ilegible')
    .map(({ codigo, nombre, anio_fiscal, motivo }) => `${[codigo, nombre, anio_fiscal].filter(Boolean).join(' · ')}: ${motivo}`)
  return { frases, apartados, enlace: { a: `/empresas?servidor=${servidor}`, texto: 'Ver las empresas' } }
}

interface ResultadoDeVarias {
  extraidas: number
  filas_cargadas: number
  diferencias: number
  empresas: { titulo: string; error: string }[]
}

function balanceDeVarias({ extraidas, filas_cargadas, diferencias, empresas }: ResultadoDeVarias): Balance {
  const fallidas = (empresas ?? []).filter(({ error }) => error)
  const frases = [comoCuenta(extraidas ?? 0, 'empresa extraída', 'empresas extraídas'), comoCuenta(filas_cargadas ?? 0, 'movimiento cargado', 'movimientos cargados'), fraseDeDiferencias(diferencias ?? 0)]
  if (fallidas.length > 0) {
    frases.push(comoCuenta(fallidas.length, 'empresa que no se pudo extraer', 'empresas que no se pudieron extraer'))
  }
  return { frases, apartados: fallidas.map(({ titulo, error }) => `${titulo}: ${error}`), enlace: { a: '/empresas', texto: 'Ver las empresas' } }
}

const fraseDeDiferencias = (n: number): string => (n === 0 ? 'Sin diferencias con el origen' : comoCuenta(n, 'diferencia con el origen', 'diferencias con el origen'))

function balanceDeExtraccion(datos: Record<string, unknown>, empresa: string): Balance {
  const n = (campo: string) => Number(datos[campo] ?? 0)
  const frases = [
    comoCuenta(n('filas_cargadas'), 'movimiento cargado', 'movimientos cargados'),
    `${comoCuenta(n('ventanas_leidas'), 'mes leído', 'meses leídos')}, ${comoEntero(n('ventanas_omitidas'))} ya al día`,
    fraseDeDiferencias(n('diferencias')),
  ]
  const apartados = n('filas_rechazadas') > 0 ? [`${comoCuenta(n('filas_rechazadas'), 'fila rechazada', 'filas rechazadas')}; el detalle está en el historial.`] : []
  return { frases, apartados, enlace: { a: `/empresas/${empresa}`, texto: 'Ver la empresa' } }
}
