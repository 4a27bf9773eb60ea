import { useQuery } from '@tanstack/vue-query'
import type { MaybeRefOrGetter } from 'vue'
import { computed, toValue } from 'vue'

import { api, cuerpo } from '@/api/cliente'
import type { components } from '@/api/esquema'

export type Empresa = components['schemas']['EmpresaServidor']

export interface Rango {
  fecha_inicio: string
  fecha_fin: string
  forzar_reextraccion: boolean
  actualizar_cambiadas: boolean
}

export function usarEmpresa(id: MaybeRefOrGetter<number>) {
  return useQuery({
    queryKey: ['empresas', computed(() => toValue(id))],
    queryFn: async () => cuerpo(await api.GET('/api/empresas-servidor/{id}/', { params: { path: { id: toValue(id) } } })),
  })
}

export async function empezarExtraccion(empresa_servidor_id: number, rango: Rango): Promise<string> {
  return cuerpo(await api.POST('/api/sistema/extraer_datos/', { body: { empresa_servidor_id, ...rango } })).task_id
}

/** Every company of a server, each its own fiscal year, in one job. */
export async function empezarExtraccionDeServidor(servidor_id: number): Promise<string> {
  const body = { servidor_id, forzar_reextraccion: false, actualizar_cambiadas: false }
  return cuerpo(await api.POST('/api/sistema/extraer_varias/', { body })).task_id
}

/** Those that one chose, in one job; without days, of each one its own fiscal year. */
export async function empezarExtraccionDe(empresas: number[], rango: Omit<Rango, 'fecha_inicio' | 'fecha_fin'> & Partial<Rango>): Promise<string> {
  return cuerpo(await api.POST('/api/sistema/extraer_varias/', { body: { empresas, ...rango } })).task_id
}

export const guardarEmpresa = async (id: number, cambios: components['schemas']['PatchedEmpresaServidorRequest']) =>
  cuerpo(await api.PATCH('/api/empresas-servidor/{id}/', { params: { path: { id } }, body: cambios }))

export const eliminarEmpresa = (id: number) => api.DELETE('/api/empresas-servidor/{id}/', { params: { path: { id } } })
