"""`make bench-consola`: how soon each page is of use on the demo, what it weighs, and what axe finds.

A page is of use when its title is there, nothing says that it is still loading, and every request it made at its start
has been answered; the time runs from the start of the navigation. Each page is opened with the browser's cache as a
second visit has it, and the dashboard also with an empty one. Writes bench/resultados/consola.json.
"""

from __future__ import annotations

import json
import os
import statistics
from typing import Any

from bench import navegador as nav
from bench.consola_grande import empresa_grande, tabla_grande
from bench.pesos import pesos
from tests.e2e.test_recorrido import CLICS_DEL_RECORRIDO

RESULTADO = nav.RAIZ / "bench" / "resultados" / "consola.json"
VECES = 5
PAUSA_MS = 400

#: Follows the page from inside: since when it has been of use without a break, and how much its contents jumped.
VIGIA = """() => {
  const vigia = (window.__vigia = { util: null, pendientes: 0, salto: 0 })
  const pedir = window.fetch
  window.fetch = (...que) => {
    vigia.pendientes += 1
    return pedir(...que).finally(() => (vigia.pendientes -= 1))
  }
  new PerformanceObserver((lista) => {
    for (const cambio of lista.getEntries()) if (!cambio.hadRecentInput) vigia.salto += cambio.value
  }).observe({ type: 'layout-shift', buffered: true })
  const lista = LISTA
  const mirar = () => {
    if (!lista() || vigia.pendientes) vigia.util = null
    else vigia.util ??= performance.now()
    requestAnimationFrame(mirar)
  }
  requestAnimationFrame(mirar)
}""".replace("LISTA", nav.LISTA)


def medir(pagina: Any, direccion: str) -> tuple[float, float]:
    """Milliseconds until the page is of use and stays so, and its cumulative layout shift."""
    pagina.goto(direccion, wait_until="commit")
    pagina.wait_for_function(
        f"() => window.__vigia?.util != null && performance.now() - window.__vigia.util > {PAUSA_MS}"
    )
    util, salto = pagina.evaluate("() => [window.__vigia.util, window.__vigia.salto]")
    return float(util), float(salto)


def tiempos(chromium: Any, raiz: str, sesion: dict[str, Any], paginas: list[nav.Pagina]) -> dict[str, Any]:
    contexto = nav.contexto_de(chromium, sesion)
    contexto.add_init_script(f"({VIGIA})()")
    hoja = contexto.new_page()
    resultado: dict[str, Any] = {}
    for pagina in paginas:
        medir(hoja, raiz + pagina.ruta)  # warm
        medidas = [medir(hoja, raiz + pagina.ruta) for _ in range(VECES)]
        ms = sorted(util for util, _ in medidas)
        resultado[pagina.nombre] = {
            "mediana_ms": round(statistics.median(ms)),
            "peor_ms": round(ms[-1]),
            "salto": round(max(salto for _, salto in medidas), 4),
        }
        print(f"{pagina.nombre:26} {resultado[pagina.nombre]}")
    contexto.close()
    return resultado


def primera_visita(chromium: Any, raiz: str, sesion: dict[str, Any]) -> dict[str, Any]:
    """The dashboard with an empty cache: time, requests and bytes that travelled."""
    ms: list[float] = []
    for _ in range(VECES):
        contexto = nav.contexto_de(chromium, sesion)
        contexto.add_init_script(f"({VIGIA})()")
        hoja = contexto.new_page()
        ms.append(medir(hoja, f"{raiz}/")[0])
        recursos = hoja.evaluate("() => performance.getEntriesByType('resource').map((r) => [r.name, r.transferSize])")
        contexto.close()
    guiones = [tamano for nombre, tamano in recursos if nombre.endswith(".js")]
    return {
        "mediana_ms": round(statistics.median(ms)),
        "peor_ms": round(max(ms)),
        "peticiones": len(recursos),
        "javascript_kb": round(sum(guiones) / 1024, 1),
        "todo_kb": round(sum(tamano for _, tamano in recursos) / 1024, 1),
    }


def barreras(chromium: Any, raiz: str, sesion: dict[str, Any], paginas: list[nav.Pagina]) -> dict[str, dict[str, int]]:
    """Violations that axe finds on each page, by impact, in both themes."""
    from axe_playwright_python.sync_playwright import Axe

    faltas: dict[str, dict[str, int]] = {}
    for tema in nav.TEMAS:
        contexto = nav.contexto_de(chromium, sesion, tema=tema)
        contexto.add_init_script(f"({VIGIA})()")
        hoja = contexto.new_page()
        for pagina in paginas:
            medir(hoja, raiz + pagina.ruta)
            halladas: dict[str, int] = {}
            for falta in Axe().run(hoja).response["violations"]:
                halladas[falta["impact"]] = halladas.get(falta["impact"], 0) + 1
            faltas[f"{pagina.nombre}.{tema}"] = halladas
        contexto.close()
    return faltas


def grande(chromium: Any, raiz: str, sesion: dict[str, Any], paginas: list[nav.Pagina]) -> dict[str, Any]:
    modelo = next(int(pagina.ruta.rsplit("/", 1)[1]) for pagina in paginas if pagina.nombre == "empresa")
    contexto = nav.contexto_de(chromium, sesion)
    contexto.add_init_script(f"({VIGIA})()")
    with empresa_grande(modelo) as empresa:
        resultado = tabla_grande(contexto.new_page(), f"{raiz}/empresas/{empresa}/movimientos", medir, PAUSA_MS)
    contexto.close()
    print(f"La tabla grande: {resultado}")
    return resultado


def main() -> None:
    with nav.pila() as raiz, nav.navegador() as chromium, nav.administrador(chromium, raiz) as sesion:
        paginas = nav.paginas(chromium, raiz, sesion)
        carga = os.getloadavg()
        resultado = {
            "primera_visita_de_inicio": primera_visita(chromium, raiz, sesion),
            "paginas": tiempos(chromium, raiz, sesion, paginas),
            "tabla_grande": grande(chromium, raiz, sesion, paginas),
            "clics_de_la_entrada_a_un_pronostico": CLICS_DEL_RECORRIDO,
            "javascript_gzip_kb": pesos(),
            "axe": barreras(chromium, raiz, sesion, paginas),
            "equipo": {"nucleos": os.cpu_count(), "carga_al_empezar": [round(c, 2) for c in carga]},
        }
    RESULTADO.write_text(json.dumps(resultado, ensure_ascii=False, indent=2) + "\n", encoding="utf-8")
    peor = max(resultado["paginas"].items(), key=lambda par: par[1]["mediana_ms"])
    graves = sum(f.get("serious", 0) + f.get("critical", 0) for f in resultado["axe"].values())
    print(f"Primera visita: {resultado['primera_visita_de_inicio']}")
    print(f"La página más lenta: {peor[0]}, {peor[1]['mediana_ms']} ms. Faltas graves de axe: {graves}.")


if __name__ == "__main__":
    main()
