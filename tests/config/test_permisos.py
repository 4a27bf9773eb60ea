"""Every route of the URL map × every caller × every method, against the matrix of `matriz_permisos.py`."""

from __future__ import annotations

import re
from copy import deepcopy

from django.db import transaction

from tests.config.matriz_permisos import AJENOS, LLAVES, RUTAS, TODOS, Ruta, sin_registro
from tests.config.rutas import METODOS, mapa
from tests.mundo import Mundo

POCOS = {"nadie", "administrador", "llave_andina"}  # enough to see that a method does not exist


def test_the_matrix_knows_every_route_and_no_other() -> None:
    rutas = set(mapa())
    nuevas, viejas = sorted(rutas - set(RUTAS)), sorted(set(RUTAS) - rutas)
    assert not nuevas, f"Add one line per route to RUTAS in tests/config/matriz_permisos.py: {nuevas}"
    assert not viejas, f"Routes of the matrix that no longer exist: {viejas}"


def test_the_matrix_says_every_method_of_every_route() -> None:
    for ruta, metodos in mapa().items():
        if ruta in RUTAS and metodos is not None:
            assert set(RUTAS[ruta].metodos) == metodos, ruta


def test_only_those_of_the_matrix_get_in(mundo: Mundo) -> None:
    distintos, pruebas = {}, 0
    for ruta, linea in sorted(RUTAS.items()):
        for metodo in METODOS:
            for quien in sorted(TODOS if metodo in linea.metodos else POCOS):
                esperado, obtenido = _esperado(linea, metodo, quien), _obtenido(mundo, ruta, linea, metodo, quien)
                pruebas += 1
                # A method that does not exist may be refused before that is noticed, never accepted.
                if obtenido != esperado and not (esperado == "fuera" and obtenido in {"401", "403", "404"}):
                    distintos[f"{metodo} {ruta} {quien}"] = f"{esperado} expected, {obtenido} got"
    assert not distintos, "\n".join(f"{caso}: {que}" for caso, que in distintos.items())
    assert pruebas > 1000


def _esperado(linea: Ruta, metodo: str, quien: str) -> str:
    admitidos = linea.metodos.get(metodo)
    if admitidos is None:
        return "fuera"
    if quien not in admitidos:
        return "401" if quien == "nadie" or (linea.solo_sesion and quien in LLAVES) else "403"
    return "404" if linea.objeto and (quien in AJENOS or linea.objeto is sin_registro) else "dentro"


def _obtenido(mundo: Mundo, ruta: str, linea: Ruta, metodo: str, quien: str) -> str:
    """What happened, taken back afterwards: no request finds what another left or removed."""
    with transaction.atomic():
        direccion = "/" + re.sub(r"<\w+>", str(linea.objeto(mundo)) if linea.objeto else "1", ruta)
        cliente = mundo.clientes[quien]
        galletas = deepcopy(cliente.cookies)
        respuesta = getattr(cliente, metodo.lower())(direccion, None if metodo == "GET" else {})
        cliente.cookies = galletas  # signing out takes the session's cookie away
        transaction.set_rollback(True)
    estado = respuesta.status_code
    if estado >= 500:
        return f"{estado} {respuesta.content[:200]}"
    return {401: "401", 403: "403", 404: "404", 405: "fuera"}.get(estado, "dentro")
