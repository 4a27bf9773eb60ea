import { computed, type Ref, shallowRef, type WritableComputedRef } from 'vue'

import { type Opciones, usarAccion } from '@/composables/accion'
import type { Problema } from '@/api/problema'

/** What a confirmation needs to know of what it asks. */
export interface Pregunta {
  abierto: WritableComputedRef<boolean>
  haciendo: Ref<boolean>
  problema: Ref<Problema | null>
  hacer: () => Promise<boolean>
}

/**
 * Something that is done to one thing after asking (see `Confirmar`): `preguntar(thing)` opens the question, and what is
 * answered with yes is `hacer`. It closes when it went well; a refusal stays there to be read.
 */
export function usarPregunta<T extends object>(hacer: (sobre: T) => Promise<unknown>, opciones: Opciones = {}) {
  const sobre: Ref<T | null> = shallowRef(null)
  const accion = usarAccion(async () => {
    if (sobre.value) {
      await hacer(sobre.value)
      sobre.value = null
    }
  }, opciones)
  const abierto = computed({ get: () => sobre.value !== null, set: (si) => void (si || (sobre.value = null)) })
  function preguntar(de: T): void {
    accion.problema.value = null
    sobre.value = de
  }
  return { ...accion, sobre, abierto, preguntar }
}
