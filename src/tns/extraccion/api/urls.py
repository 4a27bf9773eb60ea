from django.urls import path
from rest_framework.routers import SimpleRouter

from tns.extraccion.api.views import (
    ArticuloViewSet,
    CoberturaView,
    EjecucionViewSet,
    ExportarMovimientosView,
    ExtraerDatosView,
    ExtraerVariasView,
    MovimientosDeEmpresaView,
    MovimientoViewSet,
    ProbarConsultaView,
)

router = SimpleRouter()
router.register("articulos", ArticuloViewSet, basename="articulo")
router.register("movimientos", MovimientoViewSet, basename="movimiento")
router.register("ejecuciones-extraccion", EjecucionViewSet, basename="ejecucion-extraccion")
urlpatterns = [
    path("sistema/extraer_datos/", ExtraerDatosView.as_view(), name="extraer-datos"),
    path("sistema/extraer_varias/", ExtraerVariasView.as_view(), name="extraer-varias"),
    path("empresas-servidor/<int:empresa_id>/cobertura/", CoberturaView.as_view(), name="empresa-cobertura"),
    path(
        "empresas-servidor/<int:empresa_id>/movimientos/",
        MovimientosDeEmpresaView.as_view(),
        name="empresa-movimientos",
    ),
    path(
        "empresas-servidor/<int:empresa_id>/movimientos/exportar/",
        ExportarMovimientosView.as_view(),
        name="empresa-movimientos-exportar",
    ),
    path(
        "empresas-servidor/<int:empresa_id>/probar_consulta/",
        ProbarConsultaView.as_view(),
        name="empresa-probar-consulta",
    ),
    *router.urls,
]
