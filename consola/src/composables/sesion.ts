import { useQuery, useQueryClient } from '@tanstack/vue-query'
import { computed } from 'vue'

import { api, cuerpo } from '@/api/cliente'
import type { components } from '@/api/esquema'
import { Problema } from '@/api/problema'

type Usuario = components['schemas']['Usuario']

const CLAVE = ['sesion']

/** What the page said of the session when it was served: without one there is nothing to ask for. */
const habiaSesion = () => document.body.dataset.sesion !== 'no'

/** Who is signed in; `usuario` is null when nobody is. */
export function usarSesion() {
  const consultas = useQueryClient()
  const consulta = useQuery({
    queryKey: CLAVE,
    staleTime: 5 * 60_000,
    queryFn: async () => {
      if (!habiaSesion()) {
        return null
      }
      try {
        return cuerpo(await api.GET('/api/auth/me/'))
      } catch (error) {
        if (error instanceof Problema && error.estado === 401) {
          return null
        }
        throw error
      }
    },
  })

  async function entrar(username: string, password: string): Promise<void> {
    await api.GET('/api/auth/csrf/')
    const usuario = cuerpo(await api.POST('/api/auth/login/', { body: { username, password } }))
    document.body.dataset.sesion = 'si'
    cambiarA(usuario)
  }

  /** Create one's own user with an invitation, and sign in with it. */
  async function registrar(username: string, password: string, invitacion: string): Promise<void> {
    await api.GET('/api/auth/csrf/')
    await api.POST('/api/auth/register/', { body: { username, password, invitacion, email: '', rol: '', nits_base: [] } })
    await entrar(username, password)
  }

  async function salir(): Promise<void> {
    await api.POST('/api/auth/logout/')
    olvidar()
  }

  /** Nobody is signed in any more: forget everything that was shown. */
  function olvidar(): void {
    document.body.dataset.sesion = 'no'
    cambiarA(null)
  }

  function cambiarA(quien: Usuario | null): void {
    // All but who is signed in: those who watch that must be told, and a removed query tells nobody.
    consultas.removeQueries({ predicate: ({ queryKey }) => queryKey[0] !== CLAVE[0] })
    consultas.setQueryData(CLAVE, quien)
  }

  const usuario = computed(() => consulta.data.value ?? null)
  const puedeAdministrar = computed(() => usuario.value?.rol === 'administrador')
  const puedeOperar = computed(() => puedeAdministrar.value || usuario.value?.rol === 'operador')
  return { ...consulta, usuario, puedeAdministrar, puedeOperar, entrar, registrar, salir, olvidar }
}
