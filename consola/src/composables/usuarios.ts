import { api, cuerpo } from '@/api/cliente'
import type { components } from '@/api/esquema'
import type { Pagina, Parametros } from '@/composables/lista'

export type Usuario = components['schemas']['Usuario']
export type CambioDeUsuario = components['schemas']['PatchedCambioUsuarioRequest']
export type Invitacion = components['schemas']['Invitacion']
export type DatosDeInvitacion = components['schemas']['InvitarRequest']

export const ROLES = [
  { label: 'Lector', value: 'lector' as const, description: 'Ve' },
  { label: 'Operador', value: 'operador' as const, description: 'Ve, sincroniza, extrae y entrena' },
  { label: 'Administrador', value: 'administrador' as const, description: 'Todo: también registra, cambia y elimina' },
]
export const nombreDeRol = (rol: string): string => ROLES.find(({ value }) => value === rol)?.label ?? 'Sin rol'

/** What a person types in a box for several NIT. */
export const comoNits = (texto: string): string[] => texto.split(/[\s,;]+/).filter(Boolean)

export const pedirUsuarios = async (parametros: Parametros): Promise<Pagina<Usuario>> => cuerpo(await api.GET('/api/usuarios/', { params: { query: parametros as never } }))
export const cambiarUsuario = async (id: number, cambios: CambioDeUsuario) => cuerpo(await api.PATCH('/api/usuarios/{id}/', { params: { path: { id } }, body: cambios }))

/** @returns a temporary password, told in this answer and never again */
export const restablecerClave = async (id: number): Promise<string> => cuerpo(await api.POST('/api/usuarios/{id}/restablecer_clave/', { params: { path: { id } } })).clave_temporal

/** One's own open sessions; more than these nobody looks through. */
export const pedirSesiones = async () => cuerpo(await api.GET('/api/auth/sesiones/', { params: { query: { tamano: 100 } } })).results
export const cerrarSesion = (id: string) => api.DELETE('/api/auth/sesiones/{id}/', { params: { path: { id } } })

export const pedirInvitaciones = async (parametros: Parametros): Promise<Pagina<Invitacion>> => cuerpo(await api.GET('/api/invitaciones/', { params: { query: parametros as never } }))
export const cerrarInvitacion = (id: number) => api.DELETE('/api/invitaciones/{id}/', { params: { path: { id } } })

/** @returns the address that the invited person opens; it is not shown again */
export async function invitar(datos: DatosDeInvitacion): Promise<string> {
  const { invitacion } = cuerpo(await api.POST('/api/invitaciones/', { body: datos }))
  return `${location.origin}/invitacion/${invitacion}`
}
