import { api, cuerpo } from '@/api/cliente'
import type { components } from '@/api/esquema'

export type Llave = components['schemas']['Llave']
export type LlaveGenerada = components['schemas']['LlaveGenerada']
export type DatosDeLlave = components['schemas']['GenerarLlaveRequest']

export const generarLlave = async (datos: DatosDeLlave): Promise<LlaveGenerada> =>
  cuerpo(await api.POST('/api/api-keys/generar_api_key/', { body: datos }))

export const rotarLlave = async (id: number, horas_solape: number): Promise<LlaveGenerada> =>
  cuerpo(await api.POST('/api/api-keys/rotar_api_key/', { body: { id, horas_solape } }))

export const revocarLlave = (id: number) => api.POST('/api/api-keys/revocar_api_key/', { body: { id } })
