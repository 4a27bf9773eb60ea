import { type Ref, watch } from 'vue'

import { type Opciones, usarAccion } from '@/composables/accion'

/**
 * A form in a panel: what it does when it is sent, and how it begins each time that it opens.
 * It begins anew when it closes too, so that no key stays written in a form that nobody sees.
 *
 * @param empezar puts the form's values as they are before anybody writes
 */
export function usarFormulario<A extends unknown[]>(abierto: Ref<boolean>, empezar: () => unknown, enviar: (...datos: A) => Promise<unknown>, opciones: Opciones = {}) {
  const accion = usarAccion(enviar, opciones)
  watch(
    abierto,
    () => {
      accion.problema.value = null
      empezar()
    },
    { immediate: true },
  )
  return accion
}
