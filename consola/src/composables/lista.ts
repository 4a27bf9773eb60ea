import { keepPreviousData, useQuery } from '@tanstack/vue-query'
import { computed, type ComputedRef } from 'vue'
import { type LocationQueryRaw, useRoute, useRouter } from 'vue-router'

export interface Pagina<T> {
  count: number
  results: T[]
}

export interface Parametros {
  pagina: number
  tamano: number
  orden?: string
  buscar?: string
  [filtro: string]: string | number | undefined
}

const TAMANO = 25

/** The URL's parameters as the query of a request; the server judges their values. */
export const enQuery = (parametros: Parametros) => ({ params: { query: parametros as never } })

/**
 * A list whose page, order, search and filters live in the URL and are answered by the server.
 *
 * @param clave first part of the query's key, so that mutations can refresh the list
 * @param filtros names of the URL's parameters that are sent as filters
 */
export function usarLista<T>(
  clave: string,
  filtros: readonly string[],
  pedir: (parametros: Parametros) => Promise<Pagina<T>>,
) {
  const ruta = useRoute()
  const rutas = useRouter()
  const texto = (nombre: string) => {
    const valor = ruta.query[nombre]
    return typeof valor === 'string' && valor !== '' ? valor : undefined
  }

  const parametros: ComputedRef<Parametros> = computed(() => ({
    pagina: Math.max(1, Number(texto('pagina')) || 1),
    tamano: TAMANO,
    orden: texto('orden'),
    buscar: texto('buscar'),
    ...Object.fromEntries(filtros.map((filtro) => [filtro, texto(filtro)])),
  }))

  const consulta = useQuery({
    queryKey: [clave, 'lista', parametros],
    queryFn: () => pedir(parametros.value),
    placeholderData: keepPreviousData,
  })

  /** Change parameters of the URL; anything but the page goes back to the first one. */
  function cambiar(cambios: LocationQueryRaw): void {
    const query = { ...ruta.query, pagina: undefined, ...cambios }
    void rutas.replace({ query: Object.fromEntries(Object.entries(query).filter(([, valor]) => valor)) })
  }

  const propios = ['buscar', ...filtros]
  const filtrado = computed(() => propios.some((filtro) => parametros.value[filtro] !== undefined))
  const quitarFiltros = () => cambiar(Object.fromEntries(propios.map((filtro) => [filtro, undefined])))

  return {
    parametros,
    filtrado,
    quitarFiltros,
    filas: computed(() => consulta.data.value?.results ?? []),
    total: computed(() => consulta.data.value?.count ?? 0),
    cargando: consulta.isPending,
    actualizando: consulta.isFetching,
    error: consulta.error,
    reintentar: consulta.refetch,
    cambiar,
  }
}
