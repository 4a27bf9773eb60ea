import type { components } from '@/api/esquema'
import { comoPorcentaje } from '@/textos/formatos'

type ModeloML = components['schemas']['ModeloML']
export interface MetricasDeModelo {
  wape?: number
  sesgo?: number
  backtest?: Record<string, Record<string, number>>
  backtest_origenes?: number
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
  prophet: 'Prophet',
  ingenuo: 'Repetir el último mes',
  ingenuo_estacional: 'Repetir el mismo mes del año anterior',
  estacional: 'Estacional',
}
export const nombreDeModelo = (codigo: string): string => NOMBRES[codigo] ?? codigo.replaceAll('_', ' ')

/** The quality of a model in a sentence that a person understands. */
export function calidadEnPalabras(modelo: Pick<ModeloML, 'metricas'>): string {
  const { wape, sesgo, backtest } = metricasDe(modelo)
  if (wape == null) {
    return 'La historia es muy corta para apartar meses y medir el error.'
  }
  const ingenuo = Object.entries(backtest ?? {}).find(([nombre]) => nombre.startsWith('ingenuo'))?.[1].wape
  const comparado = ingenuo == null ? '' : ` (repetir lo anterior: ${comoPorcentaje(ingenuo)})`
  const frases = [`En los meses apartados para probarlo habría fallado en promedio ${comoPorcentaje(wape)} del volumen${comparado}.`]
  if (sesgo != null && Math.abs(sesgo) >= 0.02) {
    frases.push(`Tiende a pronosticar ${comoPorcentaje(Math.abs(sesgo))} de ${sesgo > 0 ? 'más' : 'menos'}.`)
  }
  return frases.join(' ')
}
