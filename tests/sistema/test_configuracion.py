"""Settings as the console shows them, the file that explains them, and the checks that refuse bad ones."""

from __future__ import annotations

import re
from pathlib import Path

import pytest
from django.core.exceptions import ImproperlyConfigured
from pytest_django import Settings

import tns.config.settings as archivo
from tests.mundo import Mundo
from tns.config.arranque import exigir
from tns.sistema import checks, variables

RAIZ = Path(__file__).parents[2]


def nombres() -> set[str]:
    return {v.nombre for seccion in variables.SECCIONES.values() for v in seccion}


def test_every_variable_that_the_settings_read_is_explained() -> None:
    leidas = set(re.findall(r'env\.\w+\(\s*"([A-Z_]+)"', Path(str(archivo.__file__)).read_text(encoding="utf-8")))
    assert leidas | {"DATABASE_URL", "TNS_ENV"} <= nombres(), "Explain it in tns/sistema/variables.py"


def test_the_example_file_is_written_from_the_list() -> None:
    assert (RAIZ / ".env.example").read_text(encoding="utf-8") == variables.ejemplo(), (
        "Write it again: tns manage env_ejemplo > .env.example"
    )


def test_no_secret_is_ever_shown(mundo: Mundo, settings: Settings, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("DATABASE_URL", "postgres://tns:una-clave@db/tns")
    respuesta = mundo.administrador.get("/api/sistema/configuracion/")
    texto = respuesta.content.decode()
    assert settings.SECRET_KEY not in texto
    assert settings.TNS_CLAVES_CIFRADO[0] not in texto
    assert "una-clave" not in texto
    filas = {fila["nombre"]: fila for fila in respuesta.json()}
    assert filas["SECRET_KEY"]["valor"] == variables.MASCARA
    assert filas["DATABASE_URL"]["valor"].endswith("@db/tns")
    assert filas["LOG_LEVEL"]["origen"] == "por defecto"


@pytest.mark.parametrize(
    ("ajustes", "codigo"),
    [
        ({"SECRET_KEY": ""}, "tns.E001"),
        ({"SECRET_KEY": "corta"}, "tns.E002"),
        ({"SECRET_KEY": "a" * 60}, "tns.E002"),
        ({"TNS_CLAVES_CIFRADO": []}, "tns.E003"),
        ({"TNS_CLAVES_CIFRADO": ["no-es-fernet"]}, "tns.E004"),
        ({"DEBUG": True, "TNS_HTTPS": True}, "tns.E006"),
        ({"ALLOWED_HOSTS": ["*"]}, "tns.W001"),
        ({"MODELOS_ML_DIR": f"{__file__}/modelos"}, "tns.E007"),
        ({"TNS_MEDIOS_DIR": f"{__file__}/medios"}, "tns.E008"),
    ],
)
def test_unsafe_settings_are_named(settings: Settings, ajustes: dict[str, object], codigo: str) -> None:
    for nombre, valor in ajustes.items():
        setattr(settings, nombre, valor)
    carpetas = (checks.carpeta_de_modelos, checks.carpeta_de_medios)
    todas = (checks.clave_secreta, checks.claves_de_cifrado, checks.exposicion, *carpetas)
    assert codigo in {mensaje.id for revision in todas for mensaje in revision(None)}


def test_the_entry_points_refuse_to_start_and_say_everything_at_once(settings: Settings) -> None:
    exigir()
    settings.SECRET_KEY, settings.TNS_CLAVES_CIFRADO = "", []
    with pytest.raises(ImproperlyConfigured) as error:
        exigir()
    assert "SECRET_KEY" in str(error.value)
    assert "clave_cifrado" in str(error.value)
