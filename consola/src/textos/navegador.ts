const NAVEGADORES: readonly [RegExp, string][] = [
  [/Edg(e|A|iOS)?\//, 'Edge'],
  [/OPR\/|Opera/, 'Opera'],
  [/SamsungBrowser\//, 'Samsung Internet'],
  [/Firefox\/|FxiOS\//, 'Firefox'],
  [/Chrome\/|CriOS\//, 'Chrome'],
  [/Safari\//, 'Safari'],
]
const SISTEMAS: readonly [RegExp, string][] = [
  [/Android/, 'Android'],
  [/iPhone|iPad/, 'iOS'],
  [/Windows/, 'Windows'],
  [/Macintosh/, 'macOS'],
  [/Linux|X11/, 'Linux'],
]
const primero = (parejas: readonly [RegExp, string][], texto: string) => parejas.find(([patron]) => patron.test(texto))?.[1]

/** What a browser says of itself, as a person would call it: "Chrome en Windows". A program is left as it names itself. */
export function comoNavegador(agente: string): string {
  const navegador = primero(NAVEGADORES, agente)
  const sistema = primero(SISTEMAS, agente)
  return navegador ? [navegador, sistema].filter(Boolean).join(' en ') : agente || 'Navegador sin identificar'
}
