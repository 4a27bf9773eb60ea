/** Hand a file to the person, as the browser saves it. */
export function descargarArchivo(nombre: string, archivo: Blob): void {
  const enlace = document.createElement('a')
  enlace.href = URL.createObjectURL(archivo)
  enlace.download = nombre
  enlace.click()
  URL.revokeObjectURL(enlace.href)
}
