import { type Component, defineAsyncComponent, defineComponent, h } from 'vue'

/** Keeps the place of a part that is on its way, and says so. */
const Esqueleto = defineComponent(() => () => h('div', { class: 'h-96 animate-pulse rounded-md bg-elevated', 'aria-label': 'Cargando', role: 'status' }))

type Cargador<C> = () => Promise<{ default: C }>

/** A part of a page whose code is asked for when it is drawn: a page brings only the section that it opens with. */
export function alMostrarse<C extends Component>(cargar: Cargador<C>): C {
  return defineAsyncComponent({ loader: cargar as Cargador<Component>, loadingComponent: Esqueleto, delay: 0 }) as unknown as C
}

/**
 * A panel or dialog, governed by `v-model:abierto`, whose code is asked for the first time that it opens.
 * It stays mounted afterwards, so that it leaves the screen as it came.
 */
export function alAbrirse<C extends Component>(cargar: Cargador<C>): C {
  const Dentro = defineAsyncComponent(cargar as Cargador<Component>)
  return defineComponent({
    inheritAttrs: false,
    setup(_, { attrs, slots }) {
      let yaSeAbrio = false
      return () => {
        yaSeAbrio ||= attrs.abierto === true
        return yaSeAbrio ? h(Dentro, attrs, slots) : undefined
      }
    },
  }) as unknown as C
}
