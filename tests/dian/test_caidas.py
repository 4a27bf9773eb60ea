"""The fault matrix: processes killed at random moments while they send; the provider's log proves each invoice is one.

The provider is naive: it invoices whatever is posted, as often as it is posted.
"""

from __future__ import annotations

import logging
import os
import random
import select
import signal
import subprocess
import sys
import time
from collections import Counter
from collections.abc import Iterator
from typing import Any

import pytest

from tests.dian.conftest import Escena, montar
from tests.dian.contabilidad import Contabilidad
from tests.dian.proveedor import Proveedor, matar
from tns.dian.models import DocumentoDian
from tns.local.rutas import checkout

logger = logging.getLogger(__name__)
pytestmark = [pytest.mark.fallas]
SEMILLA = int(os.environ.get("TNS_SEMILLA", "20251122"))
_ANIMOS = (
    "aceptar", "aceptar", "aceptar", "notificar", "facturar_y_cortar", "facturar_y_500", "a_medias", "basura",
    "rechazar", "cortar_antes", "caido", "facturar_y_callar",
)  # fmt: skip
_MOMENTOS = ("recibido", "facturado", "consultado", "reloj", "reloj", "reloj", "reloj")
_VUELTAS = 60


class Obrero:
    """The forking process and its conversation."""

    def __init__(self, base_de_datos: str) -> None:
        self.proceso = subprocess.Popen(
            [sys.executable, "-m", "tests.dian.obrero"],
            stdin=subprocess.PIPE,
            stdout=subprocess.PIPE,
            text=True,
            bufsize=1,
            cwd=checkout(),
            env=os.environ
            | {
                "DATABASE_URL": base_de_datos,
                "DIAN_PERMITIR_HTTP": "true",
                "DIAN_TIEMPO_LIMITE_S": "0.3",
                "DIAN_ESPERA_CONSULTA_S": "0.25",
            },
        )
        assert self._linea() == "listo"

    def _linea(self) -> str:
        assert self.proceso.stdout is not None
        return self.proceso.stdout.readline().strip()

    def _decir(self, texto: str) -> None:
        assert self.proceso.stdin is not None
        self.proceso.stdin.write(texto + "\n")

    def enviar(self, empresa_id: int, kardex_id: int, *, al_nacer: Any = None, plazo: float | None = None) -> int:
        """Let a child send the document; after `plazo` seconds it is killed. The signal that ended it, 0 when none."""
        self._decir(f"preparar {empresa_id} {kardex_id}")
        _, pid, tubo = self._linea().split()
        if al_nacer is not None:
            al_nacer(int(pid))
        self._decir(f"ya {pid} {tubo}")
        assert self.proceso.stdout is not None
        if plazo is not None and not select.select([self.proceso.stdout], [], [], plazo)[0]:
            os.kill(int(pid), signal.SIGKILL)
        return int(self._linea().split()[2])

    def terminar(self) -> None:
        assert self.proceso.stdin is not None
        self.proceso.stdin.close()
        self.proceso.wait(10)


@pytest.fixture
def escena_en_firme(transactional_db: None, base_tns: Contabilidad, proveedor: Proveedor, ajustes_dian: Any) -> Escena:
    """The scene with its rows committed, for other processes to see."""
    return montar(base_tns, proveedor)


@pytest.fixture
def obrero(pila: Any, escena_en_firme: Escena) -> Iterator[Obrero]:
    from django.db import connection

    obrero = Obrero(pila.postgresql.url_of(connection.settings_dict["NAME"]))
    yield obrero
    obrero.terminar()


