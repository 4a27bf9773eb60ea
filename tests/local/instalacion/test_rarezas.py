"""The untidiness of real installations is there, in the real databases."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

from stdnum.co import nit as nits

from tns.local.firebird import FirebirdServer
from tns.local.instalacion import Instalacion, VerdadBase
from tns.local.instalacion.guion import RUTA_MAESTRA

Consulta = Callable[..., list[tuple[Any, ...]]]
EMPRESAS = "SELECT CODIGO, NOMBRE, NIT, ANOFIS, ARCHIVO FROM EMPRESAS"


def uno(consultar: Consulta, base: VerdadBase, sql: str) -> Any:
    [(valor,)] = consultar(base.servidor, base.ruta, sql)
    return valor


def charset(consultar: Consulta, base: VerdadBase) -> str:
    return str(uno(consultar, base, "SELECT TRIM(RDB$CHARACTER_SET_NAME) FROM RDB$DATABASE"))


def columnas(consultar: Consulta, base: VerdadBase, tabla: str) -> set[str]:
    sql = "SELECT TRIM(RDB$FIELD_NAME) FROM RDB$RELATION_FIELDS WHERE RDB$RELATION_NAME = ?"
    return {nombre for (nombre,) in consultar(base.servidor, base.ruta, sql, tabla)}


def test_the_year_is_text_on_one_server_and_a_number_on_the_other(consultar: Consulta) -> None:
    textos = {fila[3] for fila in consultar("A", RUTA_MAESTRA, EMPRESAS)}
    numeros = {fila[3] for fila in consultar("B", RUTA_MAESTRA, EMPRESAS)}
    assert {texto.strip() for texto in textos} == {"2023", "2024", "2025", "2O24"}
    assert any(texto != texto.rstrip() for texto in textos)
    assert numeros == {2023, 2024, 2025, None}


def test_the_nits_come_in_every_way_and_with_blanks(consultar: Consulta) -> None:
    escritos = [fila[2] for clave in "AB" for fila in consultar(clave, RUTA_MAESTRA, EMPRESAS)]
    assert None in escritos
    textos = [texto for texto in escritos if texto is not None]
    assert any(texto.strip() == "" for texto in textos)
    assert any("." in texto and "-" in texto for texto in textos)
    assert any("-" in texto and "." not in texto for texto in textos)
    assert any("." in texto and "-" not in texto for texto in textos)
    assert any(texto != texto.rstrip() for texto in textos)
    assert any(texto.strip().isdigit() and len(texto.strip()) == 9 for texto in textos)


def test_check_digits_are_right_but_for_one(instalacion: Instalacion) -> None:
    for base in instalacion.verdad.bases:
        assert base.nit == base.nit_base + base.dv
        if base.dv:
            assert base.dv_correcto == nits.is_valid(base.nit)
    assert [base.nombre for base in instalacion.verdad.bases if not base.dv_correcto] == [
        "REPUESTOS Y FRENOS DE LA SABANA SAS"
    ]


def test_nit_and_year_are_unique_among_those_to_create(instalacion: Instalacion) -> None:
    pares = [(base.nit_base, base.anio) for base in instalacion.verdad.bases]
    assert len(pares) == len(set(pares)) == 18
    assert len({nit for nit, _ in pares}) == 7
    en_los_dos = {base.nit_base for base in instalacion.verdad.bases if base.servidor == "A"} & {
        base.nit_base for base in instalacion.verdad.bases if base.servidor == "B"
    }
    assert en_los_dos == {"999000103"}


def test_every_row_of_both_admins_has_its_outcome(instalacion: Instalacion, consultar: Consulta) -> None:
    verdad = instalacion.verdad
    for clave in ("A", "B"):
        codigos = sorted(fila[0].strip() for fila in consultar(clave, RUTA_MAESTRA, EMPRESAS))
        assert codigos == [fila.codigo for fila in verdad.descubrimiento if fila.servidor == clave]
        sin_nit = [fila for fila in consultar(clave, RUTA_MAESTRA, EMPRESAS) if fila[2] is None]
        assert len(sin_nit) == verdad.cuenta(clave, "sin_nit") == 1
    assert [verdad.cuenta("A", que) for que in ("creada", "omitida", "no_leida")] == [9, 1, 2]
    assert [verdad.cuenta("B", que) for que in ("creada", "omitida", "no_leida")] == [9, 1, 1]
    ganadores = {fila.ganador for fila in verdad.descubrimiento if fila.resultado == "omitida"}
    assert ganadores == {("A", "05"), ("A", "03")}


def test_every_company_to_create_opens_by_the_path_that_admin_gives(
    instalacion: Instalacion, consultar: Consulta
) -> None:
    rutas = {
        (clave, fila[0].strip()): fila[4].rstrip()
        for clave in "AB"
        for fila in consultar(clave, RUTA_MAESTRA, EMPRESAS)
    }
    for base in instalacion.verdad.bases:
        assert rutas[base.servidor, base.codigo] == base.ruta
        assert base.ruta.startswith("C:\\Datos TNS\\")
        assert charset(consultar, base) == base.charset
    assert {base.charset for base in instalacion.verdad.bases} == {"WIN1252", "ISO8859_1", "NONE"}


def test_the_base_without_charset_holds_windows_bytes_and_one_that_windows_does_not_define(
    instalacion: Instalacion, servidores: list[FirebirdServer]
) -> None:
    base = next(base for base in instalacion.verdad.bases if base.charset == "NONE")
    sql = "SELECT TRIM(CODIGO), CAST(DESCRIP AS VARCHAR(100) CHARACTER SET OCTETS) FROM MATERIAL"
    with servidores[0].connect(base.ruta, charset="NONE") as conexion, conexion.cursor() as cursor:
        nombres = dict(cursor.execute(sql).fetchall())
        [(cliente,)] = cursor.execute(
            "SELECT CAST(NOMBRE AS VARCHAR(120) CHARACTER SET OCTETS) FROM TERCEROS WHERE TERID = 3"
        )
    assert base.nombres_raros
    for codigo, nombre in base.nombres_raros.items():
        assert nombres[codigo] == nombre.encode("latin-1")
        assert b"\x81" in nombres[codigo]
    assert "CONSTRUCTORA DE DEMOSTRACIÓN N.º".encode("cp1252") in cliente
    assert b"\x81" in cliente


def test_accents_read_well_everywhere(instalacion: Instalacion, consultar: Consulta) -> None:
    for base in instalacion.verdad.bases:
        if base.perfil == "kardex":
            assert uno(consultar, base, "SELECT NOMBRE FROM CIUDANE WHERE CODMIN = '05001'") == "MEDELLÍN"


def test_documents_of_every_kind_and_state_are_there(con_kardex: list[VerdadBase], consultar: Consulta) -> None:
    for base in con_kardex:
        codigos = {codigo for (codigo,) in consultar(base.servidor, base.ruta, "SELECT DISTINCT CODCOMP FROM KARDEX")}
        assert codigos == {"FV", "DV", "FC", "DC", "RS", "RE", "NI", "PV", "PC", "CZ"}, base.ruta
        cuentas = (
            "FECASENTAD IS NULL AND FECANULADO IS NULL",
            "FECANULADO IS NOT NULL",
            "CLIENTE IN (SELECT TERID FROM TERCEROS WHERE NIT = 'ANULA')",
            "CLIENTE IS NULL AND CODCOMP = 'NI'",
        )
        for condicion in cuentas:
            assert uno(consultar, base, f"SELECT COUNT(*) FROM KARDEX WHERE {condicion}") > 0, (base.ruta, condicion)
        assert uno(consultar, base, "SELECT COUNT(*) FROM TRASLA WHERE FECASENTAD IS NOT NULL") > 0
        assert uno(consultar, base, "SELECT COUNT(*) FROM MATERIAL WHERE TRIM(CODIGO) LIKE '%.'") > 0
        assert base.otros["CZ"] > 0


def test_inventory_notes_go_both_ways_and_weights_have_decimals(
    con_kardex: list[VerdadBase], consultar: Consulta
) -> None:
    notas = "SELECT SIGN(D.CANMAT) FROM DEKARDEX D JOIN KARDEX K ON K.KARDEXID = D.KARDEXID WHERE K.CODCOMP = 'NI'"
    signos = {fila[0] for base in con_kardex for fila in consultar(base.servidor, base.ruta, notas)}
    assert signos == {-1, 1}
    pueblo = next(base for base in con_kardex if base.nit_base == "999000103")
    assert uno(consultar, pueblo, "SELECT COUNT(*) FROM DEKARDEX WHERE CANMAT <> FLOOR(CANMAT)") > 0


def test_boxes_are_listed_by_the_box_and_counted_by_the_unit(con_kardex: list[VerdadBase], consultar: Consulta) -> None:
    cajas = "SELECT CANMAT / CANLISTA FROM DEKARDEX WHERE TIPUND = 'M'"
    razones = {round(fila[0]) for base in con_kardex for fila in consultar(base.servidor, base.ruta, cajas)}
    assert razones <= {10, 12, 24, 100}
    assert razones
    for base in con_kardex:
        assert uno(consultar, base, "SELECT COUNT(*) FROM DEKARDEX WHERE TIPUND = 'D' AND CANLISTA <> CANMAT") == 0


def test_amounts_carry_the_dust_of_floating_point(con_kardex: list[VerdadBase], consultar: Consulta) -> None:
    for base in con_kardex:
        con_polvo = "SELECT COUNT(*) FROM DEKARDEX WHERE PARCVTA <> CAST(PARCVTA AS NUMERIC(18,2))"
        assert uno(consultar, base, con_polvo) > 0
        lejos = "SELECT COUNT(*) FROM DEKARDEX WHERE ABS(PARCVTA - CAST(PARCVTA AS NUMERIC(18,2))) > 0.000001"
        assert uno(consultar, base, lejos) == 0


def test_older_databases_lack_the_columns_of_electronic_invoicing(
    con_kardex: list[VerdadBase], consultar: Consulta
) -> None:
    for base in con_kardex:
        assert ({"CUFE", "ESTADODIAN"} <= columnas(consultar, base, "KARDEX")) == (base.anio >= 2024)
    nuevo = next(base for base in con_kardex if base.anio == 2025)
    assert uno(consultar, nuevo, "SELECT COUNT(*) FROM KARDEX WHERE ESTADODIAN = 'EXITOSA' AND CUFE IS NULL") == 0
    assert uno(consultar, nuevo, "SELECT COUNT(*) FROM KARDEX WHERE CHAR_LENGTH(CUFE) = 96") > 0


def test_article_codes_join_over_the_years_though_their_numbers_do_not(
    con_kardex: list[VerdadBase], consultar: Consulta
) -> None:
    anios = [base for base in con_kardex if base.nit_base == "999000102"]
    articulos = [
        dict(consultar(base.servidor, base.ruta, "SELECT CODIGO, MATID FROM MATERIAL ORDER BY MATID")) for base in anios
    ]
    limpios = [{codigo.rstrip() for codigo in uno_solo} for uno_solo in articulos]
    assert limpios[0] == limpios[1] == limpios[2]
    assert not set(articulos[0].values()) & set(articulos[2].values())
    assert any(codigo != codigo.rstrip() for codigo in articulos[1])


def test_the_company_without_visual_tns_has_a_table_one_year_and_a_view_with_hours_the_next(
    instalacion: Instalacion, consultar: Consulta
) -> None:
    [tabla, vista] = [base for base in instalacion.verdad.bases if base.perfil == "movimientos"]
    tipo = "SELECT RDB$VIEW_BLR IS NOT NULL FROM RDB$RELATIONS WHERE RDB$RELATION_NAME = 'MOVIMIENTOS'"
    assert [uno(consultar, base, tipo) for base in (tabla, vista)] == [False, True]
    assert columnas(consultar, tabla, "KARDEX") == columnas(consultar, vista, "KARDEX") == set()
    assert uno(consultar, vista, "SELECT COUNT(*) FROM MOVIMIENTOS WHERE CAST(FECHA AS TIME) > TIME '00:00'") > 0


def test_the_indexes_that_real_databases_have_are_there(con_kardex: list[VerdadBase], consultar: Consulta) -> None:
    sql = """SELECT TRIM(I.RDB$RELATION_NAME), TRIM(S.RDB$FIELD_NAME) FROM RDB$INDICES I
             JOIN RDB$INDEX_SEGMENTS S ON S.RDB$INDEX_NAME = I.RDB$INDEX_NAME AND S.RDB$FIELD_POSITION = 0
             WHERE I.RDB$SYSTEM_FLAG = 0"""
    esperados = {("KARDEX", "KARDEXID"), ("KARDEX", "FECHA"), ("DEKARDEX", "KARDEXID"), ("DEKARDEX", "DEKARDEXID"),
                 ("DEKARDEX", "MATID"), ("MATERIAL", "CODIGO"), ("TERCEROS", "NIT"), ("TRASLA", "FECHA")}  # fmt: skip
    for base in con_kardex:
        assert esperados <= set(consultar(base.servidor, base.ruta, sql))
