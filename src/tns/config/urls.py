"""Routes: every app brings its own below /api/; the fixed paths are those of the contract."""

from __future__ import annotations

from django.contrib import admin
from django.urls import include, path
from drf_spectacular.views import SpectacularAPIView, SpectacularSwaggerView

# Registers how the schema names each way to sign in; here, because workers need no schema and start sooner without it.
from tns.api_keys import esquema as _esquema_llave  # noqa: F401
from tns.cuentas import esquema as _esquema_sesion  # noqa: F401
from tns.sistema.api.urls import urlpatterns_raiz

# Finding a route walks this list: first what programs ask all day.
urlpatterns = [
    path("api/", include("tns.api_keys.api.urls")),
    path("api/", include("tns.extraccion.api.urls")),
    path("admin/", admin.site.urls),
    path("api/schema/", SpectacularAPIView.as_view(), name="esquema"),
    path("api/docs/", SpectacularSwaggerView.as_view(url_name="esquema"), name="documentacion"),
    path("api/", include("tns.cuentas.api.urls")),
    path("api/", include("tns.tareas.api.urls")),
    path("api/", include("tns.servidores.api.urls")),
    path("api/", include("tns.empresas.api.urls")),
    path("api/", include("tns.dian.api.urls")),
    path("api/", include("tns.comercio.api.urls")),
    path("api/", include("tns.vpn.api.urls")),
    path("api/", include("tns.ml.api.urls")),
    path("api/", include("tns.sistema.api.urls")),
    path("", include(urlpatterns_raiz)),
    path("", include("tns.consola.urls")),
]

handler400 = "tns.common.problemas.solicitud_invalida"
handler403 = "tns.common.problemas.sin_permiso"
handler404 = "tns.common.problemas.no_encontrado"
handler500 = "tns.common.problemas.error_interno"
