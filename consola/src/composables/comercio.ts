import { useQuery } from '@tanstack/vue-query'
import { computed, type MaybeRefOrGetter, toValue } from 'vue'

import { api, cuerpo } from '@/api/cliente'
import type { components } from '@/api/esquema'
import { Problema } from '@/api/problema'
import type { Pagina, Parametros } from '@/composables/lista'

export type Personalizacion = components['schemas']['Personalizacion']
export type Ecommerce = components['schemas']['Ecommerce']
export type DatosDePersonalizacion = Omit<components['schemas']['PersonalizacionRequest'], 'empresa_servidor'>
export type DatosDeEcommerce = Omit<components['schemas']['EcommerceRequest'], 'empresa_servidor'>
export type Dominio = components['schemas']['Dominio']
export type DatosDeDominio = components['schemas']['DominioRequest']
export type EnlaceDeMenu = components['schemas']['EnlaceMenuRequest']

/** What a company that has not been configured yet answers: nothing, which is not a failure. */
async function siExiste<T>(pedir: () => Promise<T>): Promise<T | null> {
  try {
    return await pedir()
  } catch (error) {
    if (error instanceof Problema && error.estado === 404) {
      return null
    }
    throw error
  }
}

export const COLORES_INICIALES = { color_primario: '#0F766E', color_secundario: '#F59E0B', color_fondo: '#FFFFFF', color_texto: '#111827' } as const

export function usarPersonalizacion(empresa: MaybeRefOrGetter<number>) {
  return useQuery({
    queryKey: ['personalizacion', computed(() => toValue(empresa))],
    queryFn: async () => cuerpo(await api.GET('/api/personalizacion/', { params: { query: { empresa_servidor: toValue(empresa) } } })).results[0] ?? null,
  })
}

/** Change the look of a kiosk, or write the first one. */
export async function guardarPersonalizacion(empresa_servidor: number, existe: boolean, datos: DatosDePersonalizacion): Promise<Personalizacion> {
  return existe
    ? cuerpo(await api.PATCH('/api/personalizacion/{empresa_servidor}/', { params: { path: { empresa_servidor } }, body: datos }))
    : cuerpo(await api.POST('/api/personalizacion/', { body: { ...datos, empresa_servidor } }))
}

export function usarEcommerce(empresa: MaybeRefOrGetter<number>) {
  return useQuery({
    queryKey: ['ecommerce', computed(() => toValue(empresa))],
    queryFn: async () => cuerpo(await api.GET('/api/ecommerce/', { params: { query: { empresa_servidor: toValue(empresa) } } })).results[0] ?? null,
  })
}

export async function guardarEcommerce(empresa_servidor: number, existe: boolean, datos: DatosDeEcommerce): Promise<Ecommerce> {
  return existe
    ? cuerpo(await api.PATCH('/api/ecommerce/{empresa_servidor}/', { params: { path: { empresa_servidor } }, body: datos }))
    : cuerpo(await api.POST('/api/ecommerce/', { body: { ...datos, empresa_servidor } }))
}

export type Medio = 'logo_autopago' | 'video_protector' | 'logo_tienda'
const RUTAS_DE_MEDIOS = {
  logo_autopago: '/api/personalizacion/{empresa_servidor}/logo/',
  video_protector: '/api/personalizacion/{empresa_servidor}/video_protector/',
  logo_tienda: '/api/ecommerce/{empresa_servidor}/logo/',
} as const

export async function subirMedio(medio: Medio, empresa_servidor: number, archivo: File): Promise<void> {
  const forma = new FormData()
  forma.append('archivo', archivo)
  await api.POST(RUTAS_DE_MEDIOS[medio], { params: { path: { empresa_servidor } }, body: forma as never, bodySerializer: (datos) => datos as never })
}

export const quitarMedio = (medio: Medio, empresa_servidor: number) => api.DELETE(RUTAS_DE_MEDIOS[medio], { params: { path: { empresa_servidor } } })

export const pedirDominios = async (parametros: Parametros): Promise<Pagina<Dominio>> =>
  cuerpo(await api.GET('/api/dominios/', { params: { query: parametros as never } }))

export async function guardarDominio(id: number | null, datos: DatosDeDominio): Promise<Dominio> {
  return id === null ? cuerpo(await api.POST('/api/dominios/', { body: datos })) : cuerpo(await api.PATCH('/api/dominios/{id}/', { params: { path: { id } }, body: datos }))
}

export const eliminarDominio = (id: number) => api.DELETE('/api/dominios/{id}/', { params: { path: { id } } })

/** The company that a host name leads to today; null when it leads nowhere. */
export const resolverDominio = (dominio: string) =>
  siExiste(async () => cuerpo(await api.GET('/api/dominios/resolver/', { params: { query: { dominio } } })))
