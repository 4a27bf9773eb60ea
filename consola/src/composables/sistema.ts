import { useQuery } from '@tanstack/vue-query'

import { api, cuerpo } from '@/api/cliente'
import type { Marca } from '@/textos/tareas'

export const usarResumen = () =>
  useQuery({ queryKey: ['resumen'], queryFn: async () => cuerpo(await api.GET('/api/sistema/resumen/')), refetchInterval: 60_000 })

export const usarEstado = () =>
  useQuery({ queryKey: ['estado'], queryFn: async () => cuerpo(await api.GET('/api/sistema/estado/')), refetchInterval: 30_000 })

export const NOMBRES_DE_PARTES: Record<string, string> = {
  base_de_datos: 'Base de datos',
  broker: 'Cola de tareas',
  trabajadores: 'Trabajadores',
  programador: 'Programador',
  mlflow: 'MLflow',
  disco: 'Disco',
}

export const ESTADOS_DE_PARTE: Record<string, Marca> = {
  ok: { tono: 'success', texto: 'Bien' },
  aviso: { tono: 'warning', texto: 'Atención' },
  falla: { tono: 'error', texto: 'Falla' },
  apagado: { tono: 'neutral', texto: 'Apagado' },
}
