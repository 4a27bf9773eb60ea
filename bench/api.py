"""How fast the API answers, beside an empty view on the same server: `make bench-api` writes bench/resultados/api.json.

A real uvicorn process, PostgreSQL with a million movements of one NIT, Valkey, and a load generator in a third process.
"""

from __future__ import annotations

import argparse
import base64
import json
import os
import secrets
import statistics
import subprocess
import sys
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any

from tns.local.guardian import Guard
from tns.local.rutas import temporary_directory
from tns.local.servicios.base import Service, free_port
from tns.local.servicios.postgresql import PostgreSQL
from tns.local.servicios.valkey import Valkey
from tns.local.servicios.web import Web

RESULTADO = Path(__file__).parent / "resultados" / "api.json"
NIT = "800197268"
FILAS = 1_000_000
_MOVIMIENTOS = """
INSERT INTO movimientos_inventario (empresa_servidor_id, fecha, tipo_documento, articulo_codigo, articulo_nombre,
    cantidad, precio_unitario, valor_total, tipo_bodega, codigo_documento, prefijo, numero, origen_id, bodega_nombre,
    ciudad)
SELECT (%(empresas)s::bigint[])[1 + n %% 5], DATE '2025-01-01' + ((n / 5) %% 365)::int, 'FACTURA_VENTA',
    'A' || lpad((n %% 5000)::text, 5, '0'), 'Artículo ' || n %% 5000, 1 + n %% 9, 1000 + n %% 700,
    (1 + n %% 9) * (1000 + n %% 700), 'GENERAL', 'FV', 'FE', n::text, n::text, 'Principal', 'Bogotá'
FROM generate_series(1, %(filas)s) AS n
"""


def decir(texto: str) -> None:
    sys.stderr.write(f"{texto}\n")
    sys.stderr.flush()


@contextmanager
def pila() -> Iterator[Web]:
    """PostgreSQL and Valkey, with this process pointed at them; gives the web, not yet started."""
    carpeta = temporary_directory("tns-bench-")
    guardian = Guard(carpeta, remove=carpeta)
    servicios: list[Service] = [PostgreSQL(carpeta / "postgresql", password=secrets.token_urlsafe(12)),
                                Valkey(carpeta / "valkey", password=secrets.token_urlsafe(12))]  # fmt: skip
    try:
        for servicio in servicios:
            servicio.start()
        os.environ.update(
            DJANGO_SETTINGS_MODULE="bench.api_ajustes", TNS_ENV=os.devnull, SECRET_KEY=secrets.token_urlsafe(40),
            DATABASE_URL=servicios[0].url, REDIS_URL=servicios[1].url, MLFLOW_TRACKING_URI="", LOG_LEVEL="WARNING",
            TNS_CLAVES_CIFRADO=base64.urlsafe_b64encode(secrets.token_bytes(32)).decode(), MODELOS_ML_DIR=str(carpeta),
            TNS_MEDIOS_DIR=str(carpeta),
        )  # fmt: skip
        web = Web("web", carpeta / "web", port=free_port(), env={"TNS_POOL": "True"}, cwd=Path(__file__).parents[1])
        servicios.append(web)
        yield web
    finally:
        for servicio in reversed(servicios):
            servicio.stop()
        guardian.close()


