import type { SweetAlertOptions, SweetAlertResult } from 'sweetalert2'

const PANEL_ABIERTO = '[role=dialog][data-state=open]'

/**
 * Keep focus in the dialog while it is open. A panel under it keeps focus too, by watching where it goes, and would take
 * it back: it hears nothing of it meanwhile.
 *
 * @returns what ends it
 */
function guardarElFoco(dialogo: HTMLElement): () => void {
  let ultimo = dialogo
  const vigilar = (evento: FocusEvent) => {
    evento.stopPropagation()
    if (evento.type !== 'focusin') {
      return
    }
    if (dialogo.contains(evento.target as Node)) {
      ultimo = evento.target as HTMLElement
      return
    }
    ultimo.focus()
    if (!dialogo.contains(document.activeElement)) {
      dialogo.focus()
    }
  }
  window.addEventListener('focusin', vigilar, true)
  window.addEventListener('focusout', vigilar, true)
  return () => {
    window.removeEventListener('focusin', vigilar, true)
    window.removeEventListener('focusout', vigilar, true)
  }
}

/**
 * Give the page back as it should be. A panel that was still leaving when the dialog opened had hidden the page from
 * screen readers, and the dialog puts that back when it closes: nobody would take it away any more. A panel that stays
 * gets the focus when what had it is gone.
 */
function devolverPagina(): void {
  const panel = document.querySelector<HTMLElement>(PANEL_ABIERTO)
  if (!panel) {
    document.querySelectorAll('body > [aria-hidden=true]').forEach((parte) => parte.removeAttribute('aria-hidden'))
  } else if (!panel.contains(document.activeElement)) {
    panel.focus()
  }
}

/** Open a SweetAlert2 dialog, whose code comes the first time; it stands over any panel, and its keys are its own. */
export async function abrirEmergente(opciones: SweetAlertOptions): Promise<SweetAlertResult> {
  const { default: Swal } = await import('sweetalert2')
  let soltarElFoco = () => {}
  return Swal.fire({
    ...opciones,
    keydownListenerCapture: true,
    willOpen: (dialogo) => {
      soltarElFoco = guardarElFoco(dialogo)
      // What is pressed here was not pressed outside the panel, which would close it.
      dialogo.parentElement?.addEventListener('pointerdown', (evento) => evento.stopPropagation())
    },
    willClose: (dialogo) => {
      soltarElFoco()
      opciones.willClose?.(dialogo)
    },
    didDestroy: devolverPagina,
  } as SweetAlertOptions)
}

export async function cerrarEmergente(): Promise<void> {
  const { default: Swal } = await import('sweetalert2')
  Swal.close()
}
