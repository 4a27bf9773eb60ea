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
  it('tells a refused document as refused, with the rules', () => {
    const reglas = [{ codigo: 'FAD06', mensaje: 'Valor del CUFE no está calculado correctamente.' }]
    const balance = balanceDe({ tipo: 'dian_factura', objeto: 'empresa:1', resultado: { referencia: 'SETP1', estado: 'rechazado', reglas } })
    expect(balance.tono).toBe('error')
    expect(balance.frases[0]).toContain('SETP1: rechazado.')
    expect(balance.apartados).toEqual(['FAD06: Valor del CUFE no está calculado correctamente.'])
  })

  it('counts the states of a batch, and warns of what did not go well', () => {
    const resultado = { procesados: 3, estados: { aceptado: 2, rechazado: 1 }, errores: [{ referencia: 'SETP4', detalle: 'Falta el correo.' }] }
    const balance = balanceDe({ tipo: 'dian_lote', objeto: '', resultado })
    expect(balance.frases).toEqual(['3 documentos procesados', 'Aceptado: 2', 'Rechazado: 1'])
    expect([balance.tono, balance.apartados]).toEqual(['warning', ['SETP4: Falta el correo.']])
  })

  it('says what differs from a WireGuard server, what was repaired and what was imported', () => {
    const deriva = { kind: 'falta_en_interfaz', public_key: 'x', name: 'Bodega', detail: 'No está en la interfaz.' }
    const comparado = balanceDe({ tipo: 'vpn_reconciliar', objeto: '', resultado: { derivas: [deriva], reparadas: [], fallos: [], quedan: [deriva] } })
    expect([comparado.frases, comparado.apartados, comparado.tono]).toEqual([['1 diferencia con el servidor'], ['Bodega: No está en la interfaz.'], 'warning'])
    const reparado = balanceDe({ tipo: 'vpn_reconciliar', objeto: '', resultado: { derivas: [deriva], reparadas: ['x'], fallos: [], quedan: [] } })
    expect([reparado.frases, reparado.tono]).toEqual([['1 diferencia con el servidor', '1 túnel reparado'], 'success'])
    expect(balanceDe({ tipo: 'vpn_importar', objeto: '', resultado: { importadas: [{ nombre: 'Bodega' }], omitidas: [] } }).frases).toEqual(['1 túnel importado: Bodega'])
  })

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
