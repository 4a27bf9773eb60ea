import type { DatosDeProgramacion } from '@/composables/programaciones'

export const ACCIONES: Record<string, string> = { extraer: 'Extraer datos', entrenar: 'Entrenar modelos', descubrir: 'Descubrir empresas' }
export const FRECUENCIAS = [
  { label: 'Cada día', value: 'diaria' as const },
  { label: 'Cada semana', value: 'semanal' as const },
  { label: 'Cada mes', value: 'mensual' as const },
  { label: 'Cada tantas horas', value: 'horas' as const },
]
export const DIAS = ['lunes', 'martes', 'miércoles', 'jueves', 'viernes', 'sábado', 'domingo'] as const

/** What a schedule is about; the server wants one of them at most. */
export type Alcance = 'todo' | 'servidor' | 'empresa' | 'nit'

export interface FormaDeProgramacion {
  nombre: string
  accion: DatosDeProgramacion['accion']
  alcance: Alcance
  servidor?: number
  empresa_servidor?: number
  nit_base: string
  frecuencia: NonNullable<DatosDeProgramacion['frecuencia']>
  hora: string
  cada_horas: number
  dia_semana: number
  dia_mes: number
  activa: boolean
}

/** The form's choices as the API takes them: only what the chosen reach and frequency need, the rest empty. */
export function comoProgramacion(forma: FormaDeProgramacion): DatosDeProgramacion {
  const { nombre, accion, alcance, frecuencia, hora, activa } = forma
  return {
    nombre: nombre.trim() || sugerirNombre(forma),
    accion,
    frecuencia,
    hora,
    activa,
    servidor: alcance === 'servidor' ? (forma.servidor ?? null) : null,
    empresa_servidor: alcance === 'empresa' ? (forma.empresa_servidor ?? null) : null,
    nit_base: alcance === 'nit' ? forma.nit_base : '',
    cada_horas: frecuencia === 'horas' ? forma.cada_horas : null,
    dia_semana: frecuencia === 'semanal' ? forma.dia_semana : null,
    dia_mes: frecuencia === 'mensual' ? forma.dia_mes : null,
  }
}

/** What is missing before it can be asked for, per field; the server would take it for "all of them". */
export function faltaEn({ alcance, servidor, empresa_servidor, nit_base }: FormaDeProgramacion): { campo: string; frase: string } | null {
  if (alcance === 'servidor' && !servidor) {
    return { campo: 'servidor', frase: 'Elija el servidor.' }
  }
  if (alcance === 'empresa' && !empresa_servidor) {
    return { campo: 'empresa_servidor', frase: 'Elija la empresa.' }
  }
  return alcance === 'nit' && !nit_base.trim() ? { campo: 'nit_base', frase: 'Escriba el NIT.' } : null
}

/** When it will run, while it is being chosen. */
export function cuandoEnPalabras({ frecuencia, hora, cada_horas, dia_semana, dia_mes }: FormaDeProgramacion): string {
  const alas = `a las ${hora.slice(0, 5)}`
  switch (frecuencia) {
    case 'horas':
      return cada_horas === 1 ? `Cada hora, al minuto ${hora.slice(3, 5)}` : `Cada ${cada_horas} horas, al minuto ${hora.slice(3, 5)}`
    case 'semanal':
      return `Cada ${DIAS[dia_semana] ?? ''} ${alas}`
    case 'mensual':
      return `El día ${dia_mes} de cada mes ${alas}`
    default:
      return `Cada día ${alas}`
  }
}

const sugerirNombre = (forma: FormaDeProgramacion): string => {
  const cuando = cuandoEnPalabras(forma)
  return `${ACCIONES[forma.accion] ?? ''}: ${cuando.charAt(0).toLowerCase()}${cuando.slice(1)}`
}
