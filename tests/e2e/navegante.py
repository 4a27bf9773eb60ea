"""Somebody who uses the console: clicks what it sees, counts the clicks, and notices every complaint of the browser."""

from __future__ import annotations

from typing import Any


class Navegante:
    """A page of the browser; `clics` counts what was pressed and `quejas` what went wrong on the way."""

    def __init__(self, pagina: Any, raiz: str) -> None:
        self.pagina = pagina
        self.raiz = raiz
        self.clics = 0
        self.quejas: list[str] = []
        self._tolerados: list[str] = []
        pagina.on("console", lambda m: m.type == "error" and self._quejarse(f"{m.text} {m.location.get('url', '')}"))
        pagina.on("pageerror", lambda error: self._quejarse(str(error)))
        pagina.on("requestfailed", self._al_fallar)
        pagina.on("request", self._al_pedir)

    def tolerar(self, fragmento: str) -> None:
        """What contains `fragmento` is what this test provokes."""
        self._tolerados.append(fragmento)

    def abrir(self, ruta: str) -> None:
        self.pagina.goto(self.raiz + ruta)
        self.pagina.locator("h1").first.wait_for()

    def entrar(self, usuario: str, clave: str) -> None:
        self.escribir("username", usuario)
        self.escribir("password", clave)
        self.pulsar("Entrar")

    def pulsar(self, nombre: str, *, dentro: Any = None, exacto: bool = True, rol: str = "button") -> None:
        self.clics += 1
        (dentro or self.pagina).get_by_role(rol, name=nombre, exact=exacto).first.click()

    def escribir(self, campo: str, texto: str) -> None:
        self.pagina.locator(f"[name={campo}]").fill(texto)

    def ver(self, texto: str, *, segundos: float = 20) -> None:
        """Wait until the text can be seen."""
        self.pagina.get_by_text(texto).first.wait_for(timeout=segundos * 1000)

    @property
    def dialogo(self) -> Any:
        """The one that is open: a panel, a question or the progress of a job."""
        return self.pagina.get_by_role("dialog").last

    def barreras(self) -> list[str]:
        """Serious violations that axe finds on what is shown now."""
        from axe_playwright_python.sync_playwright import Axe

        respuesta = Axe().run(self.pagina).response
        return [
            f"{falta['id']}: {falta['nodes'][0]['html'][:200]}"
            for falta in respuesta["violations"]
            if falta["impact"] in ("serious", "critical")
        ]

    def _al_fallar(self, pedido: Any) -> None:
        # Leaving a page cuts what it was asking for.
        if pedido.failure != "net::ERR_ABORTED":
            self._quejarse(f"{pedido.failure} {pedido.url}")

    def _al_pedir(self, pedido: Any) -> None:
        if not pedido.url.startswith((self.raiz, "data:", "blob:")):
            self._quejarse(f"outside the installation: {pedido.url}")

    def _quejarse(self, queja: str) -> None:
        if not any(fragmento in queja for fragmento in self._tolerados):
            self.quejas.append(queja)
