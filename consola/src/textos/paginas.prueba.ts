import { describe, expect, it } from 'vitest'

import { cambiosDe } from './auditoria'
import { mesesDelAnio } from './cobertura'
import { contraste, textoSobre } from './contraste'
import { estadoDeEnvio, marcaDeRecibido } from './documentos'
import { comoProgramacion, cuandoEnPalabras, faltaEn, type FormaDeProgramacion } from './programaciones'
import { porHoras } from './vpn'

const ventana = (desde: string, hasta: string, cambios = {}) => ({ desde, hasta, filas: 10, abierta: false, cambiada: false, ...cambios })

describe('coverage of a year', () => {
  it('tells whole, partial, changed and missing months apart', () => {
    const meses = mesesDelAnio(2024, [
      ventana('2024-01-01', '2024-01-31'),
      ventana('2024-02-01', '2024-02-28'),
      ventana('2024-03-01', '2024-03-31', { cambiada: true }),
      ventana('2024-04-01', '2024-04-30', { abierta: true }),
    ])
    expect(meses.slice(0, 5).map(({ estado }) => estado)).toEqual(['llena', 'parcial', 'cambio', 'parcial', 'falta'])
    expect(meses[1]?.hasta).toBe('2024-02-29')
  })
})

describe('contrast', () => {
  it('is 21 for black on white and unknown for half a colour', () => {
    expect(contraste('#000000', '#ffffff')).toBeCloseTo(21)
    expect(contraste('#000', '#ffffff')).toBeNull()
  })
  it('chooses the text that is read', () => {
    expect(textoSobre('#0F766E')).toBe('#ffffff')
    expect(textoSobre('#F59E0B')).toBe('#000000')
  })
})

describe('schedules', () => {
  const forma: FormaDeProgramacion = { nombre: '', accion: 'extraer', alcance: 'nit', servidor: 3, nit_base: '900123456', frecuencia: 'semanal', hora: '02:30', cada_horas: 6, dia_semana: 2, dia_mes: 9, activa: true }
  it('sends only what the choices need, with a name that says it', () => {
    expect(comoProgramacion(forma)).toMatchObject({ nombre: 'Extraer datos: cada miércoles a las 02:30', servidor: null, nit_base: '900123456', cada_horas: null, dia_semana: 2, dia_mes: null })
  })
  it('asks for the object before it would be taken for everything', () => {
    expect(faltaEn({ ...forma, nit_base: ' ' })?.campo).toBe('nit_base')
    expect(faltaEn({ ...forma, alcance: 'empresa' })?.campo).toBe('empresa_servidor')
    expect(faltaEn({ ...forma, alcance: 'todo' })).toBeNull()
  })
  it('says when in words', () => {
    expect(cuandoEnPalabras({ ...forma, frecuencia: 'horas', cada_horas: 1 })).toBe('Cada hora, al minuto 30')
    expect(cuandoEnPalabras({ ...forma, frecuencia: 'mensual' })).toBe('El día 9 de cada mes a las 02:30')
  })
})

describe('traffic by hour', () => {
  it('adds what counters grew, and begins again when they go back', () => {
    const muestra = (minuto: string, bytes: number) => ({ instante: `2026-01-01T${minuto}:00Z`, en_linea: true, rx_bytes: bytes, tx_bytes: 0 })
    const horas = porHoras([muestra('10:00', 100), muestra('10:30', 300), muestra('11:00', 50)])
    expect(horas.map(({ bytes }) => bytes)).toEqual([200, 50])
  })
})

describe('documents', () => {
  it('keeps the states apart in words', () => {
    expect(estadoDeEnvio('desconocido').texto).toBe('Sin respuesta cierta')
    expect(marcaDeRecibido({ estado_codigo: 'verificado', estado_firma: 'no_verificable', estado_totales: 'ok', en_conflicto: false }).texto).toBe('Revisar')
  })
})

describe('audit', () => {
  it('puts before and after side by side', () => {
    expect(cambiosDe({ rol: ['lector', 'operador'], is_active: [true, false], nota: 'x' })).toEqual([
      { campo: 'rol', antes: 'lector', despues: 'operador' },
      { campo: 'is active', antes: 'sí', despues: 'no' },
      { campo: 'nota', antes: '—', despues: 'x' },
    ])
  })
})
