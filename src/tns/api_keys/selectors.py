"""Reading keys and what they cover."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime

from django.contrib.postgres.expressions import ArraySubquery
from django.db.models import OuterRef, Q, QuerySet
from django.utils import timezone

from tns.api_keys.models import LARGO_VISIBLE, PREFIJO, APIKeyCliente, EstadoLlave, hash_de, vigentes
from tns.cuentas.alcance import Alcance
from tns.empresas.models import EmpresaServidor

_LARGO_MAXIMO = 128


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
    otras_bases = EmpresaServidor.objects.filter(nit=OuterRef("nit")).order_by().values("nit_base").distinct()
    llave = (
        APIKeyCliente.objects.filter(vigentes(ahora or timezone.now()), api_key_hash=hash_de(texto))
        .annotate(bases=ArraySubquery(otras_bases))
        .first()
    )
    if llave is None:
        return None
    return Portador(llave, Alcance.de_nits([llave.nit_base, *llave.bases]))


def empresas_de_llave(llave: APIKeyCliente) -> QuerySet[EmpresaServidor]:
    """Every company that a key covers, newest fiscal year first."""
    mismas = EmpresaServidor.objects.filter(nit=llave.nit).order_by().values("nit_base")
    return EmpresaServidor.objects.filter(Q(nit_base=llave.nit_base) | Q(nit_base__in=mismas)).order_by(
        "-anio_fiscal", "nombre", "id"
    )
