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
# Written out because every request with a key asks them: building one anew cost three times what PostgreSQL needs.
_LLAVE_VIGENTE = """
SELECT llave.*, ARRAY(SELECT DISTINCT nit_base FROM empresas_servidor WHERE nit = llave.nit) AS bases
FROM api_keys_clientes llave WHERE llave.api_key_hash = %s AND llave.activa AND llave.fecha_caducidad > %s
"""
_EMPRESAS = """
SELECT id, codigo, nombre, nit, anio_fiscal, estado, ultima_extraccion FROM empresas_servidor
WHERE nit_base = ANY(%s) ORDER BY anio_fiscal DESC, nombre, id
"""


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
    if not texto.startswith(PREFIJO) or not LARGO_VISIBLE < len(texto) <= _LARGO_MAXIMO or not texto.isascii():
        return None
    llave = next(iter(APIKeyCliente.objects.raw(_LLAVE_VIGENTE, [hash_de(texto), ahora or timezone.now()])), None)
    if llave is None:
        return None
    return Portador(llave, Alcance.de_nits([llave.nit_base, *llave.bases]))


def empresas_de_portador(portador: Portador) -> list[dict[str, Any]]:
    """What a client program is told of the companies that its key covers, newest fiscal year first, in one query."""
    with connection.cursor() as cursor:
        cursor.execute(_EMPRESAS, [list(portador.alcance.nits_base)])
        return [dict(zip(CAMPOS_DE_EMPRESA, fila, strict=True)) for fila in cursor.fetchall()]


def empresas_de_llave(llave: APIKeyCliente) -> QuerySet[EmpresaServidor]:
    """Every company that a key covers, newest fiscal year first."""
    mismas = EmpresaServidor.objects.filter(nit=llave.nit).order_by().values("nit_base")
    return EmpresaServidor.objects.filter(Q(nit_base=llave.nit_base) | Q(nit_base__in=mismas)).order_by(
        "-anio_fiscal", "nombre", "id"
    )
