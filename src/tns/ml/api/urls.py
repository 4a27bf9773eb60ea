from django.urls import path
from rest_framework.routers import SimpleRouter

from tns.ml.api import views

router = SimpleRouter()
router.register("ml/modelos", views.ModeloMLViewSet, basename="modelo-ml")
urlpatterns = [
    path("ml/entrenar_modelos/", views.EntrenarModelosView.as_view(), name="entrenar-modelos"),
    path("ml/predecir_demanda/", views.PredecirDemandaView.as_view(), name="predecir-demanda"),
    *router.urls,
]
