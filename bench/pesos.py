"""What the built console weighs: kilobytes of gzip of the JavaScript that each page and each dialog needs."""

from __future__ import annotations

import gzip
import json
from collections.abc import Iterable
from pathlib import Path
from typing import Any

CONSTRUIDA = Path(__file__).resolve().parents[1] / "src" / "tns" / "consola" / "static" / "consola"
#: What every page of the console needs: the entrance, and the shell with its rail and its top bar.
INICIAL = ("src/main.ts", "src/paginas/Plantilla.vue")
GRAFICA = "src/componentes/GraficaPronostico.vue"


def pesos(construida: Path = CONSTRUIDA) -> dict[str, float]:
    """Weight of each page, of each with each of its parts ("Dian/DianEnviados/PanelEnviado"), and of the charts alone.

    A section is asked for by its page as soon as that is drawn, and an address may open a dialog with the page, so that
    every part counts as one of the first load. Charts are asked for after the page.
    """
    manifiesto: dict[str, dict[str, Any]] = json.loads((construida / "manifest.json").read_text(encoding="utf-8"))
    gzips: dict[str, int] = {}

    def peso(entradas: Iterable[str]) -> float:
        pendientes, vistos = list(entradas), set()
        while pendientes:
            nombre = pendientes.pop()
            if nombre not in vistos:
                vistos.add(nombre)
                pendientes += manifiesto[nombre].get("imports", [])
        for nombre in vistos - gzips.keys():
            gzips[nombre] = len(gzip.compress((construida / manifiesto[nombre]["file"]).read_bytes(), 9))
        return round(sum(gzips[nombre] for nombre in vistos) / 1024, 1)

    def partes(entradas: tuple[str, ...], nombre: str) -> dict[str, float]:
        propio = {nombre: peso(entradas)}
        for parte in sorted(manifiesto[entradas[-1]].get("dynamicImports", [])):
            if parte.startswith("src/componentes/") and parte != GRAFICA:
                propio |= partes((*entradas, parte), f"{nombre}/{Path(parte).stem}")
        return propio

    resultado: dict[str, float] = {}
    for pagina in sorted(nombre for nombre in manifiesto if nombre.startswith("src/paginas/")):
        resultado |= partes((*INICIAL, pagina), Path(pagina).stem)
    sin_pagina = len(gzip.compress((construida / manifiesto[GRAFICA]["file"]).read_bytes(), 9)) / 1024
    return resultado | {"graficas": round(sin_pagina, 1)}
