"""How a company sends: its own configuration first, then what its accounting says (VARIOS)."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field

from django.conf import settings

from tns.common.cifrado import Secreto
from tns.dian.models import Ambiente, ConfiguracionDian
from tns.empresas.models import EmpresaServidor
from tns.engines.errors import TNSError
from tns.engines.ubl.codes import Claves
from tns.engines.ubl.outgoing.payload import UNIDADES
from tns.engines.ubl.outgoing.provider import ProviderInfo, check_url


class SinProveedor(TNSError):
    """Nothing says where or with which token to send."""

    codigo = "sin_proveedor"
    que_hacer_por_defecto = "Escriba la dirección y el token del proveedor en la configuración DIAN de la empresa."


@dataclass(frozen=True, slots=True)
class Ajustes:
    """What sending needs; secrets never appear in its repr."""

    proveedor: ProviderInfo
    claves: Claves = field(repr=False)
    ambiente: str
    unidades: dict[str, int]
    textos: dict[str, str]


def claves_de(nit_base: str) -> tuple[Claves, str]:
    """Keys and environment of a NIT's own documents; empty when it has no configuration."""
    configuracion = ConfiguracionDian.objects.filter(nit_base=nit_base).first()
    if configuracion is None:
        return Claves(), ""
    return Claves(_revelar(configuracion.clave_tecnica), _revelar(configuracion.pin)), configuracion.ambiente


def ajustes_de(empresa: EmpresaServidor, varios: Mapping[str, str]) -> Ajustes:
    """Settings of `empresa`, given its VARIOS; raises SinProveedor, and NadaEnviado for a bad address."""
    configuracion = ConfiguracionDian.objects.filter(nit_base=empresa.nit_base).first()
    if configuracion is not None and not configuracion.activa:
        raise SinProveedor("El envío a la DIAN está inactivo para esta empresa.", codigo="envio_inactivo")
    propia = configuracion or ConfiguracionDian(nit_base=empresa.nit_base, ambiente=Ambiente.PRODUCCION)
    url = propia.url_proveedor or varios.get("ENDPOINTDIANVM", "")
    token = _revelar(propia.token) or varios.get("TOKENDIANVM", "")
    if not url or not token:
        falta = "la dirección" if not url else "el token"
        raise SinProveedor(f"Falta {falta} del proveedor de facturación de {empresa.nombre}.")
    proveedor = ProviderInfo(
        url=check_url(url, allow_http=settings.DIAN_PERMITIR_HTTP),
        token=token,
        connect_timeout=min(10.0, settings.DIAN_TIEMPO_LIMITE_S),
        total_timeout=settings.DIAN_TIEMPO_LIMITE_S,
    )
    claves = Claves(_revelar(propia.clave_tecnica), _revelar(propia.pin))
    unidades = UNIDADES | {str(codigo): int(valor) for codigo, valor in propia.unidades.items()}
    textos = {nombre: varios.get(nombre, "") for nombre in ("CABECERADIANVM", "FOOTERDIANVM")}
    return Ajustes(proveedor, claves, propia.ambiente, unidades, textos)


def _revelar(secreto: Secreto | str | None) -> str:
    return secreto.revelar() if isinstance(secreto, Secreto) else (secreto or "")
