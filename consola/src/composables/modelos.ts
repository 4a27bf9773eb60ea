import { useQuery } from '@tanstack/vue-query'
import { computed, type MaybeRefOrGetter, toValue } from 'vue'

import { api, cuerpo } from '@/api/cliente'
import type { components } from '@/api/esquema'

export type ModeloML = components['schemas']['ModeloML']
export type Prediccion = components['schemas']['Prediccion']
export type Recomendacion = components['schemas']['Recomendacion']

export const empezarEntrenamiento = async (empresa_servidor_id: number): Promise<string> =>
  cuerpo(await api.POST('/api/ml/entrenar_modelos/', { body: { empresa_servidor_id } })).task_id

export const ponerEnServicio = (id: number) => api.POST('/api/ml/modelos/{id}/activar/', { params: { path: { id } } })

/** Every version of the models of one NIT, the newest first. */
export function usarVersiones(nit: MaybeRefOrGetter<string>) {
  const consulta = useQuery({
    queryKey: ['modelos', 'versiones', computed(() => toValue(nit))],
    queryFn: async () => cuerpo(await api.GET('/api/ml/modelos/', { params: { query: { nit_base: toValue(nit), tamano: 50, orden: '-version' } as never } })).results,
  })
  const versiones = computed(() => consulta.data.value ?? [])
  const enServicio = computed(() => versiones.value.find(({ estado }) => estado === 'EN_SERVICIO') ?? versiones.value[0])
  return { ...consulta, versiones, enServicio }
}

export function usarPrediccion(nit: MaybeRefOrGetter<string>, articulo: MaybeRefOrGetter<string>, meses: MaybeRefOrGetter<number>) {
  return useQuery({
    queryKey: ['prediccion', computed(() => toValue(nit)), computed(() => toValue(articulo)), computed(() => toValue(meses))],
    placeholderData: (anterior: Prediccion | undefined) => anterior,
    queryFn: async (): Promise<Prediccion> =>
      cuerpo(
        await api.POST('/api/ml/predecir_demanda/', {
          body: { nit: toValue(nit), articulo_codigo: toValue(articulo) || null, meses: toValue(meses), meses_historia: 36, pagina: 1, tamano: toValue(articulo) ? 100 : 1, formato: 'json' },
        }),
      ) as Prediccion,
  })
}

/** The forecast of every article of a NIT, or of one, as a file of the server. */
export async function pedirArchivo(nit: string, articulo: string, meses: number, formato: 'csv' | 'excel'): Promise<Blob> {
  const body = { nit, articulo_codigo: articulo || null, meses, meses_historia: 0, pagina: 1, tamano: 1, formato }
  return cuerpo(await api.POST('/api/ml/predecir_demanda/', { body, parseAs: 'blob' })) as Blob
}

/** The company of a NIT by which its training is asked. */
export async function empresaDeNit(nit_base: string): Promise<number | undefined> {
  return cuerpo(await api.GET('/api/empresas-servidor/', { params: { query: { nit_base, tamano: 1 } } })).results[0]?.id
}

export type Recomendaciones = components['schemas']['Recomendaciones']

/** Purchase proposals of a NIT, also the way to search its articles; the same address serves files, which are links. */
export const pedirRecomendaciones = async (query: Record<string, unknown>): Promise<Recomendaciones> =>
  cuerpo(await api.GET('/api/ml/recomendaciones_compra/', { params: { query: query as never } })) as Recomendaciones
