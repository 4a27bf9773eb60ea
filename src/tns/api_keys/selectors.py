"""Reading keys and what they cover."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime
from typing import Any

from django.db import connection
from django.db.models import Q, QuerySet
from django.utils import timezone

from tns.api_keys.models import LARGO_VISIBLE, PREFIJO, APIKeyCliente, EstadoLlave, hash_de, vigentes
from tns.cuentas.alcance import Alcance
from tns.empresas.models import EmpresaServidor

_LARGO_MAXIMO = 128
CAMPOS_DE_EMPRESA = ("id", "codigo", "nombre", "nit", "anio_fiscal", "estado", "ultima_extraccion")
_CAMPOS_DE_LLAVE = tuple(campo.attname for campo in APIKeyCliente._meta.concrete_fields)
# Written out, and read without a RawQuerySet, because every request with a key asks them: building the statement and
# matching its columns anew cost more than PostgreSQL needs to answer it.
_LLAVE = ", ".join(f"llave.{campo.column}" for campo in APIKeyCliente._meta.concrete_fields)
_BASES = "ARRAY(SELECT DISTINCT nit_base FROM empresas_servidor WHERE nit = llave.nit)"
_VIGENTE = "llave.api_key_hash = %s AND llave.activa AND llave.fecha_caducidad > %s"
_LLAVE_VIGENTE = f"SELECT {_LLAVE}, {_BASES} FROM api_keys_clientes llave WHERE {_VIGENTE}"  # noqa: S608 - columns of the model
_LLAVE_Y_EMPRESAS = f"""
SELECT llave.*, {", ".join(f"empresa.{campo}" for campo in CAMPOS_DE_EMPRESA)}
FROM (SELECT {_LLAVE}, {_BASES} AS bases FROM api_keys_clientes llave WHERE {_VIGENTE}) llave
LEFT JOIN empresas_servidor empresa ON empresa.nit_base = ANY(llave.bases || llave.nit_base)
ORDER BY empresa.anio_fiscal DESC, empresa.nombre, empresa.id
"""  # noqa: S608 - columns of the models


@dataclass(slots=True)
class Portador:
    """Whoever comes with a key: what `request.user` is then."""

    llave: APIKeyCliente
    alcance: Alcance
    is_authenticated: bool = True
    is_active: bool = True
    es_llave: bool = True

    @property
    def pk(self) -> int:
        return self.llave.pk

    def permite(self, alcance_llave: str) -> bool:
        """Whether the key was given that scope; one without scopes has them all."""
        return not self.llave.alcances or alcance_llave in self.llave.alcances

    def __str__(self) -> str:
        return str(self.llave)


def llaves_visibles(alcance: Alcance) -> QuerySet[APIKeyCliente]:
    return alcance.filtrar(APIKeyCliente.objects.prefetch_related("empresas_asociadas"), "nit_base")


def filtrar_por_estado(consulta: QuerySet[APIKeyCliente], estado: str) -> QuerySet[APIKeyCliente]:
    ahora = timezone.now()
    if estado == EstadoLlave.VIGENTE:
        return consulta.filter(vigentes(ahora))
    if estado == EstadoLlave.CADUCADA:
        return consulta.filter(activa=True, fecha_caducidad__lte=ahora)
    return consulta.filter(activa=False)


def portador_de(texto: str, *, ahora: datetime | None = None) -> Portador | None:
    """Whoever that key stands for, in one query; None for an unknown, expired or revoked one alike.

    A key covers the companies of its NIT's base and, because sources disagree on the check digit, those whose
    normalised NIT is the key's (whatever base was understood from it).
    """
    filas = _preguntar(_LLAVE_VIGENTE, texto, ahora)
    return _portador(filas[0]) if filas else None


def portador_y_empresas(texto: str, *, ahora: datetime | None = None) -> tuple[Portador | None, list[dict[str, Any]]]:
    """The same, with what a client program is told of the companies that the key covers, newest fiscal year first, in
    one query.
    """
    filas = _preguntar(_LLAVE_Y_EMPRESAS, texto, ahora)
    if not filas:
        return None, []
    inicio = len(_CAMPOS_DE_LLAVE) + 1
    empresas = [dict(zip(CAMPOS_DE_EMPRESA, fila[inicio:], strict=True)) for fila in filas]
    return _portador(filas[0]), [empresa for empresa in empresas if empresa["id"] is not None]


def _preguntar(consulta: str, texto: str, ahora: datetime | None) -> list[tuple[Any, ...]]:
    if not texto.startswith(PREFIJO) or not LARGO_VISIBLE < len(texto) <= _LARGO_MAXIMO or not texto.isascii():
        return []
    with connection.cursor() as cursor:
        cursor.execute(consulta, [hash_de(texto), ahora or timezone.now()])
        filas: list[tuple[Any, ...]] = cursor.fetchall()
    return filas


def _portador(fila: tuple[Any, ...]) -> Portador:
    """Of a row that begins with the key's fields and the other bases of its NIT."""
    cuantos = len(_CAMPOS_DE_LLAVE)
    llave = APIKeyCliente.from_db(connection.alias, _CAMPOS_DE_LLAVE, fila[:cuantos])
    return Portador(llave, Alcance.de_nits([llave.nit_base, *fila[cuantos]]))


def empresas_de_llave(llave: APIKeyCliente) -> QuerySet[EmpresaServidor]:
    """Every company that a key covers, newest fiscal year first."""
    mismas = EmpresaServidor.objects.filter(nit=llave.nit).order_by().values("nit_base")
    return EmpresaServidor.objects.filter(Q(nit_base=llave.nit_base) | Q(nit_base__in=mismas)).order_by(
        "-anio_fiscal", "nombre", "id"
    )
