// @vitest-environment jsdom
import { QueryClient, VueQueryPlugin } from '@tanstack/vue-query'
import { mount } from '@vue/test-utils'
import { expect, it, vi } from 'vitest'
import { defineComponent } from 'vue'

import { Problema } from '@/api/problema'

const avisos = vi.hoisted(() => ({ add: vi.fn() }))
vi.mock('@nuxt/ui/composables', () => ({ useToast: () => avisos }))

import { usarCambioOptimista } from './optimista'

interface Fila {
  id: number
  activa: boolean
}
const CLAVE = ['cosas', 'lista', {}]

function montar(enviar: () => Promise<unknown>) {
  const consultas = new QueryClient()
  consultas.setQueryData(CLAVE, { count: 2, results: [{ id: 1, activa: true }, { id: 2, activa: true }] })
  let accion: ReturnType<typeof usarCambioOptimista<Fila>> | undefined
  mount(defineComponent({ setup: () => ((accion = usarCambioOptimista<Fila>('cosas', ({ activa }) => ({ activa: !activa }), enviar)), () => null) }), {
    global: { plugins: [[VueQueryPlugin, { queryClient: consultas }]] },
  })
  const activas = () => consultas.getQueryData<{ results: Fila[] }>(CLAVE)?.results.map(({ activa }) => activa)
  return { accion: accion!, activas }
}

it('is shown before the server answers', async () => {
  let responder = () => {}
  const { accion, activas } = montar(() => new Promise<void>((listo) => (responder = listo)))
  const hecha = accion.hacer({ id: 2, activa: true })
  await vi.waitFor(() => expect(activas()).toEqual([true, false]))
  responder()
  expect(await hecha).toBe(true)
  expect(activas()).toEqual([true, false])
})

it('is undone, and said, when the server refuses', async () => {
  const { accion, activas } = montar(() => Promise.reject(new Problema({ title: 'No se puede', status: 409, detail: 'Otra persona la cambió.', codigo: 'conflicto' })))
  expect(await accion.hacer({ id: 1, activa: true })).toBe(false)
  expect(activas()).toEqual([true, true])
  expect(avisos.add).toHaveBeenCalledOnce()
})
