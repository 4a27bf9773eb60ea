import { useQuery } from '@tanstack/vue-query'
import { computed, type MaybeRefOrGetter, toValue } from 'vue'

import { api, cuerpo } from '@/api/cliente'
import type { components } from '@/api/esquema'
import type { Marca } from '@/textos/tareas'

export type Tunel = components['schemas']['VpnConfig']
export type ServidorWireGuard = components['schemas']['ServidorWireGuard']
export type DatosDeServidorWireGuard = components['schemas']['ServidorWireGuardRequest']

export function usarServidoresWireGuard() {
  const consulta = useQuery({
    queryKey: ['vpn-servidores'],
    queryFn: async () => cuerpo(await api.GET('/api/vpn/servidores/', { params: { query: { tamano: 100 } } })).results,
  })
  return { ...consulta, servidores: computed(() => consulta.data.value ?? []) }
}

const camino = (id: number) => ({ params: { path: { id } } })
const tareaDe = (respuesta: { data?: { task_id: string } }) => cuerpo(respuesta).task_id

export const crearTunel = async (datos: components['schemas']['CrearVpnConfigRequest']) => cuerpo(await api.POST('/api/vpn/configs/', { body: datos })).task_id
export const habilitar = async (id: number) => tareaDe(await api.POST('/api/vpn/configs/{id}/habilitar/', camino(id)))
export const deshabilitar = async (id: number) => tareaDe(await api.POST('/api/vpn/configs/{id}/deshabilitar/', camino(id)))
export const aplicar = async (id: number) => tareaDe(await api.POST('/api/vpn/configs/{id}/aplicar/', camino(id)))
export const probarServidor = async (id: number) => tareaDe(await api.POST('/api/vpn/servidores/{id}/probar/', camino(id)))
export const rotar = async (id: number, solape_horas: number) => tareaDe(await api.POST('/api/vpn/configs/{id}/rotar/', { ...camino(id), body: { solape_horas, public_key: '' } }))
export const completarRotacion = async (id: number) => tareaDe(await api.POST('/api/vpn/configs/{id}/completar_rotacion/', camino(id)))
export const importarTuneles = async (id: number) => tareaDe(await api.POST('/api/vpn/servidores/{id}/importar/', camino(id)))
export const reconciliar = async (id: number, reparar: string[] = []) => tareaDe(await api.POST('/api/vpn/servidores/{id}/reconciliar/', { ...camino(id), body: { reparar } }))

/** Take a tunnel away. One that is in its server goes by a job, whose id is answered; `olvidar` leaves the server alone. */
export async function eliminarTunel(id: number, olvidar = false): Promise<string | undefined> {
  const { data } = await api.DELETE('/api/vpn/configs/{id}/', { params: { path: { id }, query: { olvidar } } })
  return (data as { task_id?: string } | undefined)?.task_id
}
export const crearEnlace = async (id: number) => cuerpo(await api.POST('/api/vpn/configs/{id}/enlace/', { ...camino(id), body: { horas: 24 } }))
/** Register, or change when there is an id; the credentials of a change that are empty mean "those it has". */
export async function guardarServidor(id: number | null, { ssh_password, ssh_llave, ...resto }: DatosDeServidorWireGuard): Promise<ServidorWireGuard> {
  const body = { ...resto, ...(ssh_password ? { ssh_password } : {}), ...(ssh_llave ? { ssh_llave } : {}) }
  return id === null ? cuerpo(await api.POST('/api/vpn/servidores/', { body })) : cuerpo(await api.PATCH('/api/vpn/servidores/{id}/', { ...camino(id), body }))
}
export const eliminarServidor = (id: number) => api.DELETE('/api/vpn/servidores/{id}/', camino(id))

/** State of one tunnel as it was last read, asked again while it is looked at. */
export function usarTunel(id: MaybeRefOrGetter<number>) {
  return useQuery({
    queryKey: ['vpn', computed(() => toValue(id))],
    refetchInterval: 15_000,
    queryFn: async () => cuerpo(await api.GET('/api/vpn/configs/{id}/', camino(toValue(id)))),
  })
}

export function usarHistorial(id: MaybeRefOrGetter<number>, horas = 24) {
  return useQuery({
    queryKey: ['vpn-historial', computed(() => toValue(id))],
    queryFn: async () => cuerpo(await api.GET('/api/vpn/configs/{id}/historial/', { params: { path: { id: toValue(id) }, query: { horas } } })),
  })
}
export const aprobarHuella = (id: number, huella: string) => api.POST('/api/vpn/servidores/{id}/aprobar_huella/', { ...camino(id), body: { huella } })

export function marcaDe(tunel: Tunel): Marca {
  if (!tunel.activo) {
    return { tono: 'neutral', texto: 'Deshabilitado', icono: 'i-lucide-ban' }
  }
  if (tunel.eliminando) {
    return { tono: 'warning', texto: 'Por retirar', icono: 'i-lucide-clock' }
  }
  if (tunel.ultimo_error) {
    return { tono: 'error', texto: 'Con error' }
  }
  if (tunel.estado === 'PENDIENTE') {
    return { tono: 'warning', texto: 'Por aplicar', icono: 'i-lucide-clock' }
  }
  if (tunel.rotando) {
    return { tono: 'info', texto: 'Rotando llave', icono: 'i-lucide-rotate-ccw-key' }
  }
  return tunel.en_linea ? { tono: 'success', texto: 'En línea' } : { tono: 'neutral', texto: 'Sin conexión', icono: 'i-lucide-unplug' }
}
