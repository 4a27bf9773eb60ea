"""Ranges, repetitions and changes: what is read again and what is left alone."""

from __future__ import annotations

import datetime as dt
from typing import Any

import psycopg
import pytest
from django.db import connection
from django.utils import timezone

from tests.engines.sources.bases import documento, ejecutar
from tests.extraccion.conftest import CrearEmpresa
from tns.empresas.models import EmpresaServidor
from tns.engines.progress import Cancelled, NullProgress, Progress
from tns.engines.sources import SourceError
from tns.extraccion.extraer import ExtraccionEnCurso, extraer_empresa
from tns.extraccion.models import EjecucionExtraccion, MovimientoInventario, VentanaExtraccion
from tns.local.firebird import FirebirdServer
from tns.tareas.contexto import conexion_propia

pytestmark = pytest.mark.django_db(transaction=True)
LINEA = (1, 1, 2.0, 100.0)
DIAS = ("2025-01-05", "2025-01-15", "2025-01-25", "2025-02-10", "2025-03-10")


def cinco_documentos() -> list[str]:
    return [s for numero, dia in enumerate(DIAS, start=1) for s in documento(numero, "FV", dia, LINEA)]


def extraer(
    empresa: EmpresaServidor,
    desde: str,
    hasta: str,
    *,
    forzar: bool = False,
    progreso: Progress | None = None,
    **mas: Any,
) -> dict[str, Any]:
    return extraer_empresa(
        empresa=empresa,
        desde=dt.date.fromisoformat(desde),
        hasta=dt.date.fromisoformat(hasta),
        forzar=forzar,
        progreso=progreso or NullProgress(),
        **mas,
    )


def filas(empresa: EmpresaServidor) -> dict[str, int]:
    """Day → id of its only row."""
    pares = MovimientoInventario.objects.filter(empresa_servidor=empresa).values_list("fecha", "id")
    resultado = {fecha.isoformat(): clave for fecha, clave in pares}
    assert len(resultado) == len(pares)
    return resultado


def ventanas(empresa: EmpresaServidor) -> list[tuple[str, str, int]]:
    return [(v.desde.isoformat(), v.hasta.isoformat(), v.filas) for v in empresa.ventanas.order_by("desde")]


def test_the_second_time_nothing_is_read(empresa_con: CrearEmpresa) -> None:
    empresa = empresa_con("dos-veces.gdb", cinco_documentos())
    primera = extraer(empresa, "2025-01-01", "2025-03-31")
    antes = filas(empresa)
    segunda = extraer(empresa, "2025-01-01", "2025-03-31")
    assert (primera["filas_cargadas"], primera["ventanas_leidas"]) == (5, 3)
    assert (segunda["filas_cargadas"], segunda["ventanas_leidas"], segunda["ventanas_omitidas"]) == (0, 0, 3)
    assert filas(empresa) == antes
    empresa.refresh_from_db()
    assert empresa.ultima_extraccion is not None


def test_only_the_missing_part_of_a_month_is_read(empresa_con: CrearEmpresa) -> None:
    empresa = empresa_con("partes.gdb", cinco_documentos())
    extraer(empresa, "2025-01-10", "2025-01-20")
    antes = filas(empresa)
    assert set(antes) == {"2025-01-15"}
    resumen = extraer(empresa, "2025-01-01", "2025-02-28")
    assert resumen["ventanas_omitidas"] == 1
    assert ventanas(empresa) == [
        ("2025-01-01", "2025-01-09", 1), ("2025-01-10", "2025-01-20", 1), ("2025-01-21", "2025-01-31", 1),
        ("2025-02-01", "2025-02-28", 1),
    ]  # fmt: skip
    despues = filas(empresa)
    assert set(despues) == set(DIAS[:4])
    assert despues["2025-01-15"] == antes["2025-01-15"]


def test_forcing_replaces_whole_windows_and_duplicates_nothing(empresa_con: CrearEmpresa) -> None:
    empresa = empresa_con("forzar.gdb", cinco_documentos())
    extraer(empresa, "2025-01-01", "2025-01-20")
    extraer(empresa, "2025-02-01", "2025-02-28")
    antes = filas(empresa)
    extraer(empresa, "2025-01-18", "2025-01-31", forzar=True)
    assert ventanas(empresa) == [("2025-01-01", "2025-01-31", 3), ("2025-02-01", "2025-02-28", 1)]
    despues = filas(empresa)
    assert set(despues) == set(DIAS[:4])
    assert despues["2025-02-10"] == antes["2025-02-10"]
    assert despues["2025-01-05"] != antes["2025-01-05"]


