import { useQueryClient } from '@tanstack/vue-query'

import { usarAccion } from '@/composables/accion'
import type { Pagina } from '@/composables/lista'

/**
 * A change of one row of a list that is shown at once, before the server answers: for those that can be undone.
 * When the server refuses, the row is as it was again and a toast says why.
 *
 * @param clave first part of the key of the list's queries
 * @param cambio what the row will be
 */
export function usarCambioOptimista<T extends { id: number }>(clave: string, cambio: (fila: T) => Partial<T>, enviar: (fila: T) => Promise<unknown>) {
  const consultas = useQueryClient()
  const queryKey = [clave, 'lista']
  return usarAccion(
    async (fila: T) => {
      const nuevo = cambio(fila)
      // An answer that was already on its way would bring the old row back.
      await consultas.cancelQueries({ queryKey })
      const antes = consultas.getQueriesData<Pagina<T>>({ queryKey })
      consultas.setQueriesData<Pagina<T>>({ queryKey }, (pagina) => pagina && { ...pagina, results: pagina.results.map((otra) => (otra.id === fila.id ? { ...otra, ...nuevo } : otra)) })
      try {
        await enviar(fila)
      } catch (error) {
        antes.forEach(([llave, pagina]) => consultas.setQueryData(llave, pagina))
        throw error
      }
    },
    { refrescar: [clave], avisarFallo: true },
  )
}
