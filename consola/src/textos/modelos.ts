import type { components } from '@/api/esquema'
import { comoPorcentaje } from '@/textos/formatos'

type ModeloML = components['schemas']['ModeloML']
export interface MetricasDeModelo {
  wape?: number
  sesgo?: number
  backtest?: Record<string, Record<string, number>>
  backtest_origenes?: string[]
  xgboost_mae?: number
  xgboost_r2?: number
  xgboost_rmse?: number
  prophet_datos_entrenamiento?: number
}

export const metricasDe = (modelo: Pick<ModeloML, 'metricas'>): MetricasDeModelo => (modelo.metricas ?? {}) as MetricasDeModelo

/** Share of the volume that the forecast missed in months it had not seen. */
export function porcentajeDeError(modelo: Pick<ModeloML, 'metricas'>): string {
  const { wape } = metricasDe(modelo)
  return wape == null ? 'Sin medir' : comoPorcentaje(wape)
}

const NOMBRES: Record<string, string> = {
  combinado: 'El pronóstico que se sirve',
  xgboost: 'XGBoost',
  xgboost_earlier: 'XGBoost un mes antes (dentro del suyo)',
  prophet: 'Prophet',
  ingenuo: 'Repetir el último mes',
  ingenuo_estacional: 'Repetir el mismo mes del año anterior',
  theta: 'Theta',
  prophet_total: 'Prophet (total del NIT)',
}
export const nombreDeModelo = (codigo: string): string => NOMBRES[codigo] ?? codigo.replaceAll('_', ' ')

/** The quality of a model in a sentence that a person understands. */
export function calidadEnPalabras(modelo: Pick<ModeloML, 'metricas'>): string {
  const { wape, sesgo, backtest, backtest_origenes } = metricasDe(modelo)
  if (wape == null) {
    return 'La historia es muy corta para apartar meses y medir el error.'
  }
  const meses = backtest_origenes?.length ?? 0
  const frases = [
    `Probado en ${meses === 1 ? 'un mes' : `${meses} meses`} que no había visto, artículo por artículo habría fallado en promedio ${comoPorcentaje(wape)} del volumen${comparacion(backtest)}.`,
  ]
  const acumulado = backtest?.combinado?.wape_acumulado
  if (acumulado != null) {
    frases.push(`Sumando los meses de cada artículo, ${comoPorcentaje(acumulado)}.`)
  }
  if (sesgo != null && Math.abs(sesgo) >= 0.02) {
    frases.push(`Tiende a quedarse ${sesgo > 0 ? 'por encima' : 'corto'} ${comoPorcentaje(Math.abs(sesgo))}.`)
  }
  return frases.join(' ')
}

function comparacion(backtest: MetricasDeModelo['backtest']): string {
  const ingenuo = backtest?.ingenuo?.wape
  return ingenuo == null ? '' : `; repetir el último mes habría fallado ${comoPorcentaje(ingenuo)}`
}
