import type { Marca } from '@/textos/tareas'

/** Kinds of movement as a person calls them. */
export const TIPOS_DE_DOCUMENTO: Record<string, string> = {
  FACTURA_VENTA: 'Factura de venta',
  DEVOLUCION_VENTA: 'Devolución de venta',
  FACTURA_COMPRA: 'Factura de compra',
  DEVOLUCION_COMPRA: 'Devolución de compra',
  REMISION_SALIDA: 'Remisión de salida',
  REMISION_ENTRADA: 'Remisión de entrada',
  NOTA_INVENTARIO: 'Nota de inventario',
  TRASLADO: 'Traslado',
  OTRO: 'Otro',
}
export const nombreDeTipo = (tipo: string): string => TIPOS_DE_DOCUMENTO[tipo] ?? tipo

interface EstadoDeEnvio extends Marca {
  /** What it means and what to do, in a sentence. */
  explicacion: string
}

export const ESTADOS_DE_ENVIO: Record<string, EstadoDeEnvio> = {
  borrador: { tono: 'neutral', texto: 'Borrador', icono: 'i-lucide-pencil', explicacion: 'Está armado y no se ha enviado. Envíelo cuando quiera.' },
  enviado: { tono: 'info', texto: 'Enviado', icono: 'i-lucide-send', explicacion: 'El proveedor lo recibió; falta la respuesta de la DIAN, que se consulta sola.' },
  aceptado: { tono: 'success', texto: 'Aceptado', explicacion: 'La DIAN lo aceptó. No hay nada que hacer.' },
  aceptado_con_notificaciones: { tono: 'success', texto: 'Aceptado con avisos', icono: 'i-lucide-badge-alert', explicacion: 'La DIAN lo aceptó y dejó avisos para corregir en los próximos.' },
  rechazado: { tono: 'error', texto: 'Rechazado', explicacion: 'La DIAN o el proveedor no lo admitió. Corrija en Visual TNS lo que dicen las reglas y envíelo otra vez.' },
  desconocido: { tono: 'warning', texto: 'Sin respuesta cierta', icono: 'i-lucide-circle-help', explicacion: 'Se envió y no se supo qué pasó. Envíelo otra vez: antes de repetir se pregunta si ya existe.' },
}
export const estadoDeEnvio = (estado: string): EstadoDeEnvio => ESTADOS_DE_ENVIO[estado] ?? { tono: 'neutral', texto: estado, explicacion: '' }

interface Verificado {
  estado_codigo: string
  estado_firma: string
  estado_totales: string
  en_conflicto: boolean
}

const BIEN = new Set(['verificado', 'valida', 'ok'])

/** Whether a received document can be trusted, in a word. */
export function marcaDeRecibido({ estado_codigo, estado_firma, estado_totales, en_conflicto }: Verificado): Marca {
  if (en_conflicto) {
    return { tono: 'error', texto: 'En conflicto' }
  }
  const estados = [estado_codigo, estado_firma, estado_totales].filter(Boolean)
  return estados.every((estado) => BIEN.has(estado)) ? { tono: 'success', texto: 'Verificado' } : { tono: 'warning', texto: 'Revisar' }
}

/** "no_verificable" → "No verificable". */
export const enPalabras = (codigo: string): string => (codigo ? codigo.charAt(0).toUpperCase() + codigo.slice(1).replaceAll('_', ' ') : '—')
