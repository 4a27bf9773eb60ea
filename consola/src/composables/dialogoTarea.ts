import type { SweetAlertOptions } from 'sweetalert2'
import { watch } from 'vue'

import { Problema } from '@/api/problema'
import { rutas } from '@/rutas'
import { abrirEmergente, cerrarEmergente } from '@/composables/emergente'
import { cancelarTarea, estaViva, pedirTarea, type Tarea, usarTareas } from '@/composables/tareas'
import { balanceDe, ESTADOS_DE_TAREA, fraseDeAvance } from '@/textos/tareas'

function elemento(etiqueta: string, clase: string, texto = ''): HTMLElement {
  const nodo = document.createElement(etiqueta)
  nodo.className = clase
  nodo.textContent = texto
  return nodo
}

/** Contents of the dialog, changed in place: texts go in as text, never as HTML. */
function cuerpoDelAvance() {
  const raiz = elemento('div', 'space-y-3 text-left')
  const etapa = elemento('p', 'font-medium text-highlighted')
  etapa.setAttribute('aria-live', 'polite')
  const barra = document.createElement('progress')
  barra.className = 'barra-de-avance'
  barra.max = 100
  barra.setAttribute('aria-label', 'Avance')
  const mensaje = elemento('p', 'text-sm text-muted truncate')
  const detalle = elemento('p', 'text-sm text-muted tabular min-h-5')
  raiz.append(etapa, barra, detalle, mensaje)
  return {
    raiz,
    pintar(tarea: Tarea) {
      etapa.textContent = tarea.cancelacion_solicitada ? 'Cancelando…' : tarea.etapa || 'En espera de un trabajador'
      if (tarea.progreso.porcentaje == null) {
        barra.removeAttribute('value')
      } else {
        barra.value = tarea.progreso.porcentaje
      }
      detalle.textContent = fraseDeAvance(tarea)
      mensaje.textContent = tarea.mensaje
    },
  }
}

function lista(frases: readonly string[], clase: string): HTMLElement {
  const ul = elemento('ul', clase)
  ul.append(...frases.map((frase) => elemento('li', '', frase)))
  return ul
}

function cuerpoDelFinal(tarea: Tarea): HTMLElement {
  const raiz = elemento('div', 'space-y-3 text-left')
  if (tarea.error) {
    raiz.append(elemento('p', 'text-highlighted', tarea.error.detalle), elemento('p', 'text-muted', tarea.error.que_hacer))
    if (tarea.error.tecnico) {
      const tecnico = elemento('details', 'text-xs')
      tecnico.append(elemento('summary', 'cursor-pointer', 'Detalle técnico'), elemento('pre', 'whitespace-pre-wrap select-all', tarea.error.tecnico))
      raiz.append(tecnico)
    }
    return raiz
  }
  const { frases, apartados } = balanceDe(tarea)
  raiz.append(lista(frases, 'space-y-1 text-highlighted'))
  if (apartados.length > 0) {
    const detalle = elemento('details', 'text-sm')
    detalle.append(elemento('summary', 'cursor-pointer', 'Qué se dejó aparte y por qué'), lista(apartados, 'mt-2 space-y-1 text-muted max-h-48 overflow-y-auto'))
    raiz.append(detalle)
  }
  return raiz
}

const ICONO: Record<string, SweetAlertOptions['icon']> = { EXITO: 'success', FALLO: 'error', CANCELADA: 'info' }

async function mostrarFinal(tarea: Tarea): Promise<void> {
  const { enlace, tono } = tarea.estado === 'EXITO' ? balanceDe(tarea) : {}
  const { isDenied } = await abrirEmergente({
    title: `${tarea.titulo}: ${(ESTADOS_DE_TAREA[tarea.estado]?.texto ?? tarea.estado).toLowerCase()}`,
    icon: tono ?? ICONO[tarea.estado],
    html: cuerpoDelFinal(tarea),
    confirmButtonText: 'Cerrar',
    showDenyButton: enlace !== undefined,
    denyButtonText: enlace?.texto,
  })
  if (isDenied && enlace) {
    await rutas.push(enlace.a)
  }
}

/**
 * Follow a job in a dialog until it ends or the person prefers to go on; the job lives in the tray in any case.
 *
 * @returns the finished job, or null when the person went on
 */
export async function seguirEnDialogo(taskId: string): Promise<Tarea | null> {
  const { tareas, guardar } = usarTareas()
  const primera = await pedirTarea(taskId)
  guardar(primera)
  const cuerpo = cuerpoDelAvance()
  let dejarDeMirar = () => {}

  const respuesta = await abrirEmergente({
    title: primera.titulo,
    html: cuerpo.raiz,
    confirmButtonText: 'Seguir en segundo plano',
    showDenyButton: true,
    denyButtonText: 'Cancelar',
    allowOutsideClick: false,
    didOpen: () => {
      dejarDeMirar = watch(
        () => tareas.get(taskId),
        (tarea) => {
          if (tarea && estaViva(tarea)) {
            cuerpo.pintar(tarea)
          } else if (tarea) {
            void cerrarEmergente()
          }
        },
        { immediate: true },
      )
    },
    preDeny: () => {
      // The dialog stays until the job says that it stopped. Not waited for: a dialog closed meanwhile would never answer.
      void pedirQueTermine(taskId).then(guardar)
      return false
    },
    willClose: () => dejarDeMirar(),
  })
  const tarea = tareas.get(taskId)
  if (respuesta.isConfirmed || !tarea || estaViva(tarea)) {
    return null
  }
  await mostrarFinal(tarea)
  return tarea
}

/** The job after asking it to stop, or as it ended when there was nothing left to stop. */
async function pedirQueTermine(taskId: string): Promise<Tarea> {
  try {
    return await cancelarTarea(taskId)
  } catch (error) {
    if (!(error instanceof Problema)) {
      throw error
    }
    return pedirTarea(taskId)
  }
}

/** Look at a job again: its progress while it runs, what became of it afterwards. */
export async function abrirTarea(tarea: Tarea): Promise<void> {
  await (estaViva(tarea) ? seguirEnDialogo(tarea.task_id) : mostrarFinal(tarea))
}
