// @vitest-environment jsdom
import { QueryClient, VueQueryPlugin } from '@tanstack/vue-query'
import { mount } from '@vue/test-utils'
import { afterEach, beforeEach, expect, it, vi } from 'vitest'

import { api } from '@/api/cliente'
import { type Tarea, usarTareas } from './tareas'

/** An EventSource that the test moves. */
class Flujo extends EventTarget {
  static readonly CONNECTING = 0
  static readonly OPEN = 1
  static readonly CLOSED = 2
  static ultimo: Flujo
  readyState = Flujo.CONNECTING
  onopen: (() => void) | null = null
  onerror: ((e: Event) => void) | null = null
  onmessage: ((e: Event) => void) | null = null
  constructor(readonly url: string) {
    super()
    Flujo.ultimo = this
  }
  close() {
    this.readyState = Flujo.CLOSED
  }
  abrir() {
    this.readyState = Flujo.OPEN
    this.onopen?.()
  }
  cortar() {
    this.readyState = Flujo.CLOSED
    this.onerror?.(new Event('error'))
  }
  decir(tipo: string, datos: unknown) {
    this.dispatchEvent(new MessageEvent(tipo, { data: JSON.stringify(datos) }))
  }
}

const tarea = (cambios: Partial<Tarea>) =>
  ({ task_id: 'a', estado: 'EN_PROGRESO', etapa: 'Leyendo', mensaje: '', progreso: { hecho: 1, total: 4, tasa: null, segundos_restantes: null, porcentaje: 25 }, ...cambios }) as Tarea

let preguntas = 0
let tareas: ReturnType<typeof usarTareas>
let quitar: () => void

beforeEach(() => {
  vi.useFakeTimers()
  vi.stubGlobal('EventSource', Flujo)
  preguntas = 0
  vi.spyOn(api, 'GET').mockImplementation((async (ruta: string) => {
    if (ruta === '/api/tareas/') {
      preguntas += 1
      return { data: { results: [tarea({ etapa: `Pregunta ${preguntas}` })] } }
    }
    return { data: tarea({ estado: 'EXITO' }) }
  }) as never)
  const hoja = mount({ setup: () => ((tareas = usarTareas()), () => null) }, { global: { plugins: [[VueQueryPlugin, { queryClient: new QueryClient() }]] } })
  quitar = () => hoja.unmount()
  tareas.conectar()
})
afterEach(() => {
  tareas.desconectar()
  quitar()
  vi.useRealTimers()
  vi.restoreAllMocks()
})

it('moves a job with each event of the stream, and asks for nothing while it is open', async () => {
  await vi.advanceTimersByTimeAsync(0)
  Flujo.ultimo.abrir()
  Flujo.ultimo.decir('vivas', [tarea({})])
  Flujo.ultimo.decir('avance', { task_id: 'a', avance: { etapa: 'Guardando', mensaje: '', hecho: 3, total: 4, tasa: 1, segundos_restantes: 1 } })
  expect(tareas.tareas.get('a')).toMatchObject({ etapa: 'Guardando', progreso: { porcentaje: 75 } })
  await vi.advanceTimersByTimeAsync(30_000)
  expect(preguntas).toBe(0)
})

it('asks instead when the stream breaks, and stops asking when it is back', async () => {
  await vi.advanceTimersByTimeAsync(0)
  Flujo.ultimo.cortar()
  await vi.advanceTimersByTimeAsync(2500)
  Flujo.ultimo.cortar()
  await vi.advanceTimersByTimeAsync(12_000)
  expect(tareas.preguntando.value).toBe(true)
  expect(preguntas).toBeGreaterThanOrEqual(2)
  expect(tareas.tareas.get('a')?.etapa).toMatch(/^Pregunta/)
  Flujo.ultimo.abrir()
  await vi.advanceTimersByTimeAsync(100)
  const hasta = preguntas
  await vi.advanceTimersByTimeAsync(30_000)
  expect(tareas.preguntando.value).toBe(false)
  expect(preguntas).toBe(hasta)
})

it('asks what became of a job that the server no longer counts among the live', async () => {
  await vi.advanceTimersByTimeAsync(0)
  Flujo.ultimo.abrir()
  Flujo.ultimo.decir('vivas', [tarea({})])
  Flujo.ultimo.decir('vivas', [])
  await vi.advanceTimersByTimeAsync(10)
  expect(tareas.tareas.get('a')?.estado).toBe('EXITO')
  expect(tareas.vivas.value).toEqual([])
})
