"""Discovery against real Firebird servers whose every company is known."""

from __future__ import annotations

from collections import Counter
from typing import Any

import pytest

from tests.instalados import registrar
from tests.mundo import crear_servidor, crear_usuario
from tns.cuentas.models import Rol
from tns.empresas.descubrimiento import descubrir_empresas
from tns.empresas.models import EmpresaServidor
from tns.empresas.services import encolar_descubrimiento
from tns.engines.progress import NullProgress
from tns.engines.sources import SourceError
from tns.servidores.models import Servidor

pytestmark = pytest.mark.django_db
Instalados = tuple[Any, Any, Any]


@pytest.fixture
def servidores(instalados: Instalados, db: None) -> dict[str, Servidor]:
    a, b, instalacion = instalados
    rutas = [servidor.ruta_maestra for servidor in instalacion.servidores]
    return {
        "A": registrar(a, "A", ruta_maestra=rutas[0]),
        "B": registrar(b, "B", ruta_maestra=rutas[1]),
    }


def descubrir(servidor: Servidor) -> Any:
    return descubrir_empresas(servidor=servidor, progreso=NullProgress())


def acciones(resultado: Any) -> dict[str, str]:
    return {fila.codigo: fila.accion for fila in resultado.empresas}


ESPERADA = {"creada": "creada", "omitida": "omitida", "no_leida": "ilegible"}


def test_every_row_of_both_servers_is_accounted_for(servidores: dict[str, Servidor], instalados: Instalados) -> None:
    verdad = instalados[2].verdad
    for clave, servidor in servidores.items():
        resultado = descubrir(servidor)
        esperadas = {
            d.codigo: ESPERADA[d.resultado]
            for d in verdad.descubrimiento
            if d.servidor == clave and d.resultado in ESPERADA
        }
        assert acciones(resultado) == esperadas
        contadas = Counter(esperadas.values())
        assert {a: resultado.conteos[a] for a in contadas} == dict(contadas)
        assert resultado.conteos["total"] == len(esperadas)
        assert all(fila.motivo for fila in resultado.empresas if fila.accion in ("omitida", "ilegible"))


def test_companies_are_stored_as_the_truth_says(servidores: dict[str, Servidor], instalados: Instalados) -> None:
    for servidor in servidores.values():
        descubrir(servidor)
    guardadas = {(e.servidor.nombre, e.codigo): e for e in EmpresaServidor.objects.select_related("servidor")}
    bases = {(b.servidor, b.codigo): b for b in instalados[2].verdad.bases}
    assert set(guardadas) == set(bases)
    for clave, base in bases.items():
        empresa = guardadas[clave]
        assert (empresa.nit, empresa.nit_base, empresa.nit_dv, empresa.nit_dv_correcto, empresa.anio_fiscal) == (
            base.nit, base.nit_base, base.dv, base.dv_correcto, base.anio,
        )  # fmt: skip
        assert (empresa.ruta_base, empresa.estado) == (base.ruta, "ACTIVO")


def test_twice_changes_nothing(servidores: dict[str, Servidor]) -> None:
    for servidor in servidores.values():
        descubrir(servidor)
    antes = list(EmpresaServidor.objects.order_by("id").values())
    for servidor in servidores.values():
        resultado = descubrir(servidor)
        assert (resultado.conteos["creada"], resultado.conteos["actualizada"]) == (0, 0)
    assert list(EmpresaServidor.objects.order_by("id").values()) == antes


def test_a_company_of_another_server_is_left_to_it_and_named(servidores: dict[str, Servidor]) -> None:
    descubrir(servidores["A"])
    omitidas = [f for f in descubrir(servidores["B"]).empresas if f.accion == "omitida"]
    ajenas = [f for f in omitidas if "«A»" in f.motivo]
    assert ajenas
    for fila in ajenas:
        empresa = EmpresaServidor.objects.get(id=fila.empresa_servidor_id)
        assert (empresa.servidor, empresa.anio_fiscal) == (servidores["A"], fila.anio_fiscal)
        assert fila.nit.startswith(empresa.nit_base)  # one source keeps the check digit, the other does not


def test_what_changed_in_the_source_is_updated_and_what_people_set_stays(servidores: dict[str, Servidor]) -> None:
    descubrir(servidores["A"])
    empresa = EmpresaServidor.objects.filter(servidor=servidores["A"]).earliest("id")
    nombre = empresa.nombre
    EmpresaServidor.objects.filter(id=empresa.id).update(nombre="Otro", estado="INACTIVO", consulta_sql="SELECT 1")
    assert acciones(descubrir(servidores["A"]))[empresa.codigo] == "actualizada"
    empresa.refresh_from_db()
    assert (empresa.nombre, empresa.estado, empresa.consulta_sql) == (nombre, "INACTIVO", "SELECT 1")


def test_a_server_that_fails_leaves_what_there_was(servidores: dict[str, Servidor]) -> None:
    descubrir(servidores["A"])
    antes = EmpresaServidor.objects.count()
    servidores["A"].password = "otra"
    servidores["A"].save()
    with pytest.raises(SourceError):
        descubrir(servidores["A"])
    assert EmpresaServidor.objects.count() == antes


def test_over_the_api_it_is_a_task_and_only_one_per_server(
    trabajador: Any, instalados: Instalados, client: Any, puerto_mudo: int
) -> None:
    servidor = registrar(instalados[0], "A", ruta_maestra=instalados[2].servidores[0].ruta_maestra)
    otro = crear_servidor("Mudo", puerto=puerto_mudo)
    usuario = crear_usuario("operadora", Rol.OPERADOR)
    client.force_login(usuario)
    lenta = encolar_descubrimiento(servidor=otro, usuario=usuario)
    segunda = client.post("/api/sistema/descubrir_empresas/", {"servidor_id": otro.id}, content_type="application/json")
    assert (segunda.status_code, segunda.json()["codigo"]) == (409, "tarea_en_curso")
    assert segunda.json()["task_id"] == str(lenta.id)
    respuesta = client.post(
        "/api/sistema/descubrir_empresas/", {"servidor_id": servidor.id}, content_type="application/json"
    )
    assert respuesta.status_code == 202
    from tests.tareas.conftest import hasta

    def estado() -> Any:
        url = f"/api/sistema/estado-descubrimiento/?task_id={respuesta.json()['task_id']}"
        cuerpo = client.get(url).json()
        return cuerpo if cuerpo["estado"] in ("EXITO", "FALLO") else None

    cuerpo = hasta(estado, "the discovery")
    assert cuerpo["estado"] == "EXITO", cuerpo
    assert cuerpo["resultado"]["conteos"]["creada"] == EmpresaServidor.objects.count() > 0

    def fallo() -> Any:
        lenta.refresh_from_db()
        return not lenta.viva

    hasta(fallo, "the end of the mute one")
    assert lenta.error_codigo == "servidor_mudo"
