"""An extraction brings what is in the source to the unit and to the cent, from every kind of database."""

from __future__ import annotations

import datetime as dt
from decimal import Decimal

import pytest
from django.db.models import Count, Sum
from django.db.models.functions import TruncMonth

from tests.extraccion.conftest import CrearEmpresa
from tns.empresas.models import EmpresaServidor
from tns.engines.progress import NullProgress
from tns.extraccion.extraer import extraer_empresa
from tns.extraccion.models import MovimientoInventario
from tns.local.firebird import FirebirdServer
from tns.local.instalacion import Instalacion, Total, VerdadBase

pytestmark = pytest.mark.django_db(transaction=True)
Instalados = tuple[FirebirdServer, FirebirdServer, Instalacion]


def en_la_tabla(empresa: EmpresaServidor) -> dict[str, dict[str, Total]]:
    totales: dict[str, dict[str, Total]] = {}
    filas = (
        MovimientoInventario.objects.filter(empresa_servidor=empresa)
        .annotate(mes=TruncMonth("fecha"))
        .values("mes", "tipo_documento")
        .annotate(filas=Count("id"), suma=Sum("cantidad"), valor=Sum("valor_total"))
        .order_by("mes")
    )
    for fila in filas:
        total = Total(fila["filas"], fila["suma"], fila["valor"] or Decimal(0))
        totales.setdefault(f"{fila['mes']:%Y-%m}", {})[fila["tipo_documento"]] = total
    return totales


def comprobar(empresa: EmpresaServidor, base: VerdadBase) -> None:
    inicio, fin = dt.date(base.anio, 1, 1), dt.date(base.anio, 12, 31)
    resumen = extraer_empresa(empresa=empresa, desde=inicio, hasta=fin, forzar=False, progreso=NullProgress())
    assert (resumen["perfil"], resumen["charset"]) == (base.perfil, base.charset)
    assert en_la_tabla(empresa) == base.totales
    assert resumen["diferencias"] == 0
    assert resumen["rechazos"] == []
    assert resumen["codigos_desconocidos"] == base.otros
    assert (resumen["bytes_no_decodificables"] > 0) == bool(base.nombres_raros)
    for codigo, nombre in base.nombres_raros.items():
        assert set(
            MovimientoInventario.objects.filter(empresa_servidor=empresa, articulo_codigo=codigo).values_list(
                "articulo_nombre", flat=True
            )
        ) <= {nombre}
    if base.por_bodega:
        de_bodega = (
            MovimientoInventario.objects.filter(empresa_servidor=empresa)
            .exclude(tipo_documento="TRASLADO")
            .values_list("tipo_bodega")
            .annotate(Count("id"), Sum("cantidad"), Sum("valor_total"))
        )
        assert {tipo: Total(*sumas) for tipo, *sumas in de_bodega} == base.por_bodega


def test_every_base_of_the_installation_matches_its_truth(instalados: Instalados, empresa_de: CrearEmpresa) -> None:
    bases = instalados[2].verdad.bases
    assert {base.charset for base in bases} >= {"WIN1252", "NONE"}
    assert {base.perfil for base in bases} == {"kardex", "movimientos"}
    for base in bases:
        comprobar(empresa_de(base), base)
