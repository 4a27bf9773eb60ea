import { useQuery } from '@tanstack/vue-query'
import type { MaybeRefOrGetter } from 'vue'
import { computed, toValue } from 'vue'

import { api, cuerpo } from '@/api/cliente'
import type { components } from '@/api/esquema'

export type Servidor = components['schemas']['Servidor']
export type DatosDeServidor = components['schemas']['ServidorRequest']
export type PruebaConexion = components['schemas']['PruebaConexion']

/** Every server, for choosing one. */
export function usarServidores() {
  const { data, isPending } = useQuery({
    queryKey: ['servidores', 'todos'],
    queryFn: async () => cuerpo(await api.GET('/api/servidores/', { params: { query: { tamano: 500, orden: 'nombre' } } })).results,
  })
  return { servidores: computed(() => data.value ?? []), cargando: isPending }
}

export function usarServidor(id: MaybeRefOrGetter<number | null>) {
  return useQuery({
    queryKey: ['servidores', computed(() => toValue(id))],
    enabled: computed(() => toValue(id) !== null),
    queryFn: async () => cuerpo(await api.GET('/api/servidores/{id}/', { params: { path: { id: toValue(id) ?? 0 } } })),
  })
}

export const probarConexion = async (id: number): Promise<PruebaConexion> =>
  cuerpo(await api.POST('/api/servidores/{id}/probar_conexion/', { params: { path: { id } } }))

/** Create, or change when there is an id; an empty password of a change means "the one it has". */
export async function guardarServidor(id: number | null, datos: DatosDeServidor): Promise<Servidor> {
  if (id === null) {
    return cuerpo(await api.POST('/api/servidores/', { body: datos }))
  }
  const { password, ...resto } = datos
  return cuerpo(await api.PATCH('/api/servidores/{id}/', { params: { path: { id } }, body: password ? datos : resto }))
}

export const eliminarServidor = (id: number) => api.DELETE('/api/servidores/{id}/', { params: { path: { id } } })

export async function empezarDescubrimiento(servidor_id: number): Promise<string> {
  return cuerpo(await api.POST('/api/sistema/descubrir_empresas/', { body: { servidor_id } })).task_id
}
