import { describe, expect, it } from 'vitest'

import { comoCantidad, comoDuracion, comoFecha, comoHace, comoMesCorto, comoNit, comoPesos, comoPorcentaje, comoTamano, paraBuscar } from './formatos'

const llano = (texto: string) => texto.replace(/\u00A0/g, ' ')

describe('numbers and dates as a Colombian writes them', () => {
  it('groups thousands with dots and shows no decimal that is not there', () => {
    expect(comoCantidad(1234567)).toBe('1.234.567')
    expect(comoCantidad(1234.5)).toBe('1.234,5')
    expect(comoCantidad(null)).toBe('—')
    expect(llano(comoPesos(1234567.4))).toBe('$ 1.234.567')
    expect(llano(comoPorcentaje(0.529))).toBe('52,9 %')
    expect(comoTamano(1536)).toBe('1,5 kB')
  })

  it('takes a date without time for a day of Colombia', () => {
    expect(comoFecha('2026-11-22')).toBe('22/11/2026')
    expect(comoFecha('2026-11-23T02:00:00Z')).toBe('22/11/2026')
    expect(comoMesCorto('2025-11')).toBe('nov 25')
  })

  it('says how long ago and how long it takes', () => {
    expect(comoHace('2026-11-22T12:00:00Z', Date.parse('2026-11-22T12:03:10Z'))).toBe('hace 3 min')
    expect(comoDuracion(8)).toBe('8 s')
    expect(comoDuracion(185)).toBe('3 min 05 s')
    expect(comoDuracion(4800)).toBe('1 h 20 min')
  })
})

describe('NIT', () => {
  it('is shown with dots and check digit, and a foreign number as it is', () => {
    expect(comoNit('900123456', '8')).toBe('900.123.456-8')
    expect(comoNit('79123456', '')).toBe('79.123.456')
    expect(comoNit('AB12', '')).toBe('AB12')
  })

  it('may be searched as it is shown', () => {
    expect(paraBuscar('900.123.456-8')).toBe('900123456')
    expect(paraBuscar('900 123 456')).toBe('900123456')
    expect(paraBuscar(' Papelería 2-4 ')).toBe('Papelería 2-4')
  })
})
