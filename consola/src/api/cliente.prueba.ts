// @vitest-environment jsdom
import { afterEach, expect, it, vi } from 'vitest'

import { api } from './cliente'
import { Problema } from './problema'

// Requests of a test have no page whose address they could be relative to; the client keeps both when it is made.
const { pedir } = vi.hoisted(() => {
  const Original = globalThis.Request
  globalThis.Request = class extends Original {
    constructor(a: string | URL | Request, b?: RequestInit) {
      super(typeof a === 'string' ? new URL(a, 'http://127.0.0.1/') : a, b)
    }
  }
  const pedir = vi.fn()
  globalThis.fetch = pedir
  return { pedir }
})
const responder = (respuesta: Response | Error) => pedir.mockImplementation(() => (respuesta instanceof Error ? Promise.reject(respuesta) : Promise.resolve(respuesta)))
const problema = (status: number, cuerpo: object) => new Response(JSON.stringify(cuerpo), { status, headers: { 'Content-Type': 'application/problem+json' } })
afterEach(() => vi.restoreAllMocks())

async function fallo(): Promise<Problema> {
  const error: unknown = await api.GET('/api/auth/me/').catch((e: unknown) => e)
  expect(error).toBeInstanceOf(Problema)
  return error as Problema
}

it('throws the problem of the server, with its code and what to do', async () => {
  responder(problema(422, { title: 'No', status: 422, detail: 'La contraseña no coincide.', codigo: 'clave_incorrecta', que_hacer: 'Revísela.' }))
  const error = await fallo()
  expect([error.codigo, error.message, error.queHacer, error.estado]).toEqual(['clave_incorrecta', 'La contraseña no coincide.', 'Revísela.', 422])
})

it('says that nobody answered when nobody did, or when what came is no problem document', async () => {
  responder(new TypeError('failed'))
  expect((await fallo()).codigo).toBe('sin_respuesta')
  responder(new Response('<html>502</html>', { status: 502 }))
  expect((await fallo()).codigo).toBe('sin_respuesta')
})

it('asks again what only reads when the network cuts it, and never what writes', async () => {
  pedir.mockReset()
  pedir.mockRejectedValueOnce(new TypeError('network changed')).mockImplementation(() => Promise.resolve(Response.json({ username: 'ana' })))
  expect((await api.GET('/api/auth/me/')).data).toMatchObject({ username: 'ana' })
  expect(pedir).toHaveBeenCalledTimes(2)
  pedir.mockReset()
  responder(new TypeError('network changed'))
  const error: unknown = await api.POST('/api/auth/logout/').catch((e: unknown) => e)
  expect((error as Problema).codigo).toBe('sin_respuesta')
  expect(pedir).toHaveBeenCalledTimes(1)
})

it('tells the shell once that the session ended', async () => {
  const oido = vi.fn()
  window.addEventListener('tns:sesion-terminada', oido)
  responder(problema(401, { title: 'No', status: 401, detail: 'Entre.', codigo: 'no_autenticado' }))
  await fallo()
  responder(problema(401, { title: 'No', status: 401, detail: 'No coinciden.', codigo: 'entrada_rechazada' }))
  await fallo()
  expect(oido).toHaveBeenCalledTimes(1)
})
