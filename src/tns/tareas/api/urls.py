from django.urls import path
from rest_framework.routers import SimpleRouter

from tns.tareas.api import eventos, views

router = SimpleRouter()
router.register("tareas", views.TareaViewSet, basename="tarea")

urlpatterns = [
    path("tareas/eventos/", eventos.eventos_de_tareas, name="tareas-eventos"),
    path("tareas/<str:pk>/eventos/", eventos.eventos_de_tarea, name="tarea-eventos"),
    path("sistema/estado-tarea/", views.EstadoTareaView.as_view(), name="sistema-estado-tarea"),
    path("sistema/estado-descubrimiento/", views.EstadoTareaView.as_view(), name="sistema-estado-descubrimiento"),
    *router.urls,
]
