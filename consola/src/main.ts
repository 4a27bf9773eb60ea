import './estilos.css'

import ui from '@nuxt/ui/vue-plugin'
import { VueQueryPlugin } from '@tanstack/vue-query'
import { createApp } from 'vue'

import App from './App.vue'
import { clienteDeConsultas } from './api/consultas'
import { rutas } from './rutas'

createApp(App).use(rutas).use(VueQueryPlugin, { queryClient: clienteDeConsultas }).use(ui).mount('#consola')
