import { computed, type Ref, watch } from 'vue'

import { usarAccion } from '@/composables/accion'
import { usarSesion } from '@/composables/sesion'
import { CONTRASTE_MINIMO, contraste } from '@/textos/contraste'

interface Colores {
  color_texto?: string
  color_fondo?: string
}

interface Opciones<D extends object> {
  /** What is kept of this company, undefined or null when nothing is yet. */
  consulta: { data: Ref<object | null | undefined>; error: Ref<Error | null>; isPending: Ref<boolean>; refetch: () => unknown }
  datos: D & Colores
  inicial: () => Partial<D>
  /** Fields that uploads change behind the form. */
  medios: readonly (keyof D & string)[]
  escribir: (hay: boolean) => Promise<unknown>
  hecho: string
  refrescar: readonly string[]
}

/** One form of what a company shows: filled once with what is kept, saved whole, refused while it cannot be read. */
export function usarFicha<D extends object>({ consulta, datos, inicial, medios, escribir, hecho, refrescar }: Opciones<D>) {
  const { puedeAdministrar } = usarSesion()
  const { data: guardada, error, isPending, refetch } = consulta
  // Of what is kept, only the fields that the form writes, and as copies of its own.
  const soloDe = (campos: readonly string[]) => {
    const valores = (guardada.value ?? {}) as Record<string, unknown>
    return JSON.parse(JSON.stringify(Object.fromEntries(campos.filter((campo) => campo in valores).map((campo) => [campo, valores[campo]])))) as Partial<D>
  }
  // What is being written is not lost when a file is uploaded: of what comes back then, only the addresses of the files.
  watch(
    guardada,
    (nueva, anterior) => Object.assign(datos, nueva && anterior ? soloDe(medios) : { ...inicial(), ...soloDe(Object.keys(inicial())) }),
    { immediate: true },
  )

  const hay = computed(() => !!guardada.value)
  const ilegible = computed(() => (contraste(datos.color_texto ?? '', datos.color_fondo ?? '') ?? 0) < CONTRASTE_MINIMO)
  const { hacer: guardar, haciendo, problemaGeneral, errorDe } = usarAccion(() => escribir(hay.value), { hecho, refrescar })
  /** The first file needs something to hang from. */
  const preparar = async () => hay.value || guardar()
  return { error, isPending, refetch, hay, ilegible, puedeAdministrar, guardar, haciendo, problemaGeneral, errorDe, preparar }
}