@pytest.mark.parametrize("caidas", [30, pytest.param(200, marks=pytest.mark.lento)])
def test_killed_anywhere_each_document_is_invoiced_exactly_once(
    escena_en_firme: Escena, obrero: Obrero, caidas: int
) -> None:
    escena, azar = escena_en_firme, random.Random(SEMILLA)
    muertes: Counter[str] = Counter()
    kardex_id, inicio = 1, time.monotonic()
    escena.tns.documento(kardex_id)
    _llevar_al_final(escena, obrero, kardex_id)
    duracion = time.monotonic() - inicio  # the clock kills anywhere within what a whole sending takes here
    while muertes.total() < caidas:
        kardex_id += 1
        escena.tns.documento(kardex_id)
        escena.proveedor.animos[f"SETP{kardex_id}"] = [azar.choice(_ANIMOS) for _ in range(azar.randrange(3))]
        escena.proveedor.demora = azar.choice((0.0, 0.0, 0.03))
        for _ in range(azar.randrange(1, 6)):
            momento = azar.choice(_MOMENTOS)
            plazo = azar.uniform(0, duracion) if momento == "reloj" else None
            if _caer(escena, obrero, kardex_id, momento, plazo):
                muertes[momento] += 1
        _llevar_al_final(escena, obrero, kardex_id)
    segundos = time.monotonic() - inicio
    logger.info("%s muertes %s sobre %s documentos en %.0f s", muertes.total(), dict(muertes), kardex_id, segundos)

    assert muertes.total() >= caidas
    assert set(muertes) == set(_MOMENTOS)
    assert escena.proveedor.veces() == {f"SETP{n}": 1 for n in range(1, kardex_id + 1)}
    codigos = dict(escena.proveedor.facturas)
    filas = {fila.kardex_id: fila for fila in DocumentoDian.objects.all()}
    assert len(filas) == kardex_id
    for numero, fila in filas.items():
        assert fila.aceptado
        assert fila.cufe == codigos[f"SETP{numero}"]
        assert escena.tns.veredicto(numero)[:2] == (fila.cufe, "EXITOSA")


def _caer(escena: Escena, obrero: Obrero, kardex_id: int, momento: str, plazo: float | None) -> bool:
    """Send the document with a process that is killed at `momento`; False when it ended before."""
    escena.proveedor.caidas.clear()
    if plazo is not None:
        return obrero.enviar(escena.empresa.id, kardex_id, plazo=plazo) == signal.SIGKILL

    def esperar_en(pid: int) -> None:
        escena.proveedor.caidas[momento] = matar(pid)

    return obrero.enviar(escena.empresa.id, kardex_id, al_nacer=esperar_en) == signal.SIGKILL


def _llevar_al_final(escena: Escena, obrero: Obrero, kardex_id: int) -> None:
    """Take it up until it is accepted and written, as the queue and its reviewer would."""
    escena.proveedor.caidas.clear()
    for _ in range(_VUELTAS):
        obrero.enviar(escena.empresa.id, kardex_id)
        fila = DocumentoDian.objects.filter(kardex_id=kardex_id).first()
        if fila is not None and fila.aceptado and fila.escrito_en is not None:
            return
    pytest.fail(f"El documento {kardex_id} no llegó a su final: {fila and fila.estado}")


def test_two_processes_at_once_send_it_once(escena_en_firme: Escena, pila: Any) -> None:
    from django.db import connection

    escena = escena_en_firme
    base = pila.postgresql.url_of(connection.settings_dict["NAME"])
    gemelos = [Obrero(base), Obrero(base)]
    escena.proveedor.demora = 0.05
    try:
        for kardex_id in range(1, 9):
            escena.tns.documento(kardex_id)
            lineas = []
            for gemelo in gemelos:
                gemelo._decir(f"preparar {escena.empresa.id} {kardex_id}")
                lineas.append(gemelo._linea().split())
            for gemelo, (_, pid, tubo) in zip(gemelos, lineas, strict=True):
                gemelo._decir(f"ya {pid} {tubo}")
            finales = [gemelo._linea().split()[3] for gemelo in gemelos]
            assert "0" in finales
    finally:
        for gemelo in gemelos:
            gemelo.terminar()
    assert set(escena.proveedor.veces().values()) == {1}
