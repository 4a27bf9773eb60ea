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

rutas.afterEach((destino) => {
  document.title = destino.meta.titulo ? `${destino.meta.titulo} · TNS Core` : 'TNS Core'
})
