"""The API of extraction: who may, what is refused, what comes back."""

from __future__ import annotations

import datetime as dt
from typing import Any

import pytest
from django.utils import timezone
from rest_framework.response import Response

from tests.engines.sources.bases import base_kardex, documento
from tests.extraccion.conftest import registrar
from tests.mundo import Mundo
from tns.empresas.models import EmpresaServidor
from tns.engines.progress import NullProgress
from tns.extraccion.extraer import extraer_empresa
from tns.extraccion.models import EjecucionExtraccion, MovimientoInventario, VentanaExtraccion
from tns.local.firebird import FirebirdServer
from tns.tareas.models import Tarea

pytestmark = pytest.mark.django_db
EXTRAER, MOVIMIENTOS, EJECUCIONES = "/api/sistema/extraer_datos/", "/api/movimientos/", "/api/ejecuciones-extraccion/"
ANIO = {"fecha_inicio": "2025-01-01", "fecha_fin": "2025-12-31"}


def pedir(cliente: Any, empresa: EmpresaServidor | int, **cambios: Any) -> Response:
    clave = empresa if isinstance(empresa, int) else empresa.id
    respuesta: Response = cliente.post(EXTRAER, {"empresa_servidor_id": clave, **ANIO, **cambios})
    return respuesta


def sembrar(empresa: EmpresaServidor, cuantos: int, **campos: Any) -> None:
    valores = {
        "tipo_documento": "FACTURA_VENTA",
        "articulo_codigo": "A",
        "articulo_nombre": "A",
        "cantidad": 1,
    } | campos
    MovimientoInventario.objects.bulk_create(
        MovimientoInventario(empresa_servidor=empresa, fecha=dt.date(2025, 1, 1) + dt.timedelta(n // 3), **valores)
        for n in range(cuantos)
    )


def test_beginning_answers_202_and_a_second_one_409(mundo: Mundo) -> None:
    primera = pedir(mundo.operador, mundo.andina)
    assert primera.status_code == 202
    tarea = Tarea.objects.get(id=primera.data["task_id"])
    assert (tarea.tipo, tarea.objeto) == ("extraccion", f"empresa:{mundo.andina.id}")
    assert tarea.argumentos["forzar_reextraccion"] is False
    segunda = pedir(mundo.administrador, mundo.andina)
    assert segunda.status_code == 409
    assert segunda.json()["codigo"] == "tarea_en_curso"
    assert segunda.json()["task_id"] == str(tarea.id)
    assert pedir(mundo.operador, mundo.boreal).status_code == 202


@pytest.mark.parametrize("quien", ["nadie", "sin_rol", "lector", "llave_andina", "llave_boreal"])
def test_only_operators_and_administrators_may_begin(mundo: Mundo, quien: str) -> None:
    assert pedir(mundo.clientes[quien], mundo.andina).status_code in (401, 403)
    assert not Tarea.objects.exists()


def test_a_limited_administrator_does_not_even_learn_that_another_company_exists(mundo: Mundo) -> None:
    respuesta = pedir(mundo.clientes["administrador_andina"], mundo.boreal)
    assert (respuesta.status_code, respuesta.json()["codigo"]) == (404, "empresa_no_encontrada")


@pytest.mark.parametrize(
    ("cambios", "codigo", "campo"),
    [
        ({"fecha_inicio": "2025-12-31", "fecha_fin": "2025-01-01"}, "rango_invalido", "fecha_fin"),
        ({"fecha_inicio": "1900-01-01"}, "rango_invalido", "fecha_inicio"),
        ({"fecha_inicio": "1990-01-01"}, "rango_invalido", "fecha_fin"),
        ({"fecha_inicio": "31/01/2025"}, "datos_invalidos", "fecha_inicio"),
        ({"fecha_fin": None}, "datos_invalidos", "fecha_fin"),
        ({"forzar_reextraccion": "tal vez"}, "datos_invalidos", "forzar_reextraccion"),
        ({"empresa_servidor_id": "x"}, "datos_invalidos", "empresa_servidor_id"),
    ],
)
def test_what_makes_no_sense_is_refused_by_field(
    mundo: Mundo, cambios: dict[str, Any], codigo: str, campo: str
) -> None:
    respuesta = pedir(mundo.operador, mundo.andina, **cambios)
    assert respuesta.status_code == 400
    assert respuesta.json()["codigo"] == codigo
    assert campo in respuesta.json()["errores"]


def test_an_unknown_company_is_404(mundo: Mundo) -> None:
    assert pedir(mundo.operador, 999_999).json()["codigo"] == "empresa_no_encontrada"


def test_a_key_reads_the_movements_of_its_own_nit_only(mundo: Mundo) -> None:
    sembrar(mundo.andina, 3)
    sembrar(mundo.andina_anterior, 2)
    sembrar(mundo.boreal, 4)
    for quien, cuantos in (("llave_andina", 5), ("llave_boreal", 4), ("administrador_andina", 5), ("lector", 9)):
        respuesta = mundo.clientes[quien].get(MOVIMIENTOS)
        assert len(respuesta.json()["results"]) == cuantos, quien
    ajeno = MovimientoInventario.objects.filter(empresa_servidor=mundo.boreal).first()
    assert ajeno is not None
    assert mundo.clientes["llave_andina"].get(f"{MOVIMIENTOS}{ajeno.id}/").status_code == 404
    assert (
        mundo.clientes["llave_andina"].get(MOVIMIENTOS, {"empresa_servidor": mundo.boreal.id}).json()["results"] == []
    )
    assert mundo.nadie.get(MOVIMIENTOS).status_code == 401
    assert mundo.clientes["sin_rol"].get(MOVIMIENTOS).status_code == 403


def test_pages_by_key_give_every_row_once_even_while_rows_arrive(mundo: Mundo) -> None:
    sembrar(mundo.andina, 25)
    esperados = list(
        MovimientoInventario.objects.order_by("empresa_servidor", "fecha", "id").values_list("id", flat=True)
    )
    vistos: list[int] = []
    url: str | None = f"{MOVIMIENTOS}?tamano=4&empresa_servidor={mundo.andina.id}"
    while url:
        pagina = mundo.lector.get(url).json()
        assert len(pagina["results"]) <= 4
        vistos += [fila["id"] for fila in pagina["results"]]
        url = pagina["next"]
        if len(vistos) == 8:
            sembrar(mundo.andina, 1)  # of a day already passed
    assert vistos == esperados


def test_filters_narrow_and_nonsense_is_refused(mundo: Mundo) -> None:
    sembrar(mundo.andina, 6)
    sembrar(mundo.andina, 2, articulo_codigo="B", tipo_documento="DEVOLUCION_VENTA", tipo_bodega="IMPLANTE")
    casos = {
        "articulo_codigo=B": 2,
        "fecha_desde=2025-01-02": 3,
        "fecha_hasta=2025-01-01&articulo_codigo=A": 3,
        "tipo_documento=DEVOLUCION_VENTA": 2,
        "tipo_documento=DEVOLUCION_VENTA&tipo_documento=FACTURA_VENTA": 8,
        "tipo_bodega=IMPLANTE": 2,
        f"nit_base={mundo.boreal.nit_base}": 0,
    }
    for consulta, cuantos in casos.items():
        assert len(mundo.lector.get(f"{MOVIMIENTOS}?{consulta}").json()["results"]) == cuantos, consulta
    malas = (
        "tamano=0",
        "tamano=5000",
        "tamano=x",
        "cursor=no-es",
        "cursor=WzFd",
        "fecha_desde=ayer",
        "tipo_documento=X",
    )
    for consulta in malas:
        assert mundo.lector.get(f"{MOVIMIENTOS}?{consulta}").status_code == 400, consulta


def test_a_movement_tells_the_fields_of_the_contract(mundo: Mundo) -> None:
    sembrar(mundo.andina, 1, tipo_bodega="IMPLANTE", fecha_orden_pedido=dt.date(2024, 12, 25))
    (fila,) = mundo.lector.get(MOVIMIENTOS).json()["results"]
    assert (fila["es_implante"], fila["es_instrumental"], fila["lead_time_dias"]) == (True, False, 7)
    assert fila["cantidad"] == 1.0
    assert fila["empresa_servidor"] == mundo.andina.id
    assert mundo.lector.get(f"{MOVIMIENTOS}{fila['id']}/").json() == fila  # the page's way and the serializer's


def test_reading_a_page_costs_the_same_queries_whatever_its_size(
    mundo: Mundo, django_assert_max_num_queries: Any
) -> None:
    sembrar(mundo.andina, 60)
    with django_assert_max_num_queries(4):
        mundo.lector.get(f"{MOVIMIENTOS}?tamano=50")


@pytest.fixture
def extraida(mundo: Mundo, firebird_server: FirebirdServer) -> Mundo:
    """Andina points to a real database, of which January and March are extracted."""
    servidor = registrar(firebird_server)
    sentencias = [
        s
        for n, mes in ((1, "01"), (2, "02"), (3, "03"))
        for s in documento(n, "FV", f"2025-{mes}-10", (1, 1, 1.0, 5.0))
    ]
    ruta = base_kardex(firebird_server, "api.gdb", sentencias)
    EmpresaServidor.objects.filter(id=mundo.andina.id).update(servidor=servidor, ruta_base=ruta)
    mundo.andina.refresh_from_db()
    return mundo


@pytest.mark.django_db(transaction=True)
def test_coverage_tells_windows_and_gaps_and_runs_their_reconciliation(extraida: Mundo) -> None:
    mundo = extraida
    for mes in (1, 3):
        extraer_empresa(
            empresa=mundo.andina, desde=dt.date(2025, mes, 1), hasta=dt.date(2025, mes, 31), forzar=False,
            progreso=NullProgress(),
        )  # fmt: skip
    for quien in ("lector", "llave_andina"):
        cobertura = mundo.clientes[quien].get(f"/api/empresas-servidor/{mundo.andina.id}/cobertura/").json()
        assert [(v["desde"], v["filas"], v["abierta"]) for v in cobertura["ventanas"]] == [
            ("2025-01-01", 1, False), ("2025-03-01", 1, False),
        ]  # fmt: skip
        assert cobertura["huecos"] == [{"desde": "2025-02-01", "hasta": "2025-02-28"}]
        assert (cobertura["desde"], cobertura["hasta"], cobertura["filas"]) == ("2025-01-01", "2025-03-31", 2)
    assert mundo.clientes["llave_boreal"].get(f"/api/empresas-servidor/{mundo.andina.id}/cobertura/").status_code == 404
    lista = mundo.lector.get(EJECUCIONES).json()["results"]
    assert [fila["filas_cargadas"] for fila in lista] == [1, 1]
    assert "conciliacion" not in lista[0]
    detalle = mundo.lector.get(f"{EJECUCIONES}{lista[0]['id']}/").json()
    assert detalle["conciliacion"][0]["iguales"] is True
    assert mundo.clientes["llave_andina"].get(EJECUCIONES).status_code == 403


@pytest.mark.django_db(transaction=True)
def test_the_preview_shows_columns_rows_and_problems_and_writes_nothing(extraida: Mundo) -> None:
    url = f"/api/empresas-servidor/{extraida.andina.id}/probar_consulta/"
    perfil = extraida.administrador.post(url, {}).json()
    assert (perfil["perfil"], perfil["charset"]) == ("kardex", "WIN1252")
    documentos = perfil["consultas"][0]
    assert len(documentos["filas"]) == 3
    assert documentos["filas"][0]["ARTICULO_NOMBRE"] == "Tornillo de titanio"
    propia = (
        "SELECT K.FECHA, 'RARO' AS TIPO_DOCUMENTO, '' AS ARTICULO_CODIGO, 'x' AS ARTICULO_NOMBRE, 1 AS CANTIDAD,"
        " 2 AS OTRA FROM KARDEX K WHERE K.FECHA BETWEEN ? AND ?"
    )
    respuesta = extraida.administrador.post(url, {"consulta_sql": propia, "filas": 2})
    assert respuesta.status_code == 200, respuesta.json()
    (consulta,) = respuesta.json()["consultas"]
    assert len(consulta["filas"]) == 2
    assert consulta["desconocidas"] == ["OTRA"]
    problemas = " ".join(consulta["problemas"])
    assert "OTRA" in problemas
    assert "«RARO» (2)" in problemas
    assert "sin código de artículo" in problemas
    assert not MovimientoInventario.objects.exists()


def test_a_bad_query_has_its_code_in_the_preview(extraida: Mundo) -> None:
    url = f"/api/empresas-servidor/{extraida.andina.id}/probar_consulta/"
    respuesta = extraida.administrador.post(url, {"consulta_sql": "DELETE FROM KARDEX"})
    assert (respuesta.status_code, respuesta.json()["codigo"]) == (422, "consulta_no_es_lectura")
    for quien in ("operador", "lector", "llave_andina", "nadie"):
        assert extraida.clientes[quien].post(url, {}).status_code in (401, 403)


def test_the_movements_of_a_company_are_counted_searched_sorted_and_paged(mundo: Mundo) -> None:
    ruta = f"/api/empresas-servidor/{mundo.andina.id}/movimientos/"
    sembrar(mundo.andina, 30)
    sembrar(mundo.andina, 1, articulo_codigo="TORNILLO-9", cantidad=-7, pagador="=CMD()")
    sembrar(mundo.boreal, 5)
    primera = mundo.lector.get(ruta, {"tamano": 10}).json()
    segunda = mundo.lector.get(ruta, {"tamano": 10, "pagina": 2}).json()
    assert primera["count"] == 31
    assert not {f["id"] for f in primera["results"]} & {f["id"] for f in segunda["results"]}
    assert mundo.lector.get(ruta, {"buscar": "tornillo"}).json()["count"] == 1
    assert mundo.lector.get(ruta, {"orden": "cantidad", "tamano": 1}).json()["results"][0]["cantidad"] == -7
    assert mundo.lector.get(ruta, {"fecha_desde": "2025-01-09"}).json()["count"] < 31
    assert mundo.clientes["lector_boreal"].get(ruta).status_code == 404


def test_the_movements_of_a_company_come_as_a_csv_that_a_spreadsheet_reads(mundo: Mundo) -> None:
    sembrar(mundo.andina, 3)
    sembrar(mundo.andina, 1, articulo_codigo="TORNILLO-9", cantidad=-7.5, pagador="=CMD()")
    ruta = f"/api/empresas-servidor/{mundo.andina.id}/movimientos/exportar/"
    texto = b"".join(mundo.lector.get(ruta, {"orden": "cantidad"})).decode("utf-8-sig")
    lineas = texto.splitlines()
    assert len(lineas) == 5
    assert ";-7,5" in lineas[1]
    assert "'=CMD()" in lineas[1]
    assert len(b"".join(mundo.lector.get(ruta, {"buscar": "tornillo"})).splitlines()) == 2


def test_the_coverage_tells_the_windows_that_changed_in_the_source(mundo: Mundo) -> None:
    ruta = f"/api/empresas-servidor/{mundo.andina.id}/cobertura/"
    comun = {"filas": 1, "suma_cantidad": 1, "suma_valor": 1, "perfil": "kardex"}
    ventana = VentanaExtraccion.objects.create(
        empresa_servidor=mundo.andina,
        desde=dt.date(2025, 3, 1),
        hasta=dt.date(2025, 3, 31),
        extraida=timezone.now() - dt.timedelta(hours=1),
        **comun,
    )
    EjecucionExtraccion.objects.create(
        empresa_servidor=mundo.andina,
        desde=dt.date(2025, 1, 1),
        hasta=dt.date(2025, 12, 31),
        estado="EXITO",
        ventanas_cambiadas=1,
        informe={"ventanas_cambiadas": [{"desde": "2025-03-01", "hasta": "2025-03-31", "filas_extraidas": 1}]},
    )
    assert [v["cambiada"] for v in mundo.lector.get(ruta).json()["ventanas"]] == [True]
    ventana.extraida = timezone.now()
    ventana.save()
    assert [v["cambiada"] for v in mundo.lector.get(ruta).json()["ventanas"]] == [False]