def sembrar(filas: int) -> str:
    """Five fiscal years of one NIT with that many movements, 5,000 forecasts and a key; answers the key."""
    import datetime as dt

    from django.core.management import call_command
    from django.db import connection
    from django.utils import timezone

    from tns.api_keys.models import APIKeyCliente
    from tns.api_keys.services import generar_llave
    from tns.empresas.models import EmpresaServidor
    from tns.ml.models import EstadoModelo, ModeloML, Pronostico
    from tns.servidores.models import Servidor

    call_command("migrate", verbosity=0)
    servidor = Servidor.objects.create(nombre="Banco", host="127.0.0.1", usuario="x", password="x", ruta_maestra="x")
    empresas = []
    for anio in range(2021, 2026):
        empresa = EmpresaServidor(servidor=servidor, codigo=str(anio), nombre="Andina", anio_fiscal=anio, ruta_base="x")
        empresa.asignar_nit(NIT)
        empresa.save()
        empresas.append(empresa.id)
    with connection.cursor() as cursor:
        cursor.execute(_MOVIMIENTOS, {"empresas": empresas, "filas": filas})
        cursor.execute("VACUUM ANALYZE")
    modelo = ModeloML.objects.create(
        modelo_id=f"empresa_{NIT}", nit=NIT, nit_base=NIT, version=1, estado=EstadoModelo.EN_SERVICIO, articulos=5000,
        entrenado_en=timezone.now(), primer_mes=dt.date(2021, 1, 1), ultimo_mes=dt.date(2025, 12, 1), empresas=5,
        filas=1, movimientos=filas,
    )  # fmt: skip
    listas = {campo: [1.5] * 12 for campo in ("cantidad", "minimo_80", "maximo_80", "minimo_95", "maximo_95")}
    Pronostico.objects.bulk_create(
        Pronostico(modelo=modelo, articulo_codigo=f"A{n:05d}", modelo_usado="xgboost", historia=[1.0] * 36, **listas)
        for n in range(5000)
    )
    llave, texto = generar_llave(nit=NIT, nombre_cliente="Banco", dias_validez=9)
    APIKeyCliente.objects.filter(id=llave.id).update(limite_por_minuto=2_000_000_000)
    return texto


def cursor_en(fraccion: float) -> str:
    """The cursor that leaves that part of the million rows behind."""
    from tns.extraccion.api.paginacion import PaginacionMovimientos
    from tns.extraccion.models import MovimientoInventario

    todas = MovimientoInventario.objects.order_by("empresa_servidor_id", "fecha", "id")
    fila = todas.values("empresa_servidor", "fecha", "id")[int(fraccion * (todas.count() - 200))]
    return PaginacionMovimientos._escribir(fila)


def caminos(llave: str) -> dict[str, tuple[str, str, bytes]]:
    """What is measured: method, address and body of each."""
    cuerpos = {"validar": {"api_key": llave}, "pronostico": {"nit": NIT, "articulo_codigo": "A00042"}}
    textos = {nombre: json.dumps(cuerpo).encode() for nombre, cuerpo in cuerpos.items()}
    return {
        "vacia": ("GET", "/vacia/", b""),
        "validar_api_key": ("POST", "/api/api-keys/validar_api_key/", textos["validar"]),
        "empresas": ("GET", "/api/empresas-servidor/", b""),
        **{
            f"movimientos_{int(parte * 100)}": ("GET", f"/api/movimientos/?cursor={cursor_en(parte)}", b"")
            for parte in (0, 0.5, 0.9, 1)
        },
        "pronostico": ("POST", "/api/ml/predecir_demanda/", textos["pronostico"]),
    }


def consultas_de(metodo: str, direccion: str, cuerpo: bytes, llave: str) -> int:
    from django.db import connection
    from django.test import Client
    from django.test.utils import CaptureQueriesContext

    cliente = Client(headers={"Authorization": f"Api-Key {llave}", "Host": "127.0.0.1"})
    with CaptureQueriesContext(connection) as consultas:
        respuesta = cliente.generic(metodo, direccion, cuerpo, content_type="application/json")
    if respuesta.status_code != 200:
        raise RuntimeError(respuesta.content)
    return len(consultas)


def cargar(
    puerto: int | None, camino: tuple[str, str, bytes], llave: str, opciones: argparse.Namespace
) -> dict[str, float]:
    metodo, direccion, cuerpo = camino
    peticion = (
        f"{metodo} {direccion} HTTP/1.1\r\nHost: 127.0.0.1\r\nAuthorization: Api-Key {llave}\r\n"
        f"Content-Type: application/json\r\nContent-Length: {len(cuerpo)}\r\n\r\n{cuerpo.decode()}"
    )
    plan = {"puerto": puerto, "peticion": peticion, "conexiones": opciones.conexiones, "calentar": 1,
            "segundos": opciones.segundos}  # fmt: skip
    hecho = subprocess.run(
        [sys.executable, str(Path(__file__).with_name("api_carga.py"))], input=json.dumps(plan), text=True,
        capture_output=True, timeout=opciones.segundos + 60, check=False,
    )  # fmt: skip
    if hecho.returncode:
        raise RuntimeError(hecho.stderr[-800:])
    medido: dict[str, float] = json.loads(hecho.stdout)
    return medido


