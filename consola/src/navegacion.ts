/** The pages of the rail, in the contract's order. */
export const PAGINAS = [
  { titulo: 'Inicio', icono: 'i-lucide-house', a: '/' },
  { titulo: 'Servidores', icono: 'i-lucide-server', a: '/servidores' },
  { titulo: 'VPN', icono: 'i-lucide-shield', a: '/vpn' },
  { titulo: 'Empresas', icono: 'i-lucide-building-2', a: '/empresas' },
  { titulo: 'API Keys', icono: 'i-lucide-key-round', a: '/api-keys' },
  { titulo: 'ML / Modelos', icono: 'i-lucide-chart-line', a: '/modelos' },
  { titulo: 'DIAN', icono: 'i-lucide-file-text', a: '/dian' },
  { titulo: 'Configuración', icono: 'i-lucide-settings', a: '/configuracion' },
] as const
