import { estadoDeEnvio } from '@/textos/documentos'
import { comoCuenta } from '@/textos/formatos'
import type { Balance } from '@/textos/tareas'

type Datos = Record<string, unknown>
const filasDe = <T>(datos: Datos, campo: string): T[] => (Array.isArray(datos[campo]) ? (datos[campo] as T[]) : [])

/** A document that went to the DIAN: its verdict, in words, and the rules it did not meet. */
export function balanceDeEnvio(datos: Datos): Balance {
  const { texto, explicacion, tono } = estadoDeEnvio(String(datos.estado ?? ''))
  const reglas = filasDe<{ codigo?: string; mensaje?: string }>(datos, 'reglas').map(({ codigo, mensaje }) => [codigo, mensaje].filter(Boolean).join(': '))
  return { frases: [`${String(datos.referencia ?? 'Documento')}: ${texto.toLowerCase()}. ${explicacion}`], apartados: reglas, tono: tono === 'success' ? tono : tono === 'error' ? tono : 'warning', enlace: { a: '/dian/enviados', texto: 'Ver los enviados' } }
}

export function balanceDeLote(datos: Datos): Balance {
  const estados = Object.entries((datos.estados ?? {}) as Record<string, number>)
  const errores = filasDe<{ referencia?: string; detalle?: string }>(datos, 'errores')
  const mal = errores.length > 0 || estados.some(([estado]) => estadoDeEnvio(estado).tono !== 'success')
  const frases = [
    comoCuenta(Number(datos.procesados ?? 0), 'documento procesado', 'documentos procesados'),
    ...estados.map(([estado, n]) => `${estadoDeEnvio(estado).texto}: ${n}`),
    ...(datos.ya_aceptados ? [comoCuenta(Number(datos.ya_aceptados), 'ya estaba aceptado', 'ya estaban aceptados')] : []),
    ...(datos.detenido ? [String(datos.detenido)] : []),
  ]
  return { frases, apartados: errores.map(({ referencia, detalle }) => `${referencia ?? ''}: ${detalle ?? ''}`), tono: mal ? 'warning' : 'success', enlace: { a: '/dian/enviados', texto: 'Ver los enviados' } }
}

interface Deriva { kind: string; name: string; detail: string }

export function balanceDeReconciliacion(datos: Datos): Balance {
  const antes = filasDe<Deriva>(datos, 'derivas')
  const quedan = filasDe<Deriva>(datos, 'quedan')
  const reparadas = filasDe<string>(datos, 'reparadas').length
  const fallos = filasDe<{ detalle: string }>(datos, 'fallos')
  const frases = [
    antes.length === 0 ? 'Sin diferencias con el servidor' : `${comoCuenta(antes.length, 'diferencia', 'diferencias')} con el servidor`,
    ...(reparadas ? [comoCuenta(reparadas, 'túnel reparado', 'túneles reparados')] : []),
    ...(reparadas && quedan.length ? [`${comoCuenta(quedan.length, 'diferencia que queda', 'diferencias que quedan')}`] : []),
  ]
  return { frases, apartados: [...quedan.map(({ name, detail }) => [name, detail].filter(Boolean).join(': ')), ...fallos.map(({ detalle }) => detalle)], tono: quedan.length || fallos.length ? 'warning' : 'success' }
}

export function balanceDeImportacion(datos: Datos): Balance {
  const importadas = filasDe<{ nombre: string }>(datos, 'importadas')
  const omitidas = filasDe<{ public_key: string; motivo: string }>(datos, 'omitidas')
  return {
    frases: [importadas.length === 0 ? 'Ningún túnel nuevo: todos estaban registrados' : `${comoCuenta(importadas.length, 'túnel importado', 'túneles importados')}: ${importadas.map(({ nombre }) => nombre).join(', ')}`],
    apartados: omitidas.map(({ public_key, motivo }) => `${public_key.slice(0, 8)}…: ${motivo}`),
  }
}

export function balanceDeAplicacion(datos: Datos): Balance {
  const direcciones = filasDe<string>(datos, 'direcciones').join(', ')
  return { frases: [datos.en_servidor ? `El túnel quedó en el servidor WireGuard${direcciones ? `, con la dirección ${direcciones}` : ''}` : 'El túnel ya no está en el servidor WireGuard'], apartados: [] }
}

export function balanceDePrueba(datos: Datos): Balance {
  const problemas = filasDe<string>(datos, 'problemas')
  const frases = [datos.listo ? 'El servidor WireGuard está listo' : 'El servidor WireGuard aún no está listo', ...problemas]
  return { frases, apartados: filasDe<string>(datos, 'avisos'), tono: datos.listo ? 'success' : 'warning' }
}
