from django.urls import path
from rest_framework.routers import SimpleRouter

from tns.comercio.api import views
from tns.comercio.api.medios import ver_medio

router = SimpleRouter()
router.register("personalizacion", views.PersonalizacionViewSet, basename="personalizacion")
router.register("ecommerce", views.EcommerceViewSet, basename="ecommerce")
router.register("dominios", views.DominioViewSet, basename="dominio")
urlpatterns = [
    path("dominios/resolver/", views.ResolverDominioView.as_view(), name="dominios-resolver"),
    path("medios/<str:nombre>", ver_medio, name="medio"),
    *router.urls,
]
