"""What can happen to a key."""

from __future__ import annotations

import secrets
from collections.abc import Iterable
from datetime import timedelta

from django.db import transaction
from django.db.models import Q, QuerySet
from django.utils import timezone

from tns.api_keys.models import LARGO_VISIBLE, PREFIJO, APIKeyCliente, EstadoLlave, hash_de
from tns.api_keys.selectors import empresas_de_llave
from tns.common.nit import NitInvalido, interpretar
from tns.common.problemas import Conflicto, DatosInvalidos, NoEncontrado
from tns.cuentas import auditoria
from tns.cuentas.alcance import Alcance
from tns.empresas.models import EmpresaServidor

DIAS_POR_DEFECTO, DIAS_MAXIMOS = 365, 3650


def generar_llave(
    *,
    nit: str,
    nombre_cliente: str,
    dias_validez: int = DIAS_POR_DEFECTO,
    alcances: Iterable[str] = (),
    limite_por_minuto: int = 600,
    alcance: Alcance | None = None,
) -> tuple[APIKeyCliente, str]:
    """A new key for a NIT and its plain text, which exists nowhere else from then on.

    The NIT may have no company yet: the key covers them when they are discovered. Raises DatosInvalidos for what is
    no NIT, NoEncontrado for one outside `alcance` (of whoever asks).
    """
    try:
        entendido = interpretar(nit)
    except NitInvalido as error:
        raise DatosInvalidos({"nit": [str(error)]}) from error
    if alcance is not None and not alcance.permite(entendido.base):
        raise NoEncontrado("No existe ese NIT entre los que usted administra.", codigo="nit_no_encontrado")
    llave = APIKeyCliente(
        nit=entendido.normalizado,
        nit_base=entendido.base,
        nombre_cliente=nombre_cliente,
        fecha_caducidad=timezone.now() + timedelta(days=dias_validez),
        alcances=sorted(set(alcances)),
        limite_por_minuto=limite_por_minuto,
    )
    with transaction.atomic():
        texto = _estrenar(llave)
        auditoria.registrar(auditoria.CREAR, llave)
    return llave, texto


def _estrenar(llave: APIKeyCliente) -> str:
    """Give `llave` its random text, save it and tie it to its companies; the text."""
    texto = PREFIJO + secrets.token_urlsafe(32)
    llave.api_key_hash, llave.api_key_prefijo = hash_de(texto), texto[:LARGO_VISIBLE]
    llave.save(force_insert=True)
    llave.empresas_asociadas.set(empresas_de_llave(llave))
    return texto


def revocar_llave(*, llave: APIKeyCliente) -> APIKeyCliente:
    """Close a key at once; closing it twice is fine."""
    with transaction.atomic():
        llave = APIKeyCliente.objects.select_for_update().get(id=llave.id)
        if llave.activa:
            antes = auditoria.fotografia(llave)
            llave.activa, llave.revocada = False, timezone.now()
            llave.save(update_fields=["activa", "revocada"])
            auditoria.registrar("revocar", llave, antes=antes)
    return llave


def rotar_llave(*, llave: APIKeyCliente, horas_solape: int) -> tuple[APIKeyCliente, str]:
    """A new key in place of `llave`, which still opens for `horas_solape` hours so that no program stops meanwhile.

    The new one lives as long as the old one was given. Raises Conflicto when the old key no longer opens anything or
    was rotated before.
    """
    with transaction.atomic():
        vieja = APIKeyCliente.objects.select_for_update().get(id=llave.id)
        if vieja.estado != EstadoLlave.VIGENTE or hasattr(vieja, "reemplazo"):
            raise Conflicto(
                "Solo se rota una llave vigente que no se haya rotado antes.",
                codigo="llave_no_rotable",
                que_hacer="Genere una llave nueva para ese NIT.",
            )
        ahora = timezone.now()
        nueva = APIKeyCliente(
            nit=vieja.nit,
            nit_base=vieja.nit_base,
            nombre_cliente=vieja.nombre_cliente,
            fecha_caducidad=ahora + (vieja.fecha_caducidad - vieja.creada),
            alcances=vieja.alcances,
            limite_por_minuto=vieja.limite_por_minuto,
            reemplaza_a=vieja,
        )
        texto = _estrenar(nueva)
        antes = auditoria.fotografia(vieja)
        vieja.fecha_caducidad = min(vieja.fecha_caducidad, ahora + timedelta(hours=horas_solape))
        vieja.save(update_fields=["fecha_caducidad"])
        auditoria.registrar("rotar", vieja, antes=antes, detalle={"reemplazada_por": nueva.api_key_prefijo})
        auditoria.registrar(auditoria.CREAR, nueva)
    return nueva, texto


def actualizar_empresas_asociadas(llaves: QuerySet[APIKeyCliente] | None = None) -> int:
    """Make every key's list of companies what its NIT says; answers how many keys changed.

    The list is what people and the key's owner look at. What a key may read is decided at each request from the NIT,
    so a list that lags behind never opens nor closes anything.
    """
    cambiadas = 0
    for llave in llaves if llaves is not None else APIKeyCliente.objects.all():
        with transaction.atomic():
            deben = set(empresas_de_llave(llave).values_list("id", flat=True))
            hay = set(llave.empresas_asociadas.values_list("id", flat=True))
            if deben != hay:
                llave.empresas_asociadas.add(*deben - hay)
                llave.empresas_asociadas.remove(*hay - deben)
                cambiadas += 1
    return cambiadas


def actualizar_por_empresa(empresa: EmpresaServidor) -> int:
    """After a company appeared or changed its NIT: the keys it concerns, before and after."""
    vecinas = EmpresaServidor.objects.filter(nit_base=empresa.nit_base).values("nit")
    afectadas = Q(nit_base=empresa.nit_base) | Q(nit__in=vecinas) | Q(empresas_asociadas=empresa)
    return actualizar_empresas_asociadas(APIKeyCliente.objects.filter(afectadas).order_by("id").distinct())
