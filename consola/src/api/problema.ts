/** A problem document of the API (RFC 9457), or what stands for one when the server did not answer. */
export interface CuerpoDeProblema {
  title: string
  status: number
  detail: string
  codigo: string
  que_hacer?: string
  tecnico?: string
  errores?: Record<string, string[]>
  [dato: string]: unknown
}

export class Problema extends Error {
  constructor(readonly cuerpo: CuerpoDeProblema) {
    super(cuerpo.detail)
    this.name = 'Problema'
  }

  get estado(): number {
    return this.cuerpo.status
  }

  get codigo(): string {
    return this.cuerpo.codigo
  }

  get queHacer(): string {
    return this.cuerpo.que_hacer ?? ''
  }

  /** Sentences per field of a form; `general` holds those about no field. */
  get errores(): Record<string, string[]> {
    return this.cuerpo.errores ?? {}
  }
}

/** Nobody answered (status 0), or what answered was not the API. */
export function sinRespuesta(status = 0): Problema {
  return new Problema({
    title: 'Sin respuesta',
    status,
    detail: 'El servidor no respondió.',
    codigo: 'sin_respuesta',
    que_hacer: 'Revise su conexión e intente de nuevo.',
  })
}
