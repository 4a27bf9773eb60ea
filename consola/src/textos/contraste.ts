/** Least ratio between a text and its background that everybody reads (WCAG 2.2 AA), the one that the server asks for. */
export const CONTRASTE_MINIMO = 4.5

const esColor = (valor: string) => /^#[0-9a-f]{6}$/i.test(valor)

function luminancia(valor: string): number {
  const canal = (i: number) => {
    const c = Number.parseInt(valor.slice(i, i + 2), 16) / 255
    return c <= 0.04045 ? c / 12.92 : ((c + 0.055) / 1.055) ** 2.4
  }
  return 0.2126 * canal(1) + 0.7152 * canal(3) + 0.0722 * canal(5)
}

/** Contrast ratio of two `#RRGGBB`, 1 to 21 (WCAG 2.2, relative luminance); null while one is not a colour yet. */
export function contraste(uno: string, otro: string): number | null {
  if (!esColor(uno) || !esColor(otro)) {
    return null
  }
  const [oscuro, claro] = [luminancia(uno), luminancia(otro)].sort((a, b) => a - b) as [number, number]
  return (claro + 0.05) / (oscuro + 0.05)
}

/** Black or white, whichever is read better on a background. */
export const textoSobre = (fondo: string): string => ((contraste(fondo, '#ffffff') ?? 0) >= (contraste(fondo, '#000000') ?? 21) ? '#ffffff' : '#000000')
