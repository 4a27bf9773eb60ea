import type { EChartsOption } from 'echarts'

import { comoCantidad, comoMes, comoMesCorto } from '@/textos/formatos'

export interface MesPronosticado {
  mes: string
  cantidad: number
  minimo_80?: number
  maximo_80?: number
  minimo_95?: number
  maximo_95?: number
}

const BANDAS = ['Rango 80 %', 'Rango 95 %'] as const
const RAYA = 'path://M0,4L16,4L16,6L0,6Z'
const TEMAS = {
  claro: { linea: '#0f766e', historia: '#334155', tenue: 'rgba(13,148,136,0.13)', media: 'rgba(13,148,136,0.25)', texto: '#475569', rejilla: '#e2e8f0', fondo: '#ffffff' },
  oscuro: { linea: '#2dd4bf', historia: '#cbd5e1', tenue: 'rgba(45,212,191,0.14)', media: 'rgba(45,212,191,0.26)', texto: '#94a3b8', rejilla: '#1e293b', fondo: '#0f172a' },
}

/**
 * History solid, forecast dashed, the bands of 80 % and 95 % in two tints, and the cut between what was and what is
 * expected marked. From zero, unless returns exceeded sales in some month.
 */
export function opcionesDeGrafica(
  historia: readonly { mes: string; cantidad: number }[],
  pronostico: readonly MesPronosticado[],
  oscuro: boolean,
): EChartsOption {
  const tema = oscuro ? TEMAS.oscuro : TEMAS.claro
  const ultimo = historia.at(-1)
  const meses = [...historia.map(({ mes }) => mes), ...pronostico.map(({ mes }) => mes)]
  const antes: (number | null)[] = historia.slice(0, -1).map(() => null)
  // The forecast begins at the last known month, so that the two lines meet.
  const unido = (valor: (mes: MesPronosticado) => number | undefined, enlace: number | null) => [
    ...antes,
    ...(ultimo ? [enlace] : []),
    ...pronostico.map((mes) => valor(mes) ?? null),
  ]
  const inicio = ultimo?.cantidad ?? null
  const banda = (nombre: string, minimo: 'minimo_80' | 'minimo_95', maximo: 'maximo_80' | 'maximo_95', color: string) => {
    const comun = { type: 'line' as const, stack: nombre, stackStrategy: 'all' as const, symbol: 'none', silent: true, lineStyle: { opacity: 0 } }
    return [
      { ...comun, data: unido((mes) => mes[minimo], inicio) },
      { ...comun, name: nombre, data: unido((mes) => (mes[maximo] ?? 0) - (mes[minimo] ?? 0), 0), areaStyle: { color }, itemStyle: { color } },
    ]
  }
  const conBandas = pronostico.some(({ minimo_80 }) => minimo_80 !== undefined)
  return {
    animation: false,
    textStyle: { fontFamily: 'Inter Variable, sans-serif', color: tema.texto },
    grid: { left: 8, right: 16, top: 52, bottom: 4, containLabel: true },
    legend: { top: 0, left: 0, itemWidth: 16, itemHeight: 10, itemGap: 14, textStyle: { color: tema.texto }, data: [{ name: 'Historia', icon: RAYA }, { name: 'Pronóstico', icon: RAYA }, ...(conBandas ? BANDAS.map((name) => ({ name, icon: 'roundRect' })) : [])] },
    tooltip: {
      trigger: 'axis',
      backgroundColor: tema.fondo,
      borderColor: tema.rejilla,
      textStyle: { color: tema.historia },
      renderMode: 'richText',
      formatter: (puntos) => textoDelPunto(meses[(Array.isArray(puntos) ? puntos[0] : puntos)?.dataIndex ?? 0] ?? '', historia, pronostico),
    },
    xAxis: { type: 'category', data: meses.map((mes) => comoMesCorto(mes)), boundaryGap: false, axisLine: { lineStyle: { color: tema.rejilla } }, axisLabel: { color: tema.texto, hideOverlap: true } },
    yAxis: { type: 'value', splitLine: { lineStyle: { color: tema.rejilla } }, axisLabel: { color: tema.texto, formatter: (valor: number) => comoCantidad(valor) } },
    series: [
      ...(conBandas ? [...banda(BANDAS[1], 'minimo_95', 'maximo_95', tema.tenue), ...banda(BANDAS[0], 'minimo_80', 'maximo_80', tema.media)] : []),
      { name: 'Historia', type: 'line', data: historia.map(({ cantidad }) => cantidad), showSymbol: false, lineStyle: { color: tema.historia, width: 2 }, itemStyle: { color: tema.historia } },
      {
        name: 'Pronóstico',
        type: 'line',
        data: unido(({ cantidad }) => cantidad, inicio),
        showSymbol: false,
        lineStyle: { color: tema.linea, width: 2, type: 'dashed' },
        itemStyle: { color: tema.linea },
        markLine: ultimo
          ? { silent: true, symbol: 'none', lineStyle: { color: tema.texto, type: 'solid', opacity: 0.5 }, label: { formatter: `vendido hasta ${comoMesCorto(ultimo.mes)}`, position: 'end', distance: 4, align: 'right', color: tema.texto, opacity: 1, fontSize: 11 }, data: [{ xAxis: historia.length - 1 }] }
          : undefined,
      },
    ],
  }
}

function textoDelPunto(mes: string, historia: readonly { mes: string; cantidad: number }[], pronostico: readonly MesPronosticado[]): string {
  const real = historia.find((punto) => punto.mes === mes)
  const esperado = pronostico.find((punto) => punto.mes === mes)
  const lineas = [comoMes(mes)]
  if (real) {
    lineas.push(`Vendido: ${comoCantidad(real.cantidad)}`)
  }
  if (esperado) {
    lineas.push(`Pronóstico: ${comoCantidad(esperado.cantidad)}`)
    if (esperado.minimo_80 !== undefined) {
      lineas.push(`80 %: entre ${comoCantidad(esperado.minimo_80)} y ${comoCantidad(esperado.maximo_80)}`, `95 %: entre ${comoCantidad(esperado.minimo_95)} y ${comoCantidad(esperado.maximo_95)}`)
    }
  }
  return lineas.join('\n')
}
