"""Reading the shop: each caller his own, and what a host name tells to anybody."""

from __future__ import annotations

import logging
from typing import Any

import redis
from django.contrib.postgres.expressions import ArraySubquery
from django.core.cache import cache
from django.db.models import F, OuterRef, QuerySet, Subquery
from django.db.models.functions import JSONObject

from tns.comercio.models import EmpresaDominio, EmpresaEcommerceConfig, EmpresaPersonalizacion
from tns.cuentas.alcance import Alcance
from tns.empresas.models import EmpresaServidor

logger = logging.getLogger(__name__)
_VERSION = "dominios:version"
_DURACION_S = 300

# What anybody may see of a shop and a kiosk; never the gateway's secret.
_COLORES = ("color_primario", "color_secundario", "color_fondo", "color_texto")
PUBLICO_KIOSCO = (
    *_COLORES, "logo_url", "mensaje_bienvenida", "modo_visualizacion", "modo_teclado", "video_protector_url",
    "segundos_protector",
)  # fmt: skip
PUBLICO_TIENDA = (
    *_COLORES, "tema", "logo_url", "hero_titulo", "hero_texto", "nosotros_titulo", "nosotros_texto", "contacto_texto",
    "contacto_correo", "contacto_direccion", "whatsapp", "whatsapp_mensaje", "mostrar_hero", "mostrar_productos",
    "mostrar_nosotros", "mostrar_contacto", "menu", "pie", "pie_texto", "pasarela_codigo", "pasarela_modo",
    "pasarela_llave_publica",
)  # fmt: skip


def personalizaciones_visibles(alcance: Alcance) -> QuerySet[EmpresaPersonalizacion]:
    todas = EmpresaPersonalizacion.objects.select_related("empresa_servidor").order_by("empresa_servidor")
    return alcance.filtrar(todas, "empresa_servidor__nit_base")


def tiendas_visibles(alcance: Alcance) -> QuerySet[EmpresaEcommerceConfig]:
    todas = EmpresaEcommerceConfig.objects.select_related("empresa_servidor").order_by("empresa_servidor")
    return alcance.filtrar(todas, "empresa_servidor__nit_base")


def dominios_visibles(alcance: Alcance) -> QuerySet[EmpresaDominio]:
    return alcance.filtrar(EmpresaDominio.objects.select_related("empresa_servidor"), "nit_base")


def resolver(dominio: str) -> dict[str, Any] | None:
    """What a normalised host name leads to, with the public look of the shop; None when it leads nowhere.

    One query at most: the answer is cached until something it tells changes (see `olvidar`).
    """
    try:
        llave = f"dominio:{cache.get(_VERSION, 0)}:{dominio}"
        guardado = cache.get(llave)
        if guardado is None:
            guardado = {"respuesta": _consultar(dominio)}
            cache.set(llave, guardado, _DURACION_S)
    except redis.RedisError as error:
        logger.warning("Sin caché de dominios: %s", type(error).__name__)
        return _consultar(dominio)
    return guardado["respuesta"]


def olvidar() -> None:
    """Forget every resolved host name, in every process: a new version of the cached answers begins."""
    cache.add(_VERSION, 0, None)
    cache.incr(_VERSION)


def _consultar(dominio: str) -> dict[str, Any] | None:
    fila = (
        EmpresaDominio.objects.filter(dominio=dominio, activo=True)
        .annotate(
            empresa=_primero(
                EmpresaServidor.objects.filter(nit_base=OuterRef("nit_base")).order_by("-anio_fiscal"),
                ("id", "nombre", "nit", "anio_fiscal", "estado"),
            ),
            kiosco=_del_nit(EmpresaPersonalizacion, PUBLICO_KIOSCO),
            tienda=_del_nit(EmpresaEcommerceConfig, PUBLICO_TIENDA, activo=True),
            anios=ArraySubquery(
                EmpresaServidor.objects.filter(nit_base=OuterRef("nit_base"))
                .order_by("-anio_fiscal")
                .values("anio_fiscal")
            ),
        )
        .values("dominio", "modo", "empresa", "anios", "kiosco", "tienda")
        .first()
    )
    if fila is None:
        return None
    empresa = fila["empresa"]
    return {
        "dominio": fila["dominio"],
        "modo": fila["modo"],
        "empresa_servidor_id": empresa["id"],
        "nombre": empresa["nombre"],
        "nit": empresa["nit"],
        "anio_fiscal": empresa["anio_fiscal"],
        "estado": empresa["estado"],
        "anios_fiscales": fila["anios"],
        "personalizacion": fila["kiosco"],
        "ecommerce": fila["tienda"],
    }


def _del_nit(modelo: type[Any], campos: tuple[str, ...], **filtros: Any) -> Subquery:
    """The configuration of the newest fiscal year of the NIT that has one: a new year starts with last year's look."""
    todas = modelo.objects.filter(empresa_servidor__nit_base=OuterRef("nit_base"), **filtros)
    return _primero(todas.order_by("-empresa_servidor__anio_fiscal"), campos)


def _primero(consulta: QuerySet[Any], campos: tuple[str, ...]) -> Subquery:
    return Subquery(consulta.annotate(_json=JSONObject(**{c: F(c) for c in campos})).values("_json")[:1])
