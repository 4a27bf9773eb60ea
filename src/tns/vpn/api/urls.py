from django.urls import path
from rest_framework.routers import SimpleRouter

from tns.vpn.api import enlaces, views

router = SimpleRouter()
router.register("vpn/configs", views.VpnConfigViewSet, basename="vpn-config")
router.register("vpn/servidores", views.ServidorWireGuardViewSet, basename="vpn-servidor")

urlpatterns = [path("vpn/enlaces/<str:token>/", enlaces.enlace, name="vpn-enlace"), *router.urls]
