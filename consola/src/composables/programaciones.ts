import { api, cuerpo } from '@/api/cliente'
import type { components } from '@/api/esquema'
import type { Pagina, Parametros } from '@/composables/lista'

export type Programacion = components['schemas']['Programacion']
export type DatosDeProgramacion = components['schemas']['ProgramacionRequest']

const camino = (id: number) => ({ params: { path: { id } } })

export const pedirProgramaciones = async (parametros: Parametros): Promise<Pagina<Programacion>> =>
  cuerpo(await api.GET('/api/programaciones/', { params: { query: parametros as never } }))

export async function guardarProgramacion(id: number | null, datos: DatosDeProgramacion): Promise<Programacion> {
  return id === null ? cuerpo(await api.POST('/api/programaciones/', { body: datos })) : cuerpo(await api.PUT('/api/programaciones/{id}/', { ...camino(id), body: datos }))
}

export const activarProgramacion = async (id: number, activa: boolean) => cuerpo(await api.PATCH('/api/programaciones/{id}/', { ...camino(id), body: { activa } }))
export const correrProgramacion = async (id: number) => cuerpo(await api.POST('/api/programaciones/{id}/correr/', camino(id)))
export const eliminarProgramacion = (id: number) => api.DELETE('/api/programaciones/{id}/', camino(id))
