"""Which parts one embedded stack has, which are somebody else's, and the environment they share."""

from __future__ import annotations

import os
from collections import ChainMap
from collections.abc import Mapping
from dataclasses import dataclass, field
from pathlib import Path

from tns.local.estado import read_environment, read_state
from tns.local.firebird import FirebirdServer, Variant
from tns.local.puertos import Ports
from tns.local.rutas import VARIABLE, checkout, make_directory
from tns.local.secretos import Secrets
from tns.local.servicios.base import Service
from tns.local.servicios.celery import Beat, Worker
from tns.local.servicios.mlflow import USUAL_PORT, MLflow
from tns.local.servicios.postgresql import PostgreSQL
from tns.local.servicios.valkey import Valkey
from tns.local.servicios.web import Web

WEB_PORT = 8000
#: Name → title and authentication: the second one behaves as the 2.5 servers that many customers still have.
FIREBIRDS: dict[str, tuple[str, Variant]] = {
    "firebird": ("Firebird", "srp"),
    "firebird2": ("Firebird, segundo servidor", "legacy"),
}


@dataclass
class Part:
    """One row of `tns estado`."""

    name: str
    title: str
    address: str = ""
    service: Service | None = None  # None: somebody else runs it
    #: The stack is of use without it: its failure is told and the others go on.
    optional: bool = False
    #: Takes many seconds and nobody needs it at once: the stack is ready without waiting for it.
    slow: bool = False
    #: Its address came from the environment.
    foreign: bool = False


@dataclass
class Stack:
    """Everything behind `tns up`, not yet started.

    `servers` need nothing of the program; `programs` need the servers and a migrated database.
    """

    directory: Path
    servers: list[Part] = field(default_factory=list)
    programs: list[Part] = field(default_factory=list)
    #: Of every process of the program.
    env: dict[str, str] = field(default_factory=dict)
    firebirds: dict[str, FirebirdServer] = field(default_factory=dict)

    @property
    def parts(self) -> list[Part]:
        return [*self.servers, *self.programs]

    @property
    def logs(self) -> Path:
        return logs_directory(self.directory)

    def part(self, name: str) -> Part:
        return next(part for part in self.parts if part.name == name)

    @property
    def web_url(self) -> str:
        return self.part("web").address


def logs_directory(directory: Path) -> Path:
    return directory / "registros"


def build_stack(directory: Path, *, web_port: int | None = None) -> Stack:
    """The stack of that data directory: secrets and ports are read, or made when this is its first start."""
    make_directory(directory)
    stack = Stack(directory)
    stack.logs.mkdir(mode=0o700, exist_ok=True)
    secrets, ports = Secrets.load(directory), Ports(directory)
    _add_servers(stack, secrets, ports)
    stack.env = environment(directory, secrets, addresses={part.name: part.address for part in stack.servers})
    _add_programs(stack, ports, web_port)
    for part in stack.parts:
        if part.service is not None:
            part.service.log_file = stack.logs / f"{part.name}.log"
    return stack


def attach_stack(directory: Path) -> Stack:
    """The stack that another process supervises now, to use it; nothing of it can be started from here."""
    secrets, ports = Secrets.load(directory), Ports(directory)
    stack = Stack(directory, env=read_environment(directory))
    for row in read_state(directory)[1]:
        part = Part(row.name, row.title, row.address, foreign=row.state == "externa")
        stack.servers.append(part)
    for name in FIREBIRDS:
        stack.firebirds[name] = _firebird(directory, name, ports.remembered(name) or 0, secrets)
    return stack


def _firebird(directory: Path, name: str, port: int, secrets: Secrets) -> FirebirdServer:
    variant = FIREBIRDS[name][1]
    # The old authentication reads eight characters of a password and no more.
    password = secrets.firebird[:8] if variant == "legacy" else secrets.firebird
    return FirebirdServer(directory / name, port, variant=variant, password=password, name=name)


def environment(directory: Path, secrets: Secrets, *, addresses: Mapping[str, str]) -> dict[str, str]:
    """What every process of the program gets; a variable the user set himself wins."""
    ours = {
        "DJANGO_SETTINGS_MODULE": "tns.config.settings",
        "SECRET_KEY": secrets.secret_key,
        "TNS_CLAVES_CIFRADO": secrets.claves_cifrado,
        "DATABASE_URL": addresses["postgresql"],
        "REDIS_URL": addresses["valkey"],
        "MLFLOW_TRACKING_URI": addresses["mlflow"],
    }
    if os.environ.get(VARIABLE):
        # Data of one's own: its files must not take the place of those of the checkout's usual stack.
        ours["MODELOS_ML_DIR"] = str(directory / "modelos_ml")
        ours["TNS_MEDIOS_DIR"] = str(directory / "medios")
    return {name: os.environ.get(name) or value for name, value in ours.items()}


def _add_servers(stack: Stack, secrets: Secrets, ports: Ports) -> None:
    home = stack.directory
    if url := os.environ.get("DATABASE_URL"):
        stack.servers.append(Part("postgresql", "PostgreSQL", url, foreign=True))
    else:
        database = PostgreSQL(home / "postgresql", ports.take("postgresql"), password=secrets.postgresql)
        stack.servers.append(Part("postgresql", "PostgreSQL", database.url, database))
    if url := os.environ.get("REDIS_URL"):
        stack.servers.append(Part("valkey", "Valkey (mensajería)", url, foreign=True))
    else:
        broker = Valkey(home / "valkey", ports.take("valkey"), password=secrets.valkey)
        stack.servers.append(Part("valkey", "Valkey (mensajería)", broker.url, broker))
    for name, (title, _) in FIREBIRDS.items():
        firebird = _firebird(home, name, ports.take(name), secrets)
        stack.firebirds[name] = firebird
        address = f"127.0.0.1:{firebird.port}"
        stack.servers.append(Part(name, title, address, firebird, optional=True))
    if url := os.environ.get("MLFLOW_TRACKING_URI"):
        stack.servers.append(Part("mlflow", "MLflow", url, foreign=True))
    else:
        tracking = MLflow(home / "mlflow", ports.take("mlflow", USUAL_PORT))
        stack.servers.append(Part("mlflow", "MLflow", tracking.url, tracking, optional=True, slow=True))


def _add_programs(stack: Stack, ports: Ports, web_port: int | None) -> None:
    home, here = stack.directory / "procesos", checkout()
    env = stack.env
    preferred = [web_port] if web_port else []
    web = Web(
        "web",
        home,
        port=ports.take("web", *preferred, WEB_PORT),
        cwd=here,
        env=ChainMap({"TNS_POOL": "true"}, env),  # many short-lived threads: see settings
    )
    worker = Worker("trabajador", home, queues=("rapidas", "extraccion"), concurrency=3, cwd=here, env=env)
    # Apart, so that a long training never keeps a discovery waiting.
    trainer = Worker("trabajador-ml", home, queues=("ml",), concurrency=1, cwd=here, env=env)
    stack.programs = [
        Part("web", "Web", web.url, web),
        Part("trabajador", "Tareas", "colas rapidas y extraccion", worker),
        Part("trabajador-ml", "Tareas de modelos", "cola ml", trainer),
        Part("programador", "Programador de tareas", "", Beat("programador", home, cwd=here, env=env)),
    ]
