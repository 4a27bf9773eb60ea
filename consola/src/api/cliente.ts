import createClient, { type Middleware } from 'openapi-fetch'

import type { paths } from './esquema'
import { type CuerpoDeProblema, Problema, sinRespuesta } from './problema'

const METODOS_SEGUROS = new Set(['GET', 'HEAD', 'OPTIONS'])

export function galleta(nombre: string): string | undefined {
  return document.cookie
    .split('; ')
    .find((par) => par.startsWith(`${nombre}=`))
    ?.slice(nombre.length + 1)
}

const csrf: Middleware = {
  onRequest({ request }) {
    if (!METODOS_SEGUROS.has(request.method)) {
      request.headers.set('X-CSRFToken', galleta('csrftoken') ?? '')
    }
    return request
  },
}

const problemas: Middleware = {
  async onResponse({ response }) {
    if (!response.ok) {
      throw await problemaDe(response)
    }
    return response
  },
  onError() {
    return sinRespuesta()
  },
}

async function problemaDe(response: Response): Promise<Problema> {
  try {
    const cuerpo = (await response.json()) as CuerpoDeProblema
    if (response.status === 401 && cuerpo.codigo === 'no_autenticado') {
      window.dispatchEvent(new CustomEvent('tns:sesion-terminada'))
    }
    return new Problema(cuerpo)
  } catch {
    return sinRespuesta(response.status)
  }
}

const REINTENTOS_MS = [300, 900]

/**
 * Ask, and ask again what only reads when nobody answered: a network that changes (another Wi-Fi, a VPN that connects) or a
 * server that is being restarted cuts what is under way. What writes is never sent twice.
 */
async function pedir(pedido: Request): Promise<Response> {
  for (const pausa of METODOS_SEGUROS.has(pedido.method) ? REINTENTOS_MS : []) {
    try {
      return await fetch(pedido.clone())
    } catch (error) {
      if (pedido.signal.aborted) {
        throw error
      }
      await new Promise((seguir) => setTimeout(seguir, pausa))
    }
  }
  return fetch(pedido)
}

/** Typed client of the API; every refusal is thrown as a Problema. */
export const api = createClient<paths>({ baseUrl: '/', fetch: pedir })
api.use(csrf, problemas)

/** The answer's body, for operations that always have one. */
export function cuerpo<T>(respuesta: { data?: T }): T {
  if (respuesta.data === undefined) {
    throw sinRespuesta()
  }
  return respuesta.data
}
