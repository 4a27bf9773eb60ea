import { useQuery } from '@tanstack/vue-query'
import { computed } from 'vue'

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
export const eliminarTunel = (id: number) => api.DELETE('/api/vpn/configs/{id}/', camino(id))
export const crearEnlace = async (id: number) => cuerpo(await api.POST('/api/vpn/configs/{id}/enlace/', { ...camino(id), body: { horas: 24 } }))
export const crearServidor = async (datos: DatosDeServidorWireGuard) => cuerpo(await api.POST('/api/vpn/servidores/', { body: datos }))
export const aprobarHuella = (id: number, huella: string) => api.POST('/api/vpn/servidores/{id}/aprobar_huella/', { ...camino(id), body: { huella } })

export function marcaDe(tunel: Tunel): Marca {
  if (!tunel.activo) {
    return { tono: 'neutral', texto: 'Deshabilitado', icono: 'i-lucide-ban' }
  }
  if (tunel.ultimo_error) {
    return { tono: 'error', texto: 'Con error' }
  }
  if (tunel.estado === 'PENDIENTE') {
    return { tono: 'warning', texto: 'Por aplicar', icono: 'i-lucide-clock' }
  }
  return tunel.en_linea ? { tono: 'success', texto: 'En línea' } : { tono: 'neutral', texto: 'Sin conexión', icono: 'i-lucide-unplug' }
}
