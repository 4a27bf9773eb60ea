import { readFileSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { fileURLToPath, URL } from 'node:url'
import { gzipSync } from 'node:zlib'
import ui from '@nuxt/ui/vite'
import vue from '@vitejs/plugin-vue'
import { defineConfig, type Plugin } from 'vite'

const servidor = process.env.TNS_SERVIDOR ?? 'http://127.0.0.1:8000'

/** A compressed twin beside every text of the build: the web process serves it as it is to whoever accepts gzip. */
const comprimidos = (): Plugin => ({
  name: 'tns:comprimidos',
  apply: 'build',
  // What was written, not the bundle in memory: other plugins still change it until the last moment.
  writeBundle({ dir = '.' }, archivos) {
    for (const nombre of Object.keys(archivos).filter((cada) => /\.(js|css)$/.test(cada))) {
      const texto = readFileSync(join(dir, nombre))
      if (texto.length > 1024) {
        writeFileSync(join(dir, `${nombre}.gz`), gzipSync(texto, { level: 9 }))
      }
    }
  },
})

export default defineConfig({
  base: '/static/consola/',
  plugins: [
    vue(),
    ui({
      autoImport: { dts: 'auto-imports.d.ts' },
      components: { dts: 'components.d.ts', dirs: ['src/componentes'] },
      // Icons travel in the build: nothing is fetched from outside the installation.
      icon: { clientBundle: { scan: { globInclude: ['src/**/*.{vue,ts}'] }, sizeLimitKb: 0 } },
      ui: {
        colors: { primary: 'teal', neutral: 'slate' },
        // Under the pointer a filled button gets darker, not paler: its text must be read there too.
        button: {
          compoundVariants: (['primary', 'error', 'warning'] as const).map((color) => ({
            color,
            variant: 'solid' as const,
            class: `hover:bg-${color} active:bg-${color} hover:brightness-90 active:brightness-85`,
          })),
        },
      },
    }),
    comprimidos(),
  ],
  resolve: { alias: { '@': fileURLToPath(new URL('./src', import.meta.url)) } },
  build: {
    // The built console travels inside the Python package, so that running it needs no Node.
    outDir: '../src/tns/consola/static/consola',
    emptyOutDir: true,
    manifest: 'manifest.json',
    rollupOptions: { input: 'src/main.ts' },
  },
  server: { proxy: { '/api': servidor, '/health': servidor, '/admin': servidor } },
})
