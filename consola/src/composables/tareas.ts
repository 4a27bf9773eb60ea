import { useQueryClient } from '@tanstack/vue-query'
import { createSharedComposable, useEventSource, useTimeoutPoll } from '@vueuse/core'
import { computed, reactive, ref, watch } from 'vue'

import { api, cuerpo } from '@/api/cliente'
import type { components } from '@/api/esquema'
import { Problema } from '@/api/problema'

export type Tarea = components['schemas']['Tarea']

interface Avance {
  task_id: string
  avance: { etapa: string; mensaje: string; hecho: number; total: number | null; tasa: number | null; segundos_restantes: number | null }
}

/** How long the stream may be down before asking takes its place, and how often it asks. */
const SIN_FLUJO_MS = 4000
const PREGUNTAR_CADA_MS = 3000

const VIVAS = new Set(['PENDIENTE', 'EN_PROGRESO'])
export const estaViva = (tarea: Tarea): boolean => VIVAS.has(tarea.estado)

/** Every background job of this session's view, kept true by one stream of events shared by the whole console. */
export const usarTareas = createSharedComposable(() => {
  const tareas = reactive(new Map<string, Tarea>())
  const consultas = useQueryClient()
  // No address until somebody is signed in: the stream would only be refused.
  const direccion = ref<string>()
  const { event, data, status } = useEventSource(direccion, ['tarea', 'avance', 'vivas'] as const, {
    autoReconnect: { delay: 3000 },
  })

  const recibir = (texto: string | null) => {
    if (texto === null) {
      return
    }
    const mensaje: unknown = JSON.parse(texto)
    if (event.value === 'vivas') {
      void ponerAlDia(mensaje as Tarea[])
    } else if (event.value === 'tarea') {
      guardar(mensaje as Tarea)
    } else {
      avanzar(mensaje as Avance)
    }
  }
  // Synchronous: two events of one tick must not become one.
  watch(data, recibir, { flush: 'sync' })

  function guardar(tarea: Tarea): void {
    const anterior = tareas.get(tarea.task_id)
    tareas.set(tarea.task_id, tarea)
    if (!estaViva(tarea) && (!anterior || estaViva(anterior))) {
      // What a finished job changed may be on any page.
      void consultas.invalidateQueries()
    }
  }

  function avanzar({ task_id, avance }: Avance): void {
    const tarea = tareas.get(task_id)
    if (!tarea || !estaViva(tarea)) {
      return
    }
    const { etapa, mensaje, hecho, total, tasa, segundos_restantes } = avance
    const porcentaje = total ? Math.min(100, (100 * hecho) / total) : null
    tareas.set(task_id, { ...tarea, etapa, mensaje, progreso: { hecho, total, tasa, segundos_restantes, porcentaje } })
  }

  /** The server's list of live jobs; those we believed alive and are not in it have ended meanwhile. */
  async function ponerAlDia(vivas: Tarea[]): Promise<void> {
    vivas.forEach(guardar)
    const presentes = new Set(vivas.map((tarea) => tarea.task_id))
    const desaparecidas = [...tareas.values()].filter((tarea) => estaViva(tarea) && !presentes.has(tarea.task_id))
    for (const { task_id } of desaparecidas) {
      guardar(await pedirTarea(task_id))
    }
  }

  // A proxy that cuts streams, or a server that is being restarted: ask instead, until the stream is back.
  const { pause: dejarDePreguntar, resume: preguntar } = useTimeoutPoll(
    async () => {
      try {
        await ponerAlDia(await pedirVivas())
      } catch (error) {
        if (!(error instanceof Problema)) {
          throw error
        }
      }
    },
    PREGUNTAR_CADA_MS,
    { immediate: false },
  )
  const sinFlujo = computed(() => direccion.value !== undefined && status.value !== 'OPEN')
  const preguntando = ref(false)
  let espera: ReturnType<typeof setTimeout> | undefined
  watch(sinFlujo, (falta) => {
    clearTimeout(espera)
    if (falta) {
      espera = setTimeout(() => ((preguntando.value = true), preguntar()), SIN_FLUJO_MS)
    } else {
      preguntando.value = false
      dejarDePreguntar()
    }
  })

  const vivas = computed(() => [...tareas.values()].filter(estaViva))
  const recientes = computed(() => [...tareas.values()].filter((tarea) => !estaViva(tarea)).reverse())
  const conectar = () => {
    direccion.value ??= '/api/tareas/eventos/'
  }
  const desconectar = () => {
    direccion.value = undefined
    tareas.clear()
  }
  return { tareas, vivas, recientes, preguntando, guardar, conectar, desconectar }
})

export async function pedirTarea(task_id: string): Promise<Tarea> {
  return cuerpo(await api.GET('/api/sistema/estado-tarea/', { params: { query: { task_id } } }))
}

async function pedirVivas(): Promise<Tarea[]> {
  const query = { estado__in: [...VIVAS].join(','), tamano: 100 } as never
  return cuerpo(await api.GET('/api/tareas/', { params: { query } })).results
}

export async function cancelarTarea(task_id: string): Promise<Tarea> {
  return cuerpo(await api.POST('/api/tareas/{id}/cancelar/', { params: { path: { id: task_id } } }))
}
