import { describe, expect, it } from 'vitest'

import { balanceDe, fraseDeAvance } from './tareas'

const progreso = { hecho: 12000, total: 40000, tasa: 3500, segundos_restantes: 8, porcentaje: 30 }

describe('the advance of a job', () => {
  it('says done, total, rate and time left', () => {
    expect(fraseDeAvance({ progreso })).toBe('12.000 de 40.000 · 3.500 por segundo · faltan 8 s')
  })

  it('says only what is known', () => {
    expect(fraseDeAvance({ progreso: { ...progreso, total: null, tasa: null, segundos_restantes: null, porcentaje: null } })).toBe('12.000')
    expect(fraseDeAvance({ progreso: { hecho: 0, total: null, tasa: null, segundos_restantes: null, porcentaje: null } })).toBe('')
  })
})

describe('what a finished job did', () => {
  it('counts what a discovery created and names what it left aside', () => {
    const resultado = {
      conteos: { creada: 2, omitida: 1 },
      empresas: [
        { codigo: '01', nombre: 'Andina', anio_fiscal: 2025, accion: 'creada', motivo: '' },
        { codigo: '02', nombre: 'Boreal', anio_fiscal: 2025, accion: 'omitida', motivo: 'ya está en «Sucursal»' },
      ],
    }
    const balance = balanceDe({ tipo: 'descubrimiento', objeto: 'servidor:7', resultado })
    expect(balance.frases).toEqual(['2 empresas creadas', '1 omitida'])
    expect(balance.apartados).toEqual(['02 · Boreal · 2025: ya está en «Sucursal»'])
    expect(balance.enlace?.a).toBe('/empresas?servidor=7')
  })

  it('says the rows, the months skipped and the differences of an extraction', () => {
    const { frases, apartados } = balanceDe({
      tipo: 'extraccion',
      objeto: 'empresa:3',
      resultado: { filas_cargadas: 1200, ventanas_leidas: 2, ventanas_omitidas: 10, diferencias: 0, filas_rechazadas: 4 },
    })
    expect(frases).toEqual(['1.200 movimientos cargados', '2 meses leídos, 10 ya al día', 'Sin diferencias con el origen'])
    expect(apartados[0]).toMatch(/^4 filas rechazadas/)
  })

  it('names the companies that could not be extracted among many', () => {
    const { frases, apartados } = balanceDe({
      tipo: 'extraccion_multiple',
      objeto: '',
      resultado: { extraidas: 1, filas_cargadas: 10, diferencias: 2, empresas: [{ titulo: 'Andina', error: '' }, { titulo: 'Boreal', error: 'no está el archivo' }] },
    })
    expect(frases).toContain('2 diferencias con el origen')
    expect(frases).toContain('1 empresa que no se pudo extraer')
    expect(apartados).toEqual(['Boreal: no está el archivo'])
  })

  it('bears a job of a kind it does not know', () => {
    expect(balanceDe({ tipo: 'otra', objeto: '', resultado: null })).toEqual({ frases: [], apartados: [] })
  })
})
