import { useLocalStorage, useWindowSize } from '@vueuse/core'
import { computed, type MaybeRefOrGetter, toValue } from 'vue'

/** Width from which each step counts, in pixels: the ones of the styles. */
export const DESDE = { sm: 640, md: 768, lg: 1024, xl: 1280, '2xl': 1536 } as const

export interface Elegible {
  id: string
  titulo: string
  /** Narrower than this, the column is left out unless the person asks for it. */
  desde?: keyof typeof DESDE
}

/** A column of a table of rows `F`; `orden` is the name the server sorts by, absent when it cannot. */
export interface Columna<F> extends Elegible {
  orden?: string
  /** Numbers are aligned to the right. */
  numero?: boolean
  texto?: (fila: F) => string
}

/**
 * Which columns of a table are shown: those that fit, and those that the person chose, kept in this browser.
 *
 * @param tabla name of the table, by which the choice is kept
 */
export function usarColumnas<C extends Elegible>(tabla: string, columnas: MaybeRefOrGetter<readonly C[]>) {
  const elegidas = useLocalStorage<Record<string, boolean>>(`columnas:${tabla}`, {})
  const { width } = useWindowSize()
  const seVe = ({ id, desde }: C) => elegidas.value[id] ?? (desde === undefined || width.value >= DESDE[desde])

  const visibles = computed(() => toValue(columnas).filter(seVe))
  /** Those that may be put and taken away; the first one says what the row is, so it stays. */
  const elegibles = computed(() =>
    toValue(columnas)
      .filter(({ titulo }) => titulo !== '')
      .slice(1)
      .map((columna) => ({ id: columna.id, titulo: columna.titulo, puesta: seVe(columna) })),
  )
  const poner = (id: string, puesta: boolean) => (elegidas.value = { ...elegidas.value, [id]: puesta })
  return { visibles, elegibles, poner, reponer: () => (elegidas.value = {}) }
}
