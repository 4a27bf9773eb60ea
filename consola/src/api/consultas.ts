import { QueryClient } from '@tanstack/vue-query'

import { Problema } from './problema'

export const clienteDeConsultas = new QueryClient({
  defaultOptions: {
    queries: {
      staleTime: 15_000,
      // A refusal will be the same a second later; only a server that failed is worth asking again (the client itself insists when nobody answers).
      retry: (veces, error) => veces < 2 && !(error instanceof Problema && error.estado < 500),
    },
  },
})
