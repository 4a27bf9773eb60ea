import { createRouter, createWebHistory, type RouteRecordRaw } from 'vue-router'

declare module 'vue-router' {
  interface RouteMeta {
    titulo?: string
  }
}

const pagina = (path: string, titulo: string, component: RouteRecordRaw['component'], name?: string): RouteRecordRaw =>
  ({ path, name, component, meta: { titulo } }) as RouteRecordRaw

const paginas: RouteRecordRaw[] = [
  pagina('', 'Inicio', () => import('./paginas/Inicio.vue'), 'inicio'),
  pagina('servidores/:id?', 'Servidores', () => import('./paginas/Servidores.vue')),
  pagina('empresas', 'Empresas', () => import('./paginas/Empresas.vue')),
  pagina('empresas/:id(\\d+)/:seccion?', 'Empresa', () => import('./paginas/Empresa.vue')),
  pagina('api-keys', 'API Keys', () => import('./paginas/Llaves.vue')),
  pagina('modelos', 'ML / Modelos', () => import('./paginas/Modelos.vue')),
  pagina('modelos/:nit/:seccion?/:articulo(.*)?', 'Modelo', () => import('./paginas/Modelo.vue')),
  pagina('vpn/:id?', 'VPN', () => import('./paginas/Vpn.vue')),
  pagina('dian/:seccion?', 'DIAN', () => import('./paginas/Dian.vue')),
  pagina('tareas', 'Tareas', () => import('./paginas/Tareas.vue')),
  pagina('configuracion/:seccion?', 'Configuración', () => import('./paginas/Configuracion.vue')),
  pagina(':resto(.*)*', 'No existe', () => import('./paginas/NoExiste.vue')),
]

export const rutas = createRouter({
  history: createWebHistory('/'),
  routes: [
    { path: '/entrar', name: 'entrar', component: () => import('./paginas/Entrar.vue'), meta: { titulo: 'Entrar' } },
    { path: '/invitacion/:codigo', name: 'invitacion', component: () => import('./paginas/Invitacion.vue'), meta: { titulo: 'Crear su usuario' } },
    { path: '/', component: () => import('./paginas/Plantilla.vue'), children: paginas },
  ],
})

const RECARGA = 'tns:recarga'
const UN_MINUTO = 60_000

// A page whose code did not arrive, be it for the network or for an update meanwhile, is asked for again whole: a browser
// does not ask twice for a module that failed. Not more than once a minute, or an installation that is down would go in circles.
rutas.onError((_, destino) => {
  if (Date.now() - Number(sessionStorage.getItem(RECARGA)) > UN_MINUTO) {
    sessionStorage.setItem(RECARGA, String(Date.now()))
    location.assign(destino.fullPath)
  }
})

rutas.afterEach((destino) => {
  document.title = destino.meta.titulo ? `${destino.meta.titulo} · TNS Core` : 'TNS Core'
})
