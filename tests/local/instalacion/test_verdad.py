"""What the databases hold, asked in SQL of the real servers, is what the generator says: to the unit and the cent."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Callable
from decimal import Decimal
from typing import Any

import pytest

from tns.local.instalacion import Instalacion, Total, VerdadBase

Consulta = Callable[..., list[tuple[Any, ...]]]

TIPOS = {
    "FV": "FACTURA_VENTA", "DV": "DEVOLUCION_VENTA", "FC": "FACTURA_COMPRA", "DC": "DEVOLUCION_COMPRA",
    "RS": "REMISION_SALIDA", "RE": "REMISION_ENTRADA", "NI": "NOTA_INVENTARIO", "CZ": "OTRO",
}  # fmt: skip
MES = "EXTRACT(YEAR FROM K.FECHA) || '-' || LPAD(EXTRACT(MONTH FROM K.FECHA), 2, '0')"
VALIDAS = """
    FROM DEKARDEX D
    JOIN KARDEX K ON K.KARDEXID = D.KARDEXID
    JOIN MATERIAL M ON M.MATID = D.MATID
    JOIN BODEGA B ON B.BODID = D.BODID
    LEFT JOIN TERCEROS T ON T.TERID = K.CLIENTE
    WHERE K.FECASENTAD IS NOT NULL AND K.FECANULADO IS NULL AND COALESCE(T.NIT, '') <> 'ANULA'
      AND K.CODCOMP NOT IN ('PV', 'PC') AND TRIM(M.CODIGO) NOT LIKE '%.'
