from django.urls import path
from rest_framework.routers import SimpleRouter

from tns.cuentas.api import views
from tns.cuentas.api.auditoria import AuditoriaViewSet
from tns.cuentas.api.sesiones import SesionViewSet
from tns.cuentas.api.usuarios import InvitacionViewSet, UsuarioViewSet

router = SimpleRouter()
router.register("auditoria", AuditoriaViewSet, basename="auditoria")
router.register("auth/sesiones", SesionViewSet, basename="sesion")
router.register("usuarios", UsuarioViewSet, basename="usuario")
router.register("invitaciones", InvitacionViewSet, basename="invitacion")

urlpatterns = [
    path("auth/csrf/", views.CsrfView.as_view(), name="auth-csrf"),
    path("auth/login/", views.LoginView.as_view(), name="auth-login"),
    path("auth/logout/", views.LogoutView.as_view(), name="auth-logout"),
    path("auth/me/", views.MeView.as_view(), name="auth-me"),
    path("auth/clave/", views.CambioClaveView.as_view(), name="auth-clave"),
    path("auth/register/", views.RegistroView.as_view(), name="auth-register"),
    *router.urls,
]
