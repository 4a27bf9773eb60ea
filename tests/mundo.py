"""The shared world: a reseller's two clients and an outsider, with everybody who may knock at the API's door.

*Andina* and *Boreal* are clients of the reseller; whoever holds Boreal's key is the outsider when Andina is asked for.
"""

from __future__ import annotations

from dataclasses import dataclass, field
from functools import cache
from typing import Any

from django.contrib.auth.hashers import make_password
from rest_framework.test import APIClient

from tns.api_keys.services import generar_llave
from tns.cuentas.models import Rol, Usuario
from tns.empresas.models import EmpresaServidor
from tns.servidores.models import Servidor

ANDINA, BOREAL = "800197268", "900373115"
CLAVE = "una-clave-larga-de-prueba"


def crear_servidor(nombre: str = "Bodega norte", **campos: Any) -> Servidor:
    valores = {"host": "127.0.0.1", "usuario": "SYSDBA", "password": "masterkey", "ruta_maestra": r"C:\datos\ADMIN.GDB"}
    return Servidor.objects.create(nombre=nombre, **valores | campos)


def crear_empresa(servidor: Servidor, nit: str = ANDINA, anio_fiscal: int = 2025, **campos: Any) -> EmpresaServidor:
    valores = {"codigo": f"{nit[-3:]}{anio_fiscal}", "nombre": "Comercial Andina", "ruta_base": r"C:\datos\EMP.GDB"}
    empresa = EmpresaServidor(servidor=servidor, anio_fiscal=anio_fiscal, **valores | campos)
    empresa.asignar_nit(nit)
    empresa.save()
    return empresa


@cache
def _clave_cifrada() -> str:
    """Slow on purpose, so once per session."""
    return make_password(CLAVE)


def crear_usuario(nombre: str, rol: str = Rol.NINGUNO, **campos: Any) -> Usuario:
    """A user whose password is CLAVE."""
    return Usuario.objects.create(username=nombre, password=_clave_cifrada(), rol=rol, **campos)


def cliente_de(usuario: Usuario) -> APIClient:
    """A browser signed in as that user."""
    cliente = APIClient()
    cliente.force_login(usuario)
    return cliente


def cliente_con_llave(llave: str) -> APIClient:
    """A program that sends that API key with every request."""
    return APIClient(HTTP_AUTHORIZATION=f"Api-Key {llave}")


@dataclass
class Mundo:
    """Built by the fixture `mundo`; every client is ready to be used."""

    servidor: Servidor
    otro_servidor: Servidor
    andina: EmpresaServidor
    andina_anterior: EmpresaServidor
    boreal: EmpresaServidor
    usuarios: dict[str, Usuario]
    llaves: dict[str, str]
    clientes: dict[str, APIClient] = field(default_factory=dict)

    @property
    def administrador(self) -> APIClient:
        return self.clientes["administrador"]

    @property
    def operador(self) -> APIClient:
        return self.clientes["operador"]

    @property
    def lector(self) -> APIClient:
        return self.clientes["lector"]

    @property
    def nadie(self) -> APIClient:
        return self.clientes["nadie"]


def construir() -> Mundo:
    """Two servers, three companies, a user of each role (and one limited to Andina), a key of each NIT."""
    servidor, otro = crear_servidor(), crear_servidor("Bodega sur", host="localhost")
    andina = crear_empresa(servidor, f"{ANDINA}-4", 2025)
    anterior = crear_empresa(servidor, ANDINA, 2024)
    boreal = crear_empresa(otro, f"{BOREAL}-3", 2025, nombre="Distribuciones Boreal")
    usuarios = {
        "sin_rol": crear_usuario("sin_rol"),
        "lector": crear_usuario("lector", Rol.LECTOR),
        "lector_boreal": crear_usuario("lector_boreal", Rol.LECTOR, nits_base=[BOREAL]),
        "operador": crear_usuario("operador", Rol.OPERADOR),
        "operador_andina": crear_usuario("operador_andina", Rol.OPERADOR, nits_base=[ANDINA]),
        "administrador": crear_usuario("administrador", Rol.ADMINISTRADOR),
        "administrador_andina": crear_usuario("administrador_andina", Rol.ADMINISTRADOR, nits_base=[ANDINA]),
    }
    llaves = {
        "llave_andina": generar_llave(nit=ANDINA, nombre_cliente="Tienda Andina", dias_validez=30)[1],
        "llave_boreal": generar_llave(nit=BOREAL, nombre_cliente="Tienda Boreal", dias_validez=30)[1],
    }
    mundo = Mundo(servidor, otro, andina, anterior, boreal, usuarios, llaves)
    mundo.clientes = {
        "nadie": APIClient(),
        **{nombre: cliente_de(usuario) for nombre, usuario in usuarios.items()},
        **{nombre: cliente_con_llave(llave) for nombre, llave in llaves.items()},
    }
    return mundo