"""


def en_kardex(consultar: Consulta, base: VerdadBase) -> dict[tuple[str, str], Total]:
    sumas = "COUNT(*), SUM(CAST({} AS NUMERIC(18,4))), SUM(CAST({} AS NUMERIC(18,2)))"
    lineas = consultar(
        base.servidor,
        base.ruta,
        f"SELECT {MES}, K.CODCOMP, {sumas.format('D.CANMAT', 'D.PARCVTA')} {VALIDAS} GROUP BY 1, 2",
    )
    traslados = consultar(
        base.servidor,
        base.ruta,
        f"""SELECT {MES}, {sumas.format("D.CANTIDAD", "0")} FROM DETRASLA D JOIN TRASLA K ON K.TRASLAID = D.TRASLAID
            WHERE K.FECASENTAD IS NOT NULL GROUP BY 1""",
    )
    return {
        **{(mes, TIPOS[codigo]): Total(*resto) for mes, codigo, *resto in lineas},
        **{(mes, "TRASLADO"): Total(*resto) for mes, *resto in traslados},
    }


def en_movimientos(consultar: Consulta, base: VerdadBase) -> dict[tuple[str, str], Total]:
    filas = consultar(
        base.servidor,
        base.ruta,
        f"""SELECT {MES}, K.TIPO_DOCUMENTO, COUNT(*), SUM(CAST(K.CANTIDAD AS NUMERIC(18,4))),
                   SUM(CAST(K.CANTIDAD * K.PRECIO_UNITARIO AS NUMERIC(18,2)))
            FROM MOVIMIENTOS K GROUP BY 1, 2""",
    )
    return {(mes, tipo): Total(*resto) for mes, tipo, *resto in filas}


def aplanada(base: VerdadBase) -> dict[tuple[str, str], Total]:
    return {(mes, tipo): total for mes, tipos in base.totales.items() for tipo, total in tipos.items()}


def test_every_month_and_kind_of_document_matches_to_the_cent(instalacion: Instalacion, consultar: Consulta) -> None:
    for base in instalacion.verdad.bases:
        medido = (en_kardex if base.perfil == "kardex" else en_movimientos)(consultar, base)
        assert medido == aplanada(base), base.ruta


def test_each_line_either_comes_or_is_left_out_for_one_reason(
    con_kardex: list[VerdadBase], consultar: Consulta
) -> None:
    for base in con_kardex:
        [(lineas,)] = consultar(base.servidor, base.ruta, "SELECT COUNT(*) FROM DEKARDEX")
        [(vienen,)] = consultar(base.servidor, base.ruta, f"SELECT COUNT(*) {VALIDAS}")
        assert lineas == base.lineas_dekardex == vienen + sum(base.excluidas.values())
        assert all(base.excluidas.values()), base.excluidas


def test_the_kinds_of_warehouse_add_up(con_kardex: list[VerdadBase], consultar: Consulta) -> None:
    regla = """CASE WHEN UPPER(B.NOMBRE) LIKE '%IMP%' THEN 'IMPLANTE'
                    WHEN UPPER(B.NOMBRE) LIKE '%EQ%' OR UPPER(B.NOMBRE) LIKE '%PODER%' THEN 'EQUIPO DE PODER'
                    ELSE 'INSTRUMENTAL' END"""
    vistos = set()
    for base in con_kardex:
        filas = consultar(
            base.servidor,
            base.ruta,
            f"""SELECT {regla}, COUNT(*), SUM(CAST(D.CANMAT AS NUMERIC(18,4))),
                       SUM(CAST(D.PARCVTA AS NUMERIC(18,2))) {VALIDAS} GROUP BY 1""",
        )
        assert {tipo.strip(): Total(*resto) for tipo, *resto in filas} == base.por_bodega, base.ruta
        vistos |= base.por_bodega.keys()
    assert vistos == {"IMPLANTE", "EQUIPO DE PODER", "INSTRUMENTAL"}


def test_value_is_quantity_by_price_and_headers_add_up_their_lines(
    con_kardex: list[VerdadBase], consultar: Consulta
) -> None:
    for base in con_kardex:
        assert consultar(
            base.servidor,
            base.ruta,
            """SELECT COUNT(*) FROM DEKARDEX WHERE CAST(PARCVTA AS NUMERIC(18,2)) <>
               CAST(CAST(CANMAT AS NUMERIC(18,4)) * CAST(PRECIOBASE AS NUMERIC(18,2)) AS NUMERIC(18,2))""",
        ) == [(0,)]
        assert consultar(
            base.servidor,
            base.ruta,
            """SELECT COUNT(*) FROM KARDEX K WHERE ABS(K.VRBASE -
               (SELECT SUM(D.PARCVTA) FROM DEKARDEX D WHERE D.KARDEXID = K.KARDEXID)) > 0.001
               OR ABS(K.TOTAL - K.VRBASE - K.VRIVA) > 0.001
               OR ABS(K.NETO - K.TOTAL + K.VRRFTE + K.VRRICA + K.VRRIVA) > 0.001
               OR ABS(K.NETO - K.FPCONTADO - K.FPCREDITO) > 0.001""",
        ) == [(0,)]


def test_the_stock_of_each_article_is_what_its_documents_left(
    con_kardex: list[VerdadBase], consultar: Consulta
) -> None:
    for base in con_kardex:
        movido = dict(
            consultar(
                base.servidor,
                base.ruta,
                f"""SELECT D.MATID, SUM(CAST(D.CANMAT AS NUMERIC(18,4)) *
                       DECODE(K.CODCOMP, 'FV', -1, 'DC', -1, 'DV', 1, 'FC', 1, 'NI', 1, 0)) {VALIDAS} GROUP BY 1""",
            )
        )
        existencias = consultar(
            base.servidor, base.ruta, "SELECT MATID, CAST(EXISTENC AS NUMERIC(18,4)) FROM MATERIALSUC"
        )
        por_bodega = consultar(
            base.servidor, base.ruta, "SELECT MATID, SUM(CAST(EXISTENC AS NUMERIC(18,4))) FROM SALMATERIAL GROUP BY 1"
        )
        assert {mat: movido.get(mat, Decimal(0)) for mat, _ in existencias} == dict(existencias) == dict(por_bodega)


def test_past_demand_is_sales_less_returns_by_code_over_all_the_years_and_servers_of_a_nit(
    instalacion: Instalacion, consultar: Consulta
) -> None:
    for nit, demanda in instalacion.verdad.demanda.items():
        vendido: dict[tuple[str, str], Decimal] = defaultdict(Decimal)
        for base in (base for base in instalacion.verdad.bases if base.nit_base == nit):
            if base.perfil == "kardex":
                sql = f"""SELECT TRIM(M.CODIGO), {MES}, SUM(CAST(D.CANMAT AS NUMERIC(18,4)) *
                          DECODE(K.CODCOMP, 'FV', 1, 'DV', -1, 0)) {VALIDAS} GROUP BY 1, 2"""
            else:
                sql = f"""SELECT TRIM(K.CODIGO), {MES}, SUM(CAST(K.CANTIDAD AS NUMERIC(18,4)) *
                          DECODE(K.TIPO_DOCUMENTO, 'FACTURA_VENTA', 1, 'DEVOLUCION_VENTA', -1, 0))
                          FROM MOVIMIENTOS K GROUP BY 1, 2"""
            for codigo, mes, cantidad in consultar(base.servidor, base.ruta, sql):
                vendido[codigo, mes] += cantidad
        for codigo, articulo in demanda.articulos.items():
            medida = [float(vendido.get((codigo, mes), 0)) for mes in demanda.meses]
            assert medida == pytest.approx(articulo.historia, abs=1e-9), (nit, codigo)


def test_the_future_is_six_months_that_no_database_knows(instalacion: Instalacion, consultar: Consulta) -> None:
    for nit, demanda in instalacion.verdad.demanda.items():
        assert len(demanda.meses_futuros) == 6
        assert demanda.meses_futuros[0] > demanda.meses[-1]
        assert sum(sum(articulo.futuro) for articulo in demanda.articulos.values()) > 0
        for base in (base for base in instalacion.verdad.bases if base.nit_base == nit):
            tabla = "KARDEX" if base.perfil == "kardex" else "MOVIMIENTOS"
            [(ultima,)] = consultar(base.servidor, base.ruta, f"SELECT MAX({MES}) FROM {tabla} K")
            assert ultima <= demanda.meses[-1]


def test_the_truth_read_again_from_disk_is_the_same(instalacion: Instalacion) -> None:
    assert Instalacion.cargar(instalacion.directorio) == instalacion


def test_totals_add_up_by_month_and_by_kind(instalacion: Instalacion) -> None:
    base = instalacion.verdad.base("A", "01")
    entera = base.total()
    por_mes = [base.total(meses=[mes]) for mes in base.totales]
    assert entera.filas == sum(total.filas for total in por_mes)
    assert entera.valor_total == sum(total.valor_total for total in por_mes)
    ventas = base.total(tipo="FACTURA_VENTA")
    assert 0 < ventas.filas < entera.filas
    assert base.total(meses=["1999-01"]) == Total(0, Decimal(0), Decimal(0))
