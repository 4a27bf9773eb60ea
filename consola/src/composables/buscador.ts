import { ref } from 'vue'

/** Whether the search palette is open: the shell mounts it, any page may open it. */
const abierto = ref(false)
export const usarBuscador = () => abierto
