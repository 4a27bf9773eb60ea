import type { components } from '@/api/esquema'

export type ClaveDePaso = 'servidor' | 'prueba' | 'empresas' | 'movimientos' | 'llave' | 'modelo'
export interface Paso {
  clave: ClaveDePaso
  texto: string
  ayuda: string
  accion: string
  hecho: boolean
}

/**
 * The contract's flow, with what is done of it.
 *
 * @param probado whether a server answered its test; discovering companies says the same
 */
export function pasosDelFlujo(resumen: components['schemas']['Resumen'], probado: boolean): Paso[] {
  const { servidores, empresas, movimientos, api_keys, modelos } = resumen
  const hayEmpresas = (empresas.total ?? 0) > 0
  return [
    { clave: 'servidor', texto: 'Registre un servidor', ayuda: 'El equipo donde Visual TNS guarda sus bases: dirección, ruta de ADMIN.gdb, usuario y contraseña.', accion: 'Registrar servidor', hecho: servidores > 0 },
    { clave: 'prueba', texto: 'Pruebe la conexión', ayuda: 'Dice la versión y cuántas empresas hay en su registro o, si no responde, la causa y qué hacer.', accion: 'Probar conexión', hecho: probado || hayEmpresas },
    { clave: 'empresas', texto: 'Descubra sus empresas', ayuda: 'Lee el registro del servidor y crea una fila por empresa y año fiscal.', accion: 'Sincronizar', hecho: hayEmpresas },
    { clave: 'movimientos', texto: 'Extraiga los movimientos', ayuda: 'Trae el inventario de cada empresa, mes por mes, y lo compara con el origen. Puede seguir en segundo plano.', accion: 'Extraer datos', hecho: movimientos.total > 0 },
    { clave: 'llave', texto: 'Genere la API key del cliente', ayuda: 'Con ella su tienda o su programa lee los datos de su NIT. Se muestra una sola vez.', accion: 'Generar API key', hecho: (api_keys.total ?? 0) > 0 },
    { clave: 'modelo', texto: 'Entrene los modelos y pronostique la demanda', ayuda: 'Con todas las empresas y años del NIT que elija.', accion: 'Entrenar', hecho: (modelos.en_servicio ?? 0) > 0 },
  ]
}