def test_a_closed_month_that_changed_is_offered_and_read_when_asked(
    empresa_con: CrearEmpresa, firebird_server: FirebirdServer
) -> None:
    empresa = empresa_con("cambio.gdb", cinco_documentos())
    extraer(empresa, "2025-01-01", "2025-03-31")
    # Same counts, same sums: only the article is another.
    ejecutar(firebird_server, empresa.ruta_base, "UPDATE DEKARDEX SET MATID = 2 WHERE KARDEXID = 4")
    resumen = extraer(empresa, "2025-01-01", "2025-03-31")
    assert resumen["ventanas_leidas"] == 0
    assert [v["desde"] for v in resumen["ventanas_cambiadas"]] == ["2025-02-01"]
    resumen = extraer(empresa, "2025-01-01", "2025-03-31", actualizar_cambiadas=True)
    assert (resumen["ventanas_leidas"], resumen["ventanas_cambiadas"]) == (1, [])
    assert MovimientoInventario.objects.get(fecha="2025-02-10").articulo_codigo == "PLA-02"


def test_the_current_month_is_read_again_when_it_grew_and_only_then(
    empresa_con: CrearEmpresa, firebird_server: FirebirdServer
) -> None:
    hoy = timezone.localdate()
    inicio, fin = hoy.replace(day=1).isoformat(), hoy.isoformat()
    empresa = empresa_con("hoy.gdb", documento(1, "FV", fin, LINEA))
    extraer(empresa, inicio, fin)
    assert extraer(empresa, inicio, fin)["ventanas_leidas"] == 0
    ejecutar(firebird_server, empresa.ruta_base, *documento(2, "FV", fin, LINEA))
    resumen = extraer(empresa, inicio, fin)
    assert (resumen["ventanas_leidas"], resumen["filas_cargadas"]) == (1, 2)
    assert MovimientoInventario.objects.count() == 2


def test_what_left_the_source_leaves_the_table(empresa_con: CrearEmpresa, firebird_server: FirebirdServer) -> None:
    empresa = empresa_con("borrado.gdb", cinco_documentos())
    extraer(empresa, "2025-01-01", "2025-03-31")
    ejecutar(firebird_server, empresa.ruta_base, "UPDATE KARDEX SET FECANULADO = FECHA WHERE KARDEXID = 2")
    extraer(empresa, "2025-01-01", "2025-01-31", forzar=True)
    assert set(filas(empresa)) == {DIAS[0], DIAS[2], DIAS[3], DIAS[4]}


def test_the_run_keeps_source_and_target_side_by_side(empresa_con: CrearEmpresa) -> None:
    extra = [*documento(9, "ZZ", "2025-01-07", LINEA), *documento(10, "FV", "2025-01-08", (99, 1, 1.0, 1.0))]
    empresa = empresa_con("conciliar.gdb", [*cinco_documentos(), *extra])
    resumen = extraer(empresa, "2025-01-01", "2025-02-28")
    ejecucion = EjecucionExtraccion.objects.get(id=resumen["ejecucion_id"])
    assert ejecucion.estado == "EXITO"
    enero, febrero = ejecucion.conciliacion
    assert enero["origen"]["filas"] == 5
    assert (enero["destino"]["filas"], enero["rechazadas"], enero["iguales"]) == (4, 1, True)
    assert febrero["origen"] == febrero["destino"] == {"filas": 1, "cantidad": "2.0000", "valor": "200.0000"}
    assert resumen["codigos_desconocidos"] == {"ZZ": 1}
    assert resumen["rechazos"] == [{"motivo": "articulo_ausente", "texto": "sin código de artículo", "filas": 1}]


def test_two_at_once_for_one_company_are_refused(empresa_con: CrearEmpresa) -> None:
    empresa = empresa_con("dos-a-la-vez.gdb", cinco_documentos())
    with conexion_propia() as otra:
        otra.execute("SELECT pg_advisory_lock(hashtext('extraccion'), %s)", [empresa.id])
        with pytest.raises(ExtraccionEnCurso):
            extraer(empresa, "2025-01-01", "2025-01-31")
    assert extraer(empresa, "2025-01-01", "2025-01-31")["filas_cargadas"] == 3


def test_overlapping_windows_cannot_be_recorded(empresa_con: CrearEmpresa) -> None:
    empresa = empresa_con("cruce.gdb", cinco_documentos())
    extraer(empresa, "2025-01-01", "2025-01-20")
    ventana = VentanaExtraccion.objects.get()
    ventana.pk, ventana.desde, ventana.hasta = None, dt.date(2025, 1, 20), dt.date(2025, 1, 31)
    with pytest.raises(Exception, match="ventanas_no_se_cruzan"):
        ventana.save(force_insert=True)


