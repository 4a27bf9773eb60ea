"""Open sessions, and the password that an administrator gives to whoever forgot his."""

from __future__ import annotations

from django.test import Client

from tests.mundo import CLAVE, Mundo, crear_usuario
from tns.cuentas.models import RegistroAuditoria, Rol, Sesion, Usuario

ENTRADA, SESIONES, ME = "/api/auth/login/", "/api/auth/sesiones/", "/api/auth/me/"


def entrar(usuario: str, clave: str = CLAVE, navegador: str = "Firefox") -> Client:
    cliente = Client(headers={"User-Agent": navegador})
    token = cliente.get("/api/auth/csrf/").json()["csrf_token"]
    cuerpo = {"username": usuario, "password": clave}
    entrada = cliente.post(ENTRADA, cuerpo, content_type="application/json", headers={"X-CSRFToken": token})
    assert entrada.status_code == 200
    return cliente


def test_people_see_their_own_sessions_and_close_them(mundo: Mundo) -> None:
    crear_usuario("ana", Rol.LECTOR)
    en_casa, en_la_oficina = entrar("ana", navegador="Firefox"), entrar("ana", navegador="Chrome")
    filas = {fila["navegador"]: fila for fila in en_casa.get(SESIONES).json()["results"]}
    assert {nombre: fila["actual"] for nombre, fila in filas.items()} == {"Firefox": True, "Chrome": False}
    assert filas["Chrome"]["ip"] == "127.0.0.1"
    assert filas["Chrome"]["abierta"]
    claves = set(Sesion.objects.values_list("session_key", flat=True))
    assert not claves & {str(valor) for fila in filas.values() for valor in fila.values()}
    otra = f"{SESIONES}{filas['Chrome']['id']}/"
    assert mundo.lector.delete(otra).status_code == 404
    assert en_casa.delete(otra).status_code == 204
    assert (en_la_oficina.get(ME).status_code, en_casa.get(ME).status_code) == (401, 200)
    acto = RegistroAuditoria.objects.get(accion="cerrar_sesion")
    assert (acto.actor_nombre, acto.cambios["navegador"]) == ("ana", [None, "Chrome"])


def test_a_reset_password_closes_the_sessions_and_opens_nothing_until_changed(mundo: Mundo) -> None:
    ana = crear_usuario("ana", Rol.OPERADOR)
    antes = entrar("ana")
    dada = mundo.administrador.post(f"/api/usuarios/{ana.pk}/restablecer_clave/")
    clave = dada.json()["clave_temporal"]
    assert (dada.status_code, dada["Cache-Control"]) == (201, "no-store")
    assert not Sesion.objects.filter(usuario=ana).exists()
    assert antes.get(ME).status_code == 401
    ahora = entrar("ana", clave)
    yo = ahora.get(ME).json()
    assert (yo["rol"], yo["clave_temporal"]) == ("operador", True)
    for camino in ("/api/servidores/", "/api/movimientos/", "/api/sistema/resumen/"):
        negada = ahora.get(camino)
        assert (negada.status_code, negada.json()["codigo"]) == (403, "clave_temporal"), camino
    nueva = {"actual": clave, "nueva": "una frase larga y propia"}
    assert ahora.post("/api/auth/clave/", nueva, content_type="application/json").status_code == 204
    assert ahora.get("/api/servidores/").status_code == 200
    assert not ahora.get(ME).json()["clave_temporal"]
    acto = RegistroAuditoria.objects.get(accion="restablecer_clave")
    assert (acto.actor_nombre, acto.objeto_nombre) == ("administrador", "ana")
    assert not any(clave in str(fila) for fila in RegistroAuditoria.objects.values())


def test_nobody_resets_his_own_password_nor_that_of_the_owner(mundo: Mundo) -> None:
    propio = Usuario.objects.get(username="administrador")
    duena = crear_usuario("duena", Rol.ADMINISTRADOR, is_superuser=True)
    for usuario, codigo in ((propio, "clave_propia"), (duena, "clave_protegida")):
        respuesta = mundo.administrador.post(f"/api/usuarios/{usuario.pk}/restablecer_clave/")
        assert (respuesta.status_code, respuesta.json()["codigo"]) == (409, codigo)
    duena.refresh_from_db()
    assert duena.check_password(CLAVE)
