"""`make capturas`: a picture of every page, on a desk and on a phone, in both themes, from the stack with the demo.

Writes consola/capturas/<página>.<tamaño>.<tema>.png with a palette of 256 colours, which keeps them small in git.
"""

from __future__ import annotations

import argparse
import io
from pathlib import Path
from typing import Any

from PIL import Image

from bench import navegador as nav

CARPETA = nav.RAIZ / "consola" / "capturas"


def guardar(pagina: Any, archivo: Path) -> None:
    imagen = Image.open(io.BytesIO(pagina.screenshot())).convert("RGB")
    imagen.quantize(256, method=Image.Quantize.MEDIANCUT, dither=Image.Dither.NONE).save(archivo, optimize=True)


def esperar(pagina: Any) -> None:
    pagina.wait_for_function(nav.LISTA)
    pagina.wait_for_load_state("load")
    pagina.evaluate("() => document.fonts.ready")
    # What arrives after the skeletons: the requests of the page have all been answered.
    pagina.wait_for_function("() => !window.__pendientes")
    pagina.wait_for_function(nav.LISTA)
    pagina.evaluate("() => new Promise((r) => requestAnimationFrame(() => requestAnimationFrame(r)))")


CUENTA = """() => {
  window.__pendientes = 0
  const pedir = window.fetch
  window.fetch = (...que) => {
    window.__pendientes += 1
    return pedir(...que).finally(() => setTimeout(() => (window.__pendientes -= 1), 50))
  }
}"""


def capturar(chromium: Any, raiz: str, sesion: dict[str, Any], elegidas: list[str], carpeta: Path) -> int:
    entrada = [nav.Pagina("entrar", "/entrar")]
    todas = [(None, entrada), (sesion, nav.paginas(chromium, raiz, sesion))]
    hechas = 0
    for tamano in nav.TAMANOS:
        for tema in nav.TEMAS:
            for estado, lista in todas:
                contexto = nav.contexto_de(chromium, estado, tamano, tema)
                contexto.add_init_script(f"({CUENTA})()")
                hoja = contexto.new_page()
                for pagina in lista:
                    if elegidas and pagina.nombre not in elegidas:
                        continue
                    hoja.goto(raiz + pagina.ruta)
                    esperar(hoja)
                    guardar(hoja, carpeta / f"{pagina.nombre}.{tamano}.{tema}.png")
                    hechas += 1
                contexto.close()
    return hechas


def main() -> None:
    opciones = argparse.ArgumentParser(description=__doc__)
    opciones.add_argument("paginas", nargs="*", help="solo estas, por su nombre")
    opciones.add_argument("--carpeta", type=Path, default=CARPETA)
    elegidas = opciones.parse_args()
    elegidas.carpeta.mkdir(parents=True, exist_ok=True)
    with nav.pila() as raiz, nav.navegador() as chromium, nav.administrador(chromium, raiz) as sesion:
        hechas = capturar(chromium, raiz, sesion, elegidas.paginas, elegidas.carpeta)
    peso = sum(archivo.stat().st_size for archivo in elegidas.carpeta.glob("*.png"))
    print(f"{hechas} capturas en {elegidas.carpeta} ({peso / 2**20:.1f} MiB)")


if __name__ == "__main__":
    main()