class Observador(NullProgress):
    """Remembers what was told, and cancels when `hasta` messages have been heard."""

    def __init__(self, hasta: int = 1_000) -> None:
        self.hasta, self.dicho, self.hecho, self.total = hasta, list[str](), 0, None

    def stage(self, name: str, total: int | None = None) -> None:
        self.dicho.append(name)
        self.total = total if total is not None else self.total

    def advance(self, amount: int = 1, message: str | None = None) -> None:
        self.hecho += amount
        if message:
            self.dicho.append(message)
        self.check()

    def check(self) -> None:
        if len(self.dicho) >= self.hasta:
            raise Cancelled


def test_progress_is_told_in_spanish_with_its_total(empresa_con: CrearEmpresa) -> None:
    observador = Observador()
    extraer(empresa_con("avance.gdb", cinco_documentos()), "2025-01-01", "2025-03-31", progreso=observador)
    assert observador.dicho[-3:] == ["Leyendo enero de 2025", "Leyendo febrero de 2025", "Leyendo marzo de 2025"]
    assert (observador.hecho, observador.total) == (5, 5)


def test_a_cancelled_run_keeps_its_finished_windows_and_the_next_goes_on(empresa_con: CrearEmpresa) -> None:
    empresa = empresa_con("cancelar.gdb", cinco_documentos())
    with pytest.raises(Cancelled):
        extraer(empresa, "2025-01-01", "2025-03-31", progreso=Observador(hasta=5))
    assert ventanas(empresa) == [("2025-01-01", "2025-01-31", 3)]
    assert EjecucionExtraccion.objects.get().estado == "CANCELADA"
    assert extraer(empresa, "2025-01-01", "2025-03-31")["ventanas_leidas"] == 2
    assert set(filas(empresa)) == set(DIAS)


def test_a_failed_run_says_why(empresa_con: CrearEmpresa, firebird_server: FirebirdServer) -> None:
    empresa = empresa_con("falla.gdb", cinco_documentos())
    empresa.consulta_sql = "DELETE FROM KARDEX"
    with pytest.raises(SourceError):
        extraer(empresa, "2025-01-01", "2025-03-31")
    ejecucion = EjecucionExtraccion.objects.get()
    assert (ejecucion.estado, ejecucion.error_codigo) == ("FALLO", "consulta_no_es_lectura")


def test_movements_go_with_their_company_even_when_it_is_deleted_by_hand(empresa_con: CrearEmpresa) -> None:
    empresa = empresa_con("adios.gdb", cinco_documentos())
    extraer(empresa, "2025-01-01", "2025-03-31")
    with connection.cursor() as cursor:
        cursor.execute("DELETE FROM ventanas_extraccion")
        cursor.execute("DELETE FROM ejecuciones_extraccion")
        cursor.execute("DELETE FROM empresas_servidor WHERE id = %s", [empresa.id])
    assert MovimientoInventario.objects.count() == 0


def test_own_query_rows_outside_the_window_are_rejected_not_misplaced(empresa_con: CrearEmpresa) -> None:
    empresa = empresa_con("fuera.gdb", cinco_documentos())
    empresa.consulta_sql = (
        "SELECT CAST(K.FECHA AS DATE) + 1 AS FECHA, K.CODCOMP AS TIPO_DOCUMENTO, M.CODIGO AS ARTICULO_CODIGO,"
        " M.DESCRIP AS ARTICULO_NOMBRE, D.CANMAT AS CANTIDAD, D.PRECIOBASE AS PRECIO_UNITARIO"
        " FROM KARDEX K JOIN DEKARDEX D ON D.KARDEXID = K.KARDEXID JOIN MATERIAL M ON M.MATID = D.MATID"
        " WHERE K.FECHA BETWEEN ? AND ?"
    )
    resumen = extraer(empresa, "2025-01-05", "2025-01-15")
    assert resumen["perfil"] == "propia"
    assert set(filas(empresa)) == {"2025-01-06"}
    assert resumen["rechazos"][0]["motivo"] == "fecha_fuera_de_ventana"
    assert MovimientoInventario.objects.get().valor_total == 200


def test_a_company_without_room_for_its_numbers_is_not_left_half_loaded(empresa_con: CrearEmpresa) -> None:
    """Whatever PostgreSQL refuses in the middle of a window, the window stays as it was."""
    empresa = empresa_con("rechazo-pg.gdb", cinco_documentos())
    extraer(empresa, "2025-01-01", "2025-01-31")
    antes = filas(empresa)
    with connection.cursor() as cursor:
        cursor.execute(
            "ALTER TABLE movimientos_inventario ADD CONSTRAINT prueba CHECK (fecha <> '2025-01-25') NOT VALID"
        )
    try:
        with pytest.raises(psycopg.errors.CheckViolation):
            extraer(empresa, "2025-01-01", "2025-01-31", forzar=True)
    finally:
        with connection.cursor() as cursor:
            cursor.execute("ALTER TABLE movimientos_inventario DROP CONSTRAINT prueba")
    assert filas(empresa) == antes
