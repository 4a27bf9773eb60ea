import { computed, ref, watch, type WritableComputedRef } from 'vue'
import { useRoute, useRouter } from 'vue-router'

/** A dialog that an address can open (`?entrenar=1`); the mark leaves the address at once, so that Back does not open it again. */
export function usarApertura(marca: string): WritableComputedRef<boolean> {
  const ruta = useRoute()
  const rutas = useRouter()
  const abierto = ref(false)
  watch(
    () => ruta.query[marca],
    (pedida) => {
      if (pedida !== undefined) {
        abierto.value = true
        void rutas.replace({ query: { ...ruta.query, [marca]: undefined } })
      }
    },
    { immediate: true },
  )
  return computed({ get: () => abierto.value, set: (si) => void (abierto.value = si) })
}
