from django.urls import path
from rest_framework.routers import SimpleRouter

from tns.dian.api import views

router = SimpleRouter()
router.register("dian-processor/documentos", views.DocumentoDianViewSet, basename="dian-documento")
router.register("dian-processor/recibidos", views.DocumentoRecibidoViewSet, basename="dian-recibido")
router.register("dian-processor/configuraciones", views.ConfiguracionDianViewSet, basename="dian-configuracion")
urlpatterns = [
    path("dian-processor/procesar-factura/", views.ProcesarFacturaView.as_view(), name="dian-procesar-factura"),
    path("dian-processor/procesar-lote/", views.ProcesarLoteView.as_view(), name="dian-procesar-lote"),
    path("dian-processor/recibir/", views.RecibirView.as_view(), name="dian-recibir"),
    *router.urls,
]
