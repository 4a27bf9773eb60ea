"""Entrance of the console: sign in, sign out, who am I, register."""

from __future__ import annotations

from typing import Any

from django.contrib.auth import authenticate, login, logout, update_session_auth_hash
from django.middleware.csrf import get_token
from django.utils.decorators import method_decorator
from django.views.decorators.csrf import csrf_protect
from drf_spectacular.utils import OpenApiExample, extend_schema
from rest_framework import status
from rest_framework.permissions import AllowAny
from rest_framework.request import Request
from rest_framework.response import Response
from rest_framework.views import APIView

from tns.common.limites import contar
from tns.common.problemas import Problema
from tns.cuentas import auditoria, services
from tns.cuentas.api.serializers import (
    CambioClaveSerializer,
    CsrfSerializer,
    EntradaSerializer,
    RegistroSerializer,
    UsuarioSerializer,
)
from tns.cuentas.models import Rol
from tns.cuentas.permisos import AdministrarTodo, EsPersona, PuedeRegistrar

REGISTROS_POR_HORA = 20


class EntradaRechazada(Problema):
    """One answer for an unknown user, a wrong password and a disabled account."""

    estado_http = status.HTTP_401_UNAUTHORIZED
    codigo = "entrada_rechazada"
    titulo = "No pudimos entrar"


class CsrfView(APIView):
    """Gives the CSRF cookie and token that signing in and every write need."""

    permission_classes = [AllowAny]
    authentication_classes: list[Any] = []

    @extend_schema(responses=CsrfSerializer, tags=["auth"])
    def get(self, request: Request) -> Response:
        return Response({"csrf_token": get_token(request)})


@method_decorator(csrf_protect, name="dispatch")
class LoginView(APIView):
    """Signs in with user and password; the session travels in a cookie."""

    permission_classes = [AllowAny]
    authentication_classes: list[Any] = []

    @extend_schema(
        request=EntradaSerializer,
        responses=UsuarioSerializer,
        tags=["auth"],
        examples=[OpenApiExample("Entrar", value={"username": "administrador", "password": "…"}, request_only=True)],
    )
    def post(self, request: Request) -> Response:
        datos = EntradaSerializer(data=request.data)
        datos.is_valid(raise_exception=True)
        usuario = authenticate(request, **datos.validated_data)
        if usuario is None:
            raise EntradaRechazada(
                "El usuario o la contraseña no coinciden.",
                que_hacer="Revise los datos o pida ayuda a un administrador.",
            )
        login(request, usuario)
        auditoria.registrar("entrar", usuario, actor=usuario)
        return Response(UsuarioSerializer(usuario).data)


class LogoutView(APIView):
    """Signs out; doing it twice is fine."""

    permission_classes = [EsPersona]

    @extend_schema(request=None, responses={204: None}, tags=["auth"])
    def post(self, request: Request) -> Response:
        auditoria.registrar("salir", request.user)
        logout(request)
        return Response(status=status.HTTP_204_NO_CONTENT)


class MeView(APIView):
    """Who is signed in, and with which role."""

    permission_classes = [EsPersona]

    @extend_schema(responses=UsuarioSerializer, tags=["auth"])
    def get(self, request: Request) -> Response:
        return Response(UsuarioSerializer(request.user).data)


class CambioClaveView(APIView):
    """Changes the caller's own password; other sessions of his end."""

    permission_classes = [EsPersona]

    @extend_schema(request=CambioClaveSerializer, responses={204: None}, tags=["auth"])
    def post(self, request: Request) -> Response:
        datos = CambioClaveSerializer(data=request.data)
        datos.is_valid(raise_exception=True)
        services.cambiar_clave(usuario=request.user, **datos.validated_data)
        update_session_auth_hash(request, request.user)
        return Response(status=status.HTTP_204_NO_CONTENT)


class RegistroView(APIView):
    """Creates a user. By an administrator, with the role he says; by anybody else only when registration is open,
    and then without any right until an administrator gives a role."""

    permission_classes = [PuedeRegistrar]

    @extend_schema(
        request=RegistroSerializer,
        responses={201: UsuarioSerializer},
        tags=["auth"],
        examples=[
            OpenApiExample(
                "Con invitación",
                value={"username": "ana", "password": "una frase larga y propia", "invitacion": "…"},
                request_only=True,
            ),
            OpenApiExample(
                "Por un administrador",
                value={"username": "ana", "password": "una frase larga y propia", "rol": "operador", "nits_base": []},
                request_only=True,
            ),
        ],
    )
    def post(self, request: Request) -> Response:
        datos = RegistroSerializer(data=request.data)
        datos.is_valid(raise_exception=True)
        campos = dict(datos.validated_data)
        if not AdministrarTodo().has_permission(request, self):
            direccion = request.META.get("REMOTE_ADDR", "")
            contar(f"registro:{direccion}", maximo=REGISTROS_POR_HORA, segundos=3600).exigir()
        if token := campos.pop("invitacion", ""):
            propios = {campo: campos[campo] for campo in ("username", "password", "email")}
            usuario = services.aceptar_invitacion(token=token, **propios)
        else:
            if not AdministrarTodo().has_permission(request, self):
                campos |= {"rol": Rol.NINGUNO, "nits_base": []}
            usuario = services.crear_usuario(**campos)
        return Response(UsuarioSerializer(usuario).data, status=status.HTTP_201_CREATED)
