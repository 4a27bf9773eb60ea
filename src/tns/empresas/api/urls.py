from django.urls import path
from rest_framework.routers import SimpleRouter

from tns.empresas.api.views import DescubrirEmpresasView, EmpresaServidorViewSet

router = SimpleRouter()
router.register("empresas-servidor", EmpresaServidorViewSet, basename="empresa-servidor")
urlpatterns = [
    path("sistema/descubrir_empresas/", DescubrirEmpresasView.as_view(), name="descubrir-empresas"),
    *router.urls,
]
