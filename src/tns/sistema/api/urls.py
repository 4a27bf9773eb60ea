from django.urls import path
from rest_framework.routers import SimpleRouter

from tns.sistema.api import views
from tns.sistema.api.programaciones import ProgramacionViewSet

router = SimpleRouter()
router.register("programaciones", ProgramacionViewSet, basename="programacion")
urlpatterns = [
    *router.urls,
    path("sistema/estado/", views.EstadoView.as_view(), name="sistema-estado"),
    path("sistema/resumen/", views.ResumenView.as_view(), name="sistema-resumen"),
    path("sistema/configuracion/", views.ConfiguracionView.as_view(), name="sistema-configuracion"),
]
urlpatterns_raiz = [
    path("health/", views.ListoView.as_view(), name="salud"),
    path("health/live/", views.VivoView.as_view(), name="salud-vivo"),
    path("health/ready/", views.ListoView.as_view(), name="salud-listo"),
    path("metrics", views.MetricasView.as_view(), name="metricas"),
    path("metrics/", views.MetricasView.as_view()),
]
