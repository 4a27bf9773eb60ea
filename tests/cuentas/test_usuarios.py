"""People: how they come in, what they are given, and that nobody is left without an administrator."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import timedelta

import pytest
from django.test import Client
from django.utils import timezone
from pytest_django import Settings

from tests.mundo import ANDINA, CLAVE, Mundo
from tns.common.valkey import cliente
from tns.cuentas.entrada import FALLOS_POR_PAREJA
from tns.cuentas.models import Invitacion, RegistroAuditoria, Usuario

REGISTRO, USUARIOS, INVITACIONES, ENTRADA = (
    "/api/auth/register/", "/api/usuarios/", "/api/invitaciones/", "/api/auth/login/",
)  # fmt: skip
NUEVO = {"username": "nueva", "password": "una frase larga y propia"}


@pytest.fixture(autouse=True)
def _sin_cuentas() -> Iterator[None]:
    yield
    for llave in cliente().scan_iter("tns:limite:*"):
        cliente().delete(llave)


def test_registration_is_closed_unless_opened(mundo: Mundo, settings: Settings) -> None:
    assert mundo.nadie.post(REGISTRO, NUEVO).status_code == 401
    settings.TNS_REGISTRO_ABIERTO = True
    respuesta = mundo.nadie.post(REGISTRO, NUEVO | {"rol": "administrador", "nits_base": []})
    assert (respuesta.status_code, respuesta.json()["rol"]) == (201, "")


def test_whoever_registered_sees_nothing_until_approved(mundo: Mundo, settings: Settings) -> None:
    settings.TNS_REGISTRO_ABIERTO = True
    nueva = mundo.nadie.post(REGISTRO, NUEVO).json()
    navegador = Client()
    assert navegador.login(**{"username": NUEVO["username"], "password": NUEVO["password"]})
    assert navegador.get("/api/empresas-servidor/").status_code == 403
    assert navegador.get("/api/auth/me/").status_code == 200
    url = f"{USUARIOS}{nueva['id']}/"
    aprobada = mundo.administrador.patch(url, {"rol": "lector", "nits_base": ["800.197.268-4"]})
    assert (aprobada.status_code, aprobada.json()["nits_base"]) == (200, [ANDINA])
    filas = navegador.get("/api/empresas-servidor/").json()["results"]
    assert {fila["nit_base"] for fila in filas} == {ANDINA}


def test_an_invitation_gives_its_role_once(mundo: Mundo) -> None:
    creada = mundo.administrador.post(INVITACIONES, {"rol": "operador", "nits_base": [ANDINA], "email": "a@b.co"})
    assert creada.status_code == 201, creada.content
    token = creada.json()["invitacion"]
    assert token not in mundo.administrador.get(INVITACIONES).content.decode()
    datos = NUEVO | {"invitacion": token, "rol": "administrador"}
    usuario = mundo.nadie.post(REGISTRO, datos).json()
    assert (usuario["rol"], usuario["nits_base"], usuario["email"]) == ("operador", [ANDINA], "a@b.co")
    repetida = mundo.nadie.post(REGISTRO, datos | {"username": "otra"})
    assert (repetida.status_code, list(repetida.json()["errores"])) == (400, ["invitacion"])


def test_an_expired_and_a_deleted_invitation_give_nothing(mundo: Mundo) -> None:
    tokens = [mundo.administrador.post(INVITACIONES, {"rol": "lector"}).json() for _ in range(2)]
    Invitacion.objects.filter(id=tokens[0]["id"]).update(caduca=timezone.now() - timedelta(seconds=1))
    assert mundo.administrador.delete(f"{INVITACIONES}{tokens[1]['id']}/").status_code == 204
    for token in tokens:
        respuesta = mundo.nadie.post(REGISTRO, NUEVO | {"invitacion": token["invitacion"]})
        assert respuesta.status_code == 400
    assert not Usuario.objects.filter(username="nueva").exists()


@pytest.mark.parametrize("cambios", [{"rol": "lector"}, {"is_active": False}, {"nits_base": [ANDINA]}])
def test_the_last_administrator_of_everything_stays(mundo: Mundo, cambios: dict[str, object]) -> None:
    url = f"{USUARIOS}{mundo.usuarios['administrador'].id}/"
    respuesta = mundo.administrador.patch(url, cambios)
    assert (respuesta.status_code, respuesta.json()["codigo"]) == (409, "ultimo_administrador")


def test_a_closed_user_is_out_at_once(mundo: Mundo) -> None:
    assert mundo.lector.get("/api/servidores/").status_code == 200
    mundo.administrador.patch(f"{USUARIOS}{mundo.usuarios['lector'].id}/", {"is_active": False})
    assert mundo.lector.get("/api/servidores/").status_code == 401


def test_guessing_a_password_is_stopped_for_who_guesses_and_not_for_others(mundo: Mundo) -> None:
    malo = {"username": "lector", "password": "adivino"}
    respuestas = [mundo.nadie.post(ENTRADA, malo) for _ in range(FALLOS_POR_PAREJA + 1)]
    assert {r.status_code for r in respuestas[:-1]} == {401}
    assert respuestas[-1].status_code == 429
    assert int(respuestas[-1]["Retry-After"]) >= 1
    correcto = {"username": "lector", "password": CLAVE}
    assert mundo.nadie.post(ENTRADA, correcto).status_code == 429
    assert mundo.nadie.post(ENTRADA, correcto, REMOTE_ADDR="10.1.2.3").status_code == 200


def test_the_admins_form_is_limited_too(mundo: Mundo) -> None:
    # The count begins anew with each window, which may be in the middle of the first attempts; not twice in so few.
    navegador, intentos = Client(), 1
    while navegador.post("/admin/login/", {"username": "lector", "password": "x"}).status_code == 200:
        intentos += 1
        assert intentos <= 2 * FALLOS_POR_PAREJA + 1
    assert intentos > FALLOS_POR_PAREJA
    assert navegador.post("/admin/login/", {"username": "lector", "password": "x"}).status_code == 429


def test_an_unknown_user_a_wrong_password_and_a_closed_account_get_one_answer(mundo: Mundo) -> None:
    Usuario.objects.filter(username="operador").update(is_active=False)
    intentos = [("nadie", "x"), ("lector", "x"), ("operador", CLAVE), ("con\x00nulo", "x")]
    respuestas = [mundo.nadie.post(ENTRADA, {"username": u, "password": p}) for u, p in intentos[:3]]
    assert len({(r.status_code, r.content) for r in respuestas}) == 1


def test_a_new_password_ends_the_other_sessions(mundo: Mundo) -> None:
    otro = Client()
    assert otro.login(username="lector", password=CLAVE)
    datos = {"actual": CLAVE, "nueva": "otra frase larga y propia"}
    assert mundo.lector.post("/api/auth/clave/", datos).status_code == 204
    assert mundo.lector.get("/api/auth/me/").status_code == 200
    assert otro.get("/api/auth/me/").status_code == 401


def test_coming_and_going_is_written_down_without_passwords(mundo: Mundo) -> None:
    mundo.nadie.post(ENTRADA, {"username": "lector", "password": "clave-mala"})
    mundo.nadie.post(ENTRADA, {"username": "lector", "password": CLAVE})
    actos = list(RegistroAuditoria.objects.order_by("id").values_list("accion", "actor_nombre", "ip"))
    assert ("entrada_fallida", "", "127.0.0.1") in actos
    assert ("entrar", "lector", "127.0.0.1") in actos
    assert "clave-mala" not in repr(list(RegistroAuditoria.objects.values()))


def test_a_change_is_told_with_what_was_and_what_is(mundo: Mundo) -> None:
    url = f"/api/servidores/{mundo.servidor.id}/"
    mundo.administrador.patch(url, {"host": "nuevo", "password": "secreta"}, HTTP_X_REQUEST_ID="pedido-0001")
    (acto,) = mundo.administrador.get("/api/auditoria/", {"id_peticion": "pedido-0001"}).json()["results"]
    assert acto["cambios"]["host"] == ["127.0.0.1", "nuevo"]
    assert acto["cambios"]["password"] == ["••••••••", "•••••••• (nuevo)"]
    assert (acto["actor_nombre"], acto["objeto_id"]) == ("administrador", str(mundo.servidor.id))
