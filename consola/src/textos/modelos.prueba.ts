import { expect, it } from 'vitest'

import { calidadEnPalabras, porcentajeDeError } from './modelos'

const llano = (texto: string) => texto.replace(/\u00A0/g, ' ')

it('tells the error in words, beside what repeating the last month would have missed', () => {
  const metricas = { wape: 0.14, sesgo: -0.05, backtest_origenes: ['a', 'b', 'c', 'd', 'e', 'f'], backtest: { ingenuo: { wape: 0.21 } } }
  const frase = llano(calidadEnPalabras({ metricas }))
  expect(frase).toContain('Probado en 6 meses que no había visto')
  expect(frase).toContain('14 % del volumen; repetir el último mes habría fallado 21 %')
  expect(frase).toContain('Tiende a quedarse corto 5 %')
})

it('says that a short history could not be measured', () => {
  expect(calidadEnPalabras({ metricas: {} })).toMatch(/muy corta/)
  expect(porcentajeDeError({ metricas: {} })).toBe('Sin medir')
})
