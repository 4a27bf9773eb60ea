"""All the companies of a server, or of a NIT, as one task with children."""

from __future__ import annotations

import pytest

from tests.espera import wait_until
from tests.extraccion.conftest import registrar
from tests.mundo import cliente_de as cliente
from tests.mundo import crear_empresa, crear_usuario
from tests.pila import Trabajador
from tns.cuentas.models import Rol
from tns.empresas.models import EmpresaServidor
from tns.engines.progress import Cancelled, NullProgress
from tns.extraccion.models import MovimientoInventario
from tns.extraccion.turnos import turno_en_servidor
from tns.local.firebird import FirebirdServer
from tns.local.instalacion import Instalacion
from tns.tareas.contexto import conexion_propia
from tns.tareas.models import EstadoTarea, Tarea

pytestmark = pytest.mark.django_db(transaction=True)
URL = "/api/sistema/extraer_varias/"


@pytest.fixture
def empresas(
    instalados: tuple[FirebirdServer, FirebirdServer, Instalacion], transactional_db: None
) -> list[EmpresaServidor]:
    """Every company of server A, and one more whose database is not there."""
    servidor = registrar(instalados[0])
    bases = [base for base in instalados[2].verdad.bases if base.servidor == "A"]
    creadas = [crear_empresa(servidor, base.nit, base.anio, ruta_base=base.ruta, nombre=base.nombre) for base in bases]
    return [*creadas, crear_empresa(servidor, "900123456", 2025, ruta_base=r"C:\NO\ESTA.GDB")]


def test_a_server_is_extracted_as_one_task_with_a_child_per_company(
    empresas: list[EmpresaServidor],
    instalados: tuple[FirebirdServer, FirebirdServer, Instalacion],
    obrero: Trabajador,
) -> None:
    operador = cliente(crear_usuario("operador", Rol.OPERADOR))
    respuesta = operador.post(URL, {"servidor_id": empresas[0].servidor_id})
    assert respuesta.status_code == 202
    repetida = operador.post(URL, {"servidor_id": empresas[0].servidor_id})
    assert (repetida.status_code, repetida.json()["codigo"]) == (409, "tarea_en_curso")
    padre = Tarea.objects.get(id=respuesta.data["task_id"])

    def termino() -> bool:
        padre.refresh_from_db()
        return not padre.viva

    assert wait_until(termino, 60)
    assert padre.estado == EstadoTarea.EXITO, padre.error_tecnico
    assert (padre.hecho, padre.total) == (len(empresas), len(empresas))
    verdad = sum(base.total().filas for base in instalados[2].verdad.bases if base.servidor == "A")
    assert padre.resultado["filas_cargadas"] == verdad == MovimientoInventario.objects.count()
    assert padre.resultado["diferencias"] == 0
    assert (padre.resultado["extraidas"], padre.resultado["fallidas"]) == (len(empresas) - 1, 1)
    (fallida,) = [fila for fila in padre.resultado["empresas"] if fila["estado"] == "FALLO"]
    assert fallida["error_codigo"] == "base_no_encontrada"
    assert padre.hijas.count() == len(empresas)


def test_the_companies_that_one_chooses_are_one_task_and_no_other_is_touched(empresas: list[EmpresaServidor]) -> None:
    operador = cliente(crear_usuario("operador", Rol.OPERADOR))
    elegidas = [empresas[1].id, empresas[0].id]
    respuesta = operador.post(URL, {"empresas": elegidas})
    assert respuesta.status_code == 202
    padre = Tarea.objects.get(id=respuesta.data["task_id"])
    assert (padre.tipo, padre.titulo) == ("extraccion_multiple", "Extraer datos de 2 empresas")
    al_reves = operador.post(URL, {"empresas": elegidas[::-1]})
    assert (al_reves.status_code, al_reves.json()["task_id"]) == (409, str(padre.id))
    assert operador.post(URL, {"empresas": [empresas[2].id]}).status_code == 202  # another choice, another task


def test_a_company_that_the_caller_may_not_see_is_as_one_that_is_not_there(empresas: list[EmpresaServidor]) -> None:
    uno_solo = crear_usuario("de-un-nit", Rol.OPERADOR)
    uno_solo.nits_base = [empresas[0].nit_base]
    uno_solo.save()
    ajena = next(empresa for empresa in empresas if empresa.nit_base != empresas[0].nit_base)
    respuesta = cliente(uno_solo).post(URL, {"empresas": [ajena.id]})
    assert respuesta.json()["errores"] == {"empresas": [f"No existe la empresa {ajena.id}."]}
    assert not Tarea.objects.exists()


@pytest.mark.django_db
def test_what_cannot_be_asked_for_is_refused(empresas: list[EmpresaServidor]) -> None:
    operador = cliente(crear_usuario("operador", Rol.OPERADOR))
    for pedido, codigo in (
        ({}, "datos_invalidos"),
        ({"servidor_id": 1, "nit": "900"}, "datos_invalidos"),
        ({"nit": "-.-"}, "datos_invalidos"),
        ({"nit": "800197268"}, "sin_empresas"),
        ({"nit": empresas[0].nit, "fecha_inicio": "2025-01-01"}, "rango_invalido"),
        ({"empresas": []}, "datos_invalidos"),
        ({"empresas": [empresas[0].id], "nit": empresas[0].nit}, "datos_invalidos"),
        ({"empresas": [empresas[0].id, 987654321]}, "datos_invalidos"),
    ):
        assert operador.post(URL, pedido).json()["codigo"] == codigo, pedido
    assert cliente(crear_usuario("lector", Rol.LECTOR)).post(URL, {"nit": empresas[0].nit}).status_code == 403
    assert not Tarea.objects.exists()


def test_a_server_has_only_so_many_places_and_the_next_waits_until_cancelled() -> None:
    class SeCansa(NullProgress):
        veces = 0

        def check(self) -> None:
            self.veces += 1
            if self.veces > 2:
                raise Cancelled

    cansado = SeCansa()
    with conexion_propia() as una, conexion_propia() as otra, conexion_propia() as tercera:
        with turno_en_servidor(una, 7, 2, NullProgress()), turno_en_servidor(otra, 7, 2, NullProgress()):
            with turno_en_servidor(tercera, 8, 2, NullProgress()):
                pass  # another server has its own places
            with pytest.raises(Cancelled), turno_en_servidor(tercera, 7, 2, cansado):
                raise AssertionError("there was no place")
        with turno_en_servidor(tercera, 7, 1, NullProgress()):
            pass  # freed
