import { expect, it } from 'vitest'

import { pasosDelFlujo } from './pasos'

type Resumen = Parameters<typeof pasosDelFlujo>[0]
const resumen = (cambios: object) => ({ servidores: 0, empresas: {}, movimientos: { total: 0 }, api_keys: {}, modelos: {}, ...cambios }) as unknown as Resumen
const hechos = (r: Resumen, probado = false) => pasosDelFlujo(r, probado).filter(({ hecho }) => hecho).map(({ clave }) => clave)

it('follows the flow of the contract, in its order', () => {
  expect(pasosDelFlujo(resumen({}), false).map(({ clave }) => clave)).toEqual(['servidor', 'prueba', 'empresas', 'movimientos', 'llave', 'modelo'])
})

it('takes a test for done when it answered now or its companies were discovered', () => {
  expect(hechos(resumen({ servidores: 1 }))).toEqual(['servidor'])
  expect(hechos(resumen({ servidores: 1 }), true)).toEqual(['servidor', 'prueba'])
  expect(hechos(resumen({ servidores: 1, empresas: { total: 9 } }))).toEqual(['servidor', 'prueba', 'empresas'])
})

it('is over when a model is in service and a key exists', () => {
  const todo = resumen({ servidores: 1, empresas: { total: 9 }, movimientos: { total: 5 }, api_keys: { total: 1 }, modelos: { en_servicio: 1 } })
  expect(hechos(todo)).toHaveLength(6)
})
