import { useToast } from '@nuxt/ui/composables'
import { useQueryClient } from '@tanstack/vue-query'
import { computed, ref } from 'vue'

import { Problema } from '@/api/problema'

export interface Opciones {
  /** Said in a toast when it went well. */
  hecho?: string
  /** First parts of the keys of the queries that must be asked again. */
  refrescar?: readonly string[]
  /** A refusal is told in a toast; otherwise the caller shows `problema`. */
  avisarFallo?: boolean
}

/**
 * One thing that a person can do: says whether it is under way and what went wrong, and tells how it went in a toast.
 *
 * @returns `hacer`, which answers false when the server refused (the reason is in `problema`)
 */
export function usarAccion<A extends unknown[]>(hacerlo: (...datos: A) => Promise<unknown>, opciones: Opciones = {}) {
  const avisos = useToast()
  const consultas = useQueryClient()
  const haciendo = ref(false)
  const problema = ref<Problema | null>(null)

  async function hacer(...datos: A): Promise<boolean> {
    haciendo.value = true
    problema.value = null
    try {
      await hacerlo(...datos)
    } catch (error) {
      if (!(error instanceof Problema)) {
        throw error
      }
      problema.value = error
      if (opciones.avisarFallo) {
        avisos.add({ title: error.message, description: error.queHacer, color: 'error', icon: 'i-lucide-circle-alert' })
      }
      return false
    } finally {
      haciendo.value = false
    }
    for (const clave of opciones.refrescar ?? []) {
      void consultas.invalidateQueries({ queryKey: [clave] })
    }
    if (opciones.hecho) {
      avisos.add({ title: opciones.hecho, color: 'success', icon: 'i-lucide-circle-check' })
    }
    return true
  }

  /** What the server said of one field of the form. */
  const errorDe = (campo: string) => problema.value?.errores[campo]?.[0]
  /** The refusal, when it is about the whole and not about fields that say it themselves. */
  const problemaGeneral = computed(() => {
    const errores = Object.keys(problema.value?.errores ?? {}).filter((campo) => campo !== 'general')
    return errores.length > 0 ? null : problema.value
  })
  return { haciendo, problema, problemaGeneral, errorDe, hacer }
}
