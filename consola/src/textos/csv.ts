/** A CSV that a Colombian spreadsheet opens well: semicolons, decimal comma, byte order mark. */
export function comoCsv(filas: readonly (readonly (string | number | null)[])[]): string {
  const celda = (valor: string | number | null) => {
    const texto = typeof valor === 'number' ? String(valor).replace('.', ',') : (valor ?? '')
    // What begins like a formula is text here, and must be so in the spreadsheet.
    const inerte = typeof valor === 'string' && /^[=+\-@\t\r]/.test(texto) ? `'${texto}` : texto
    return /[";\n]/.test(inerte) ? `"${inerte.replaceAll('"', '""')}"` : inerte
  }
  return `\uFEFF${filas.map((fila) => fila.map(celda).join(';')).join('\r\n')}\r\n`
}

export function descargarTexto(nombre: string, texto: string): void {
  const enlace = document.createElement('a')
  enlace.href = URL.createObjectURL(new Blob([texto], { type: 'text/csv;charset=utf-8' }))
  enlace.download = nombre
  enlace.click()
  URL.revokeObjectURL(enlace.href)
}
