"""A small client of the API: session, CSRF, pages, and tasks followed to their end."""

from __future__ import annotations

import time
from collections.abc import Callable, Iterator, Mapping
from typing import Any, Self

import httpx

from tns.engines.errors import TNSError

Json = dict[str, Any]
#: Receives what a task tells of itself each time it is asked.
Watcher = Callable[[Json], None]


class RespuestaInesperada(TNSError):
    """The API answered something else than what was asked for."""

    codigo = "respuesta_inesperada"


class Api:
    """Use it as a context manager. Every method raises RespuestaInesperada with what the API said.

    Args:
        url: address of the web process.
        key: API key of a client program; without it, sign in with `login`.
    """

    def __init__(self, url: str, *, key: str = "") -> None:
        headers = {"Authorization": f"Api-Key {key}"} if key else {}
        self._http = httpx.Client(base_url=url, timeout=60, headers=headers)

    def __enter__(self) -> Self:
        return self

    def __exit__(self, *_: object) -> None:
        self._http.close()

    def login(self, user: str, password: str) -> Json:
        self.get("/api/auth/csrf/")
        return self.post("/api/auth/login/", {"username": user, "password": password})

    def get(self, path: str, **parameters: Any) -> Json:
        return self._call("GET", path, params=parameters)

    def post(self, path: str, body: Mapping[str, Any] | None = None) -> Json:
        return self._call("POST", path, json=dict(body or {}))

    def patch(self, path: str, body: Mapping[str, Any]) -> Json:
        return self._call("PATCH", path, json=dict(body))

    def pages(self, path: str, **parameters: Any) -> Iterator[Json]:
        """Every row of a numbered list."""
        page = 1
        while True:
            answer = self.get(path, pagina=page, **parameters)
            yield from answer["results"]
            if not answer["next"]:
                return
            page += 1

    def follow(self, task_id: str, watcher: Watcher | None = None) -> Json:
        """Wait for the task to end well and answer its result."""
        pause = 0.1
        while True:
            task = self.get("/api/sistema/estado-tarea/", task_id=task_id)
            if watcher is not None:
                watcher(task)
            if task["estado"] == "EXITO":
                return dict(task["resultado"] or {})
            if task["estado"] in ("FALLO", "CANCELADA"):
                raise _failed_task(task)
            time.sleep(pause)
            pause = min(pause * 1.5, 0.5)

    def _call(self, method: str, path: str, **options: Any) -> Json:
        token = self._http.cookies.get("csrftoken")
        try:
            response = self._http.request(
                method, path, headers={"X-CSRFToken": token} if token and method != "GET" else {}, **options
            )
        except httpx.HTTPError as error:
            raise RespuestaInesperada(f"La web no respondió a {method} {path}.", tecnico=str(error)) from error
        if response.is_error:
            raise _refused(method, path, response)
        return dict(response.json()) if response.content else {}


def _refused(method: str, path: str, response: httpx.Response) -> RespuestaInesperada:
    """The problem document in one sentence."""
    try:
        problem: Json = response.json()
    except ValueError:
        problem = {}
    return RespuestaInesperada(
        str(problem.get("detail") or f"La API respondió {response.status_code}."),
        codigo=problem.get("codigo"),
        que_hacer=str(problem.get("que_hacer") or ""),
        tecnico=f"{method} {path} → {response.status_code} {response.text[:500]}",
    )


def _failed_task(task: Json) -> RespuestaInesperada:
    error = task["error"] or {}
    return RespuestaInesperada(
        f"{task['titulo']}: {error.get('detalle') or task['estado'].lower()}",
        codigo=error.get("codigo"),
        que_hacer=error.get("que_hacer") or "",
        tecnico=error.get("tecnico") or "",
    )
