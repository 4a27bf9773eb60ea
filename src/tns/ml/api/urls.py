from django.urls import path
from rest_framework.routers import SimpleRouter

from tns.ml.api import views
from tns.ml.api.compras import RecomendacionesCompraView

router = SimpleRouter()
router.register("ml/modelos", views.ModeloMLViewSet, basename="modelo-ml")
urlpatterns = [
    path("ml/entrenar_modelos/", views.EntrenarModelosView.as_view(), name="entrenar-modelos"),
    path("ml/predecir_demanda/", views.PredecirDemandaView.as_view(), name="predecir-demanda"),
    path("ml/recomendaciones_compra/", RecomendacionesCompraView.as_view(), name="recomendaciones-compra"),
    *router.urls,
]
