// @vitest-environment jsdom
import { QueryClient, VueQueryPlugin } from '@tanstack/vue-query'
import { flushPromises, mount } from '@vue/test-utils'
import { expect, it, vi } from 'vitest'
import { createMemoryHistory, createRouter } from 'vue-router'

import { type Parametros, usarLista } from './lista'

async function enLaDireccion(direccion: string) {
  const rutas = createRouter({ history: createMemoryHistory(), routes: [{ path: '/empresas', component: { template: '<div/>' } }] })
  await rutas.push(direccion)
  const pedir = vi.fn(async (_p: Parametros) => ({ count: 60, results: [{ id: 1 }] }))
  let lista!: ReturnType<typeof usarLista<{ id: number }>>
  mount({ setup: () => ((lista = usarLista('empresas', ['nit', 'estado'], pedir)), () => null) }, { global: { plugins: [rutas, [VueQueryPlugin, { queryClient: new QueryClient() }]] } })
  await flushPromises()
  return { rutas, pedir, lista }
}

it('asks the server for what the address says, and for nothing else', async () => {
  const { pedir, lista } = await enLaDireccion('/empresas?nit=900123456&pagina=3&orden=-nombre&ajeno=1')
  expect(pedir).toHaveBeenLastCalledWith({ pagina: 3, tamano: 25, orden: '-nombre', buscar: undefined, nit: '900123456', estado: undefined })
  expect([lista.total.value, lista.filas.value]).toEqual([60, [{ id: 1 }]])
})

it('goes back to the first page when a filter changes, and takes empty filters out of the address', async () => {
  const { rutas, lista, pedir } = await enLaDireccion('/empresas?nit=900123456&pagina=3')
  lista.cambiar({ nit: undefined, estado: 'ACTIVO' })
  await flushPromises()
  expect(rutas.currentRoute.value.fullPath).toBe('/empresas?estado=ACTIVO')
  expect(pedir.mock.lastCall?.[0]).toMatchObject({ pagina: 1, estado: 'ACTIVO', nit: undefined })
})

it('bears a page that is no number', async () => {
  const { lista } = await enLaDireccion('/empresas?pagina=-4')
  expect(lista.parametros.value.pagina).toBe(1)
})

it('takes every filter away at once, and leaves what is not a filter', async () => {
  const { rutas, lista } = await enLaDireccion('/empresas?nit=900123456&buscar=andina&pagina=3&orden=nit')
  expect(lista.filtrado.value).toBe(true)
  lista.quitarFiltros()
  await flushPromises()
  expect(rutas.currentRoute.value.fullPath).toBe('/empresas?orden=nit')
  expect(lista.filtrado.value).toBe(false)
})
