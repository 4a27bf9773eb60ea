import { useQuery } from '@tanstack/vue-query'
import { computed, type MaybeRefOrGetter, toValue } from 'vue'

import { api, cuerpo } from '@/api/cliente'
import type { components } from '@/api/esquema'
import type { Pagina, Parametros } from '@/composables/lista'

export type DocumentoEnviado = components['schemas']['DocumentoDian']
export type DocumentoRecibido = components['schemas']['DocumentoRecibido']
export type Recepcion = components['schemas']['Recepcion']
export type ConfiguracionDian = components['schemas']['ConfiguracionDian']
export type DatosDeConfiguracionDian = components['schemas']['ConfiguracionDianRequest']
export type PedidoDeLote = components['schemas']['ProcesarLoteRequest']

export const pedirEnviados = async (parametros: Parametros): Promise<Pagina<DocumentoEnviado>> => cuerpo(await api.GET('/api/dian-processor/documentos/', { params: { query: parametros as never } }))
export const pedirRecibidos = async (parametros: Parametros): Promise<Pagina<DocumentoRecibido>> => cuerpo(await api.GET('/api/dian-processor/recibidos/', { params: { query: parametros as never } }))

export const enviarFactura = async (empresa_servidor_id: number, kardex_id: number): Promise<string> => cuerpo(await api.POST('/api/dian-processor/procesar-factura/', { body: { empresa_servidor_id, kardex_id } })).task_id
export const enviarLote = async (pedido: PedidoDeLote): Promise<string> => cuerpo(await api.POST('/api/dian-processor/procesar-lote/', { body: pedido })).task_id

export function usarEnviado(id: MaybeRefOrGetter<number>) {
  return useQuery({ queryKey: ['dian', computed(() => toValue(id))], queryFn: async () => cuerpo(await api.GET('/api/dian-processor/documentos/{id}/', { params: { path: { id: toValue(id) } } })) })
}

export function usarRecibido(id: MaybeRefOrGetter<number>) {
  return useQuery({ queryKey: ['recibidos', computed(() => toValue(id))], queryFn: async () => cuerpo(await api.GET('/api/dian-processor/recibidos/{id}/', { params: { path: { id: toValue(id) } } })) })
}

export async function recibir(archivos: readonly File[]): Promise<Recepcion> {
  const forma = new FormData()
  archivos.forEach((archivo) => forma.append('archivos', archivo))
  return cuerpo(await api.POST('/api/dian-processor/recibir/', { body: forma as never, bodySerializer: (datos) => datos as never }))
}

/** Address of the file with what the list shows, all its pages. */
export function direccionDeExportacion(formato: 'csv' | 'excel' | 'json', { pagina: _pagina, tamano: _tamano, ...filtros }: Parametros): string {
  const query = new URLSearchParams({ formato, ...(Object.fromEntries(Object.entries(filtros).filter(([, valor]) => valor !== undefined)) as Record<string, string>) })
  return `/api/dian-processor/recibidos/exportar/?${query}`
}

export const pedirConfiguraciones = async (parametros: Parametros): Promise<Pagina<ConfiguracionDian>> => cuerpo(await api.GET('/api/dian-processor/configuraciones/', { params: { query: parametros as never } }))
/** Empty secrets of a change mean "those it has". */
export async function guardarConfiguracion(id: number | null, { token, clave_tecnica, pin, ...resto }: DatosDeConfiguracionDian): Promise<ConfiguracionDian> {
  const body = { ...resto, ...(token ? { token } : {}), ...(clave_tecnica ? { clave_tecnica } : {}), ...(pin ? { pin } : {}) }
  return id === null ? cuerpo(await api.POST('/api/dian-processor/configuraciones/', { body })) : cuerpo(await api.PATCH('/api/dian-processor/configuraciones/{id}/', { params: { path: { id } }, body }))
}
export const eliminarConfiguracion = (id: number) => api.DELETE('/api/dian-processor/configuraciones/{id}/', { params: { path: { id } } })