def cpu_de(pid: int | None) -> float:
    """Seconds of processor that the web has used: what others do on the machine does not count."""
    campos = Path(f"/proc/{pid}/stat").read_text(encoding="utf-8").rpartition(")")[2].split()
    return (int(campos[11]) + int(campos[12])) / os.sysconf("SC_CLK_TCK")


def medir(web: Web, llave: str, opciones: argparse.Namespace) -> dict[str, Any]:
    """Every way, in rounds, each beside an empty view measured just before it; the round in the middle is told.

    A machine is faster one minute than the next by a third: what is compared must be measured together.
    """
    todos = caminos(llave)
    vacia = todos.pop("vacia")
    rondas: dict[str, list[dict[str, float]]] = {nombre: [] for nombre in todos}
    vacias: list[dict[str, float]] = []
    for ronda in range(1, opciones.rondas + 1):
        for nombre, camino in todos.items():
            decir(f"Midiendo {nombre}, ronda {ronda} de {opciones.rondas}…")
            sola, fila = (una(web, cual, llave, opciones) for cual in (vacia, camino))
            fila["parte_de_la_vacia"] = round(fila["por_segundo"] / sola["por_segundo"], 3)
            fila["parte_en_cpu"] = round(sola["cpu_ms"] / fila["cpu_ms"], 3)
            vacias.append(sola)
            rondas[nombre].append(fila)
    filas = {"vacia": mediana(vacias)} | {nombre: mediana(lista) for nombre, lista in rondas.items()}
    for nombre, camino in todos.items():
        filas[nombre]["consultas"] = consultas_de(*camino, llave)
    return filas


def una(web: Web, camino: tuple[str, str, bytes], llave: str, opciones: argparse.Namespace) -> dict[str, float]:
    antes = cpu_de(web.pid)
    medido = cargar(web.port, camino, llave, opciones)
    medido["cpu_ms"] = round((cpu_de(web.pid) - antes) * 1000 / medido.pop("con_calentamiento"), 2)
    return medido


def mediana(filas: list[dict[str, float]]) -> dict[str, float]:
    """Of each figure by itself, and the worst p99 of all rounds."""
    medias = {nombre: round(statistics.median(fila[nombre] for fila in filas), 3) for nombre in filas[0]}
    return medias | {"p99_ms_peor": max(fila["p99_ms"] for fila in filas)}


def correr(opciones: argparse.Namespace) -> dict[str, Any]:
    with pila() as web:
        import django

        django.setup()
        decir(f"Creando {opciones.filas:,} movimientos…")
        llave = sembrar(opciones.filas)
        web.start()
        filas = medir(web, llave, opciones)
        profundas = [fila["p99_ms"] for nombre, fila in filas.items() if nombre.startswith("movimientos")]
        return {
            "movimientos": opciones.filas,
            "conexiones": opciones.conexiones,
            "rondas": opciones.rondas,
            "nucleos": os.cpu_count(),
            "carga_de_la_maquina": round(os.getloadavg()[0], 2),
            "medidas": filas,
            "validar_parte_de_la_vacia": filas["validar_api_key"]["parte_de_la_vacia"],
            "movimientos_p99_ms_peor": max(profundas),
        }


def main() -> None:
    partes = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    partes.add_argument("--filas", type=int, default=FILAS)
    partes.add_argument("--segundos", type=float, default=4)
    partes.add_argument("--rondas", type=int, default=3)
    partes.add_argument("--conexiones", type=int, default=2)
    opciones = partes.parse_args()
    resultado = correr(opciones)
    RESULTADO.parent.mkdir(exist_ok=True)
    RESULTADO.write_text(json.dumps(resultado, indent=2, ensure_ascii=False) + "\n", encoding="utf-8")
    print(json.dumps(resultado, indent=2, ensure_ascii=False))


if __name__ == "__main__":
    main()
