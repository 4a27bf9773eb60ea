import { api, cuerpo } from '@/api/cliente'
import type { components } from '@/api/esquema'
import type { Pagina, Parametros } from '@/composables/lista'

export type Movimiento = components['schemas']['MovimientoDeEmpresa']

export const pedirMovimientos = async (empresa_id: number, parametros: Parametros): Promise<Pagina<Movimiento>> =>
  cuerpo(await api.GET('/api/empresas-servidor/{empresa_id}/movimientos/', { params: { path: { empresa_id }, query: parametros as never } }))

/** Address of the file with all the rows of the list, in its order and with its filters. */
export function direccionDeCsv(empresa_id: number, { pagina: _pagina, tamano: _tamano, ...filtros }: Parametros): string {
  const query = new URLSearchParams(Object.entries(filtros).filter(([, valor]) => valor !== undefined) as [string, string][])
  return `/api/empresas-servidor/${empresa_id}/movimientos/exportar/?${query}`
}
