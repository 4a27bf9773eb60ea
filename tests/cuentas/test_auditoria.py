"""What the audit trail keeps of an act, and that it keeps it for good."""

from __future__ import annotations

from datetime import timedelta

import pytest
from django.db import DatabaseError, transaction
from django.utils import timezone

from tests.mundo import crear_servidor
from tns.common.contexto import de_tarea
from tns.cuentas import auditoria
from tns.cuentas.models import ActorTipo, RegistroAuditoria, Usuario

pytestmark = pytest.mark.django_db


def test_an_update_keeps_what_was_and_what_is() -> None:
    servidor = crear_servidor(host="antes.example")
    antes = auditoria.fotografia(servidor)
    servidor.host = "despues.example"
    servidor.save()
    acto = auditoria.registrar(auditoria.ACTUALIZAR, servidor, antes=antes)
    assert acto is not None
    acto.refresh_from_db()
    assert acto.cambios == {"host": ["antes.example", "despues.example"]}
    assert (acto.objeto_tipo, acto.objeto_id, acto.objeto_nombre) == ("servidor", str(servidor.id), str(servidor))


def test_an_update_that_changes_nothing_is_not_an_act() -> None:
    servidor = crear_servidor()
    antes = auditoria.fotografia(servidor)
    servidor.save()
    assert auditoria.registrar(auditoria.ACTUALIZAR, servidor, antes=antes) is None
    assert not RegistroAuditoria.objects.exists()


def test_a_changed_secret_is_told_but_never_shown() -> None:
    servidor = crear_servidor(password="clave-vieja")
    antes = auditoria.fotografia(servidor)
    servidor.password = "clave-nueva"
    servidor.save()
    acto = auditoria.registrar(auditoria.ACTUALIZAR, servidor, antes=antes, detalle={"api_token": "tok-123"})
    assert acto is not None
    acto.refresh_from_db()
    texto = repr(acto.cambios)
    assert set(acto.cambios) == {"password", "api_token"}
    assert not any(secreto in texto for secreto in ("clave-vieja", "clave-nueva", "tok-123", servidor.password.token))
    assert acto.cambios["password"] == ["••••••••", "•••••••• (nuevo)"]


def test_a_deletion_keeps_the_record_that_was_lost() -> None:
    servidor = crear_servidor(nombre="El que se va")
    identificador, antes = servidor.id, auditoria.fotografia(servidor)
    servidor.delete()
    acto = auditoria.registrar(auditoria.ELIMINAR, servidor, antes=antes)
    assert acto is not None
    assert acto.objeto_id == str(identificador)
    assert acto.cambios["nombre"] == ["El que se va", None]


def test_an_act_of_a_background_task_names_the_task_and_who_asked_for_it() -> None:
    usuario = Usuario.objects.create_user("operadora")
    tarea_id = "11111111-2222-3333-4444-555555555555"
    with de_tarea(tarea_id, usuario):  # type: ignore[arg-type]
        acto = auditoria.registrar("sincronizar", crear_servidor())
    assert acto is not None
    assert (acto.tarea, acto.actor_tipo, acto.actor_nombre) == (tarea_id, ActorTipo.USUARIO, "operadora")


@pytest.mark.parametrize("orden", ["UPDATE auditoria SET accion = 'otra'", "DELETE FROM auditoria"])
def test_the_database_itself_refuses_to_change_the_trail(orden: str) -> None:
    from django.db import connection

    auditoria.registrar("entrar")
    with pytest.raises(DatabaseError, match="no se modifica"), transaction.atomic(), connection.cursor() as cursor:
        cursor.execute(orden)
    assert RegistroAuditoria.objects.get().accion == "entrar"


def test_retention_forgets_old_acts_alone() -> None:
    auditoria.registrar("entrar")
    assert auditoria.purgar(antes_de=timezone.now() - timedelta(days=1)) == 0
    assert auditoria.purgar(antes_de=timezone.now() + timedelta(seconds=1)) == 1
    auditoria.registrar("entrar")
    with pytest.raises(DatabaseError), transaction.atomic():
        RegistroAuditoria.objects.all().delete()
