import { Problema } from '@/api/problema'
import { usarAccion } from '@/composables/accion'
import { seguirEnDialogo } from '@/composables/dialogoTarea'

/**
 * Begin a job and follow it in its dialog. When one of its kind is under way already, that one is followed.
 *
 * @param empezar asks the server and answers the task's id
 */
export function usarTrabajo<A extends unknown[]>(empezar: (...datos: A) => Promise<string>) {
  return usarAccion(
    async (...datos: A) => {
      void seguirEnDialogo(await tareaDe(() => empezar(...datos)))
    },
    { avisarFallo: true },
  )
}

export async function tareaDe(empezar: () => Promise<string>): Promise<string> {
  try {
    return await empezar()
  } catch (error) {
    if (error instanceof Problema && error.estado === 409 && typeof error.cuerpo.task_id === 'string') {
      return error.cuerpo.task_id
    }
    throw error
  }
}
