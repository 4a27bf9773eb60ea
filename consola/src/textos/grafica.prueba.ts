import { expect, it } from 'vitest'

import { opcionesDeGrafica } from './grafica'

const historia = [{ mes: '2025-11', cantidad: 8 }, { mes: '2025-12', cantidad: 10 }]
const pronostico = [{ mes: '2026-01', cantidad: 9, minimo_80: 5, maximo_80: 14, minimo_95: 2, maximo_95: 18 }]
interface Serie { name?: string; data: (number | null)[]; stack?: string; lineStyle?: { type?: string }; markLine?: { data: { xAxis: number }[] } }
const seriesDe = (conBandas: boolean): Serie[] =>
  opcionesDeGrafica(historia, conBandas ? pronostico : pronostico.map(({ mes, cantidad }) => ({ mes, cantidad })), false).series as unknown as Serie[]

it('joins history and forecast at the last known month, and marks the cut there', () => {
  const series = seriesDe(true)
  const linea = series.find(({ name }) => name === 'Pronóstico')
  expect(linea?.data).toEqual([null, 10, 9])
  expect(linea?.lineStyle?.type).toBe('dashed')
  expect(linea?.markLine?.data).toEqual([{ xAxis: 1 }])
})

it('stacks each band as its lower edge and its width', () => {
  const banda = seriesDe(true).filter(({ stack }) => stack === 'Rango 80 %')
  expect(banda.map(({ data }) => data)).toEqual([[null, 10, 5], [null, 0, 9]])
})

it('has no bands for the total, whose intervals do not add up', () => {
  expect(seriesDe(false).filter(({ stack }) => stack)).toEqual([])
})
