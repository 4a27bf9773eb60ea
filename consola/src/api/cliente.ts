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
    return sinRespuesta()
  }
}

/** Typed client of the API; every refusal is thrown as a Problema. */
export const api = createClient<paths>({ baseUrl: '/' })
api.use(csrf, problemas)

/** The answer's body, for operations that always have one. */
export function cuerpo<T>(respuesta: { data?: T }): T {
  if (respuesta.data === undefined) {
    throw sinRespuesta()
  }
  return respuesta.data
}
