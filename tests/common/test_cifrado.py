"""Secrets at rest: unreadable in the database, never shown, and rotated without a pause."""

from __future__ import annotations

import pickle
from collections.abc import Iterator
from io import StringIO

import pytest
from cryptography.fernet import Fernet
from django.core.management import CommandError, call_command
from django.db import connection
from pytest_django import Settings

from tests.mundo import crear_servidor
from tns.common import cifrado
from tns.common.cifrado import Secreto, SecretoIlegible
from tns.servidores.models import Servidor


@pytest.fixture(autouse=True)
def _llavero_nuevo() -> Iterator[None]:
    yield
    cifrado._llavero.cache_clear()


def claves(settings: Settings, *nuevas: str) -> None:
    settings.TNS_CLAVES_CIFRADO = list(nuevas)
    cifrado._llavero.cache_clear()


@pytest.mark.django_db
def test_the_database_holds_no_plain_text_and_the_record_gives_it_back() -> None:
    servidor = crear_servidor(password="clave-en-claro")
    with connection.cursor() as cursor:
        cursor.execute("SELECT password FROM servidores WHERE id = %s", [servidor.id])
        (guardada,) = cursor.fetchone()
    assert "clave-en-claro" not in guardada
    assert Servidor.objects.get(id=servidor.id).password.revelar() == "clave-en-claro"
    assert "clave-en-claro" not in repr(servidor.__dict__)


@pytest.mark.django_db
def test_saving_again_keeps_the_same_secret() -> None:
    servidor = crear_servidor(password="clave")
    token = Servidor.objects.get(id=servidor.id).password.token
    leido = Servidor.objects.get(id=servidor.id)
    leido.host = "otro"
    leido.save()
    assert Servidor.objects.get(id=servidor.id).password.token == token


def test_a_secret_never_shows_itself() -> None:
    secreto = Secreto.de_texto("clave-en-claro")
    mostrado = f"{secreto} {secreto!r} {[secreto]}"
    assert "clave-en-claro" not in mostrado
    assert secreto.token not in mostrado
    assert b"clave-en-claro" not in pickle.dumps(secreto)


def test_an_empty_secret_stays_empty() -> None:
    assert not Secreto.de_texto("")
    assert Secreto.de_texto("").revelar() == ""


@pytest.mark.django_db
def test_keys_are_rotated_and_the_old_one_can_go(settings: Settings) -> None:
    vieja, nueva = settings.TNS_CLAVES_CIFRADO[0], Fernet.generate_key().decode()
    servidor = crear_servidor(password="clave")
    claves(settings, nueva, vieja)
    salida = StringIO()
    call_command("rotar_cifrado", stdout=salida)
    assert "1" in salida.getvalue()
    claves(settings, nueva)
    assert Servidor.objects.get(id=servidor.id).password.revelar() == "clave"


@pytest.mark.django_db
def test_a_secret_that_no_key_opens_stops_nothing_else_and_is_told(settings: Settings) -> None:
    vieja, nueva = settings.TNS_CLAVES_CIFRADO[0], Fernet.generate_key().decode()
    ajeno = crear_servidor("Ajeno", password="x")
    Servidor.objects.filter(id=ajeno.id).update(password=Secreto(Fernet(Fernet.generate_key()).encrypt(b"x").decode()))
    bueno = crear_servidor("Bueno", password="clave")
    claves(settings, nueva, vieja)
    with pytest.raises(CommandError, match="1 secretos"):
        call_command("rotar_cifrado", stdout=StringIO())
    claves(settings, nueva)
    assert Servidor.objects.get(id=bueno.id).password.revelar() == "clave"
    with pytest.raises(SecretoIlegible) as error:
        Servidor.objects.get(id=ajeno.id).password.revelar()
    assert error.value.codigo_estable == "secreto_ilegible"


def test_the_command_makes_keys_that_serve() -> None:
    salida = StringIO()
    call_command("clave_cifrado", stdout=salida)
    Fernet(salida.getvalue().strip())
