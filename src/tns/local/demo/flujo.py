"""The steps of the demo, in the order a reseller's engineer would take them."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping
from typing import Any

from tns.local.demo.cliente import Api, Json
from tns.local.demo.comparacion import compare
from tns.local.demo.resultado import Bar, DemoServer, Outcome, PasoFallido, Row, Screen, naming
from tns.local.instalacion.verdad import Descubierta, Verdad, VerdadBase

#: NITs whose models are trained: one with its years on two servers, one with the richest documents.
TRAINED = ("999000103", "999000101")
KEY_OWNER = "Tienda en línea (demostración)"
MONTHS = 6
#: What discovery calls each outcome of the truth; `sin_cambios` is `creada` the second time.
_OUTCOMES = {"creada": {"creada", "actualizada", "sin_cambios"}, "omitida": {"omitida"}, "no_leida": {"ilegible"}}


class Demo:
    """Runs the steps; each raises PasoFallido saying which one and why.

    Args:
        foreign_database: the database is not the stack's own: refuse to mix with servers that it already has.
    """

    def __init__(
        self,
        *,
        url: str,
        user: str,
        password: str,
        servers: list[DemoServer],
        truth: Verdad,
        screen: Screen,
        foreign_database: bool,
    ) -> None:
        self._url, self._user, self._password = url, user, password
        self._servers, self._truth, self._screen = servers, truth, screen
        self._foreign_database = foreign_database
        self._api = Api(url)
        self._ids: dict[str, int] = {}
        self.outcome = Outcome()

    def run(self) -> Outcome:
        steps: list[tuple[str, Callable[[Bar], None]]] = [
            ("Entrar como administrador", self._enter),
            ("Registrar los servidores", self._register),
            ("Probar las conexiones", self._probe),
            ("Descubrir las empresas", self._discover),
            ("Descubrir otra vez: nada cambia", self._discover_again),
            ("Extraer los movimientos", self._extract),
            ("Extraer otra vez: nada cambia", self._extract_again),
            ("Comparar origen y destino", self._compare),
            ("Generar y validar una API key", self._issue_key),
            ("Entrenar los modelos", self._train),
            ("Predecir la demanda", self._predict),
        ]
        with self._api:
            for title, action in steps:
                with self._screen.step(title) as bar, naming(title):
                    action(bar)
        return self.outcome

    # -- servers -----------------------------------------------------------------------------------------------

    def _enter(self, bar: Bar) -> None:
        self._api.login(self._user, self._password)

    def _register(self, bar: Bar) -> None:
        known = {row["nombre"]: row["id"] for row in self._api.pages("/api/servidores/", tamano=500)}
        if self._foreign_database and set(known) - {server.nombre for server in self._servers}:
            raise PasoFallido(
                "Registrar los servidores",
                "La base de datos de DATABASE_URL ya tiene servidores propios: la demostración no se mezcla con ellos.",
                que_hacer="Quite DATABASE_URL para usar la base local, o use una base vacía.",
            )
        bar.total(len(self._servers))
        for server in self._servers:
            body = {
                "nombre": server.nombre,
                "host": server.host,
                "puerto": server.puerto,
                "usuario": server.usuario,
                "password": server.password,
                "tipo_servidor": "FIREBIRD",
                "ruta_maestra": server.ruta_maestra,
            }
            if server.nombre in known:
                row = self._api.patch(f"/api/servidores/{known[server.nombre]}/", body)
            else:
                row = self._api.post("/api/servidores/", body)
            self._ids[server.clave] = row["id"]
            bar.done(1, server.nombre)

    def _probe(self, bar: Bar) -> None:
        bar.total(len(self._servers))
        for server in self._servers:
            answer = self._api.post(f"/api/servidores/{self._ids[server.clave]}/probar_conexion/")
            if not answer.get("ok"):
                raise PasoFallido(
                    "Probar las conexiones", str(answer.get("detalle") or f"{server.nombre} no responde.")
                )
            bar.done(1, f"{server.nombre}: {answer['version']}")

    # -- discovery ---------------------------------------------------------------------------------------------

    def _discover(self, bar: Bar) -> None:
        bar.total(len(self._servers))
        for server in self._servers:
            result = self._discover_one(server)
            self.outcome.rows += [
                Row(
                    server.clave,
                    str(found["codigo"]).strip(),
                    found["nombre"],
                    found["nit"],
                    found["anio_fiscal"],
                    found["accion"],
                    found["motivo"],
                    found["empresa_servidor_id"] if found["accion"] != "omitida" else None,
                )
                for found in result["empresas"]
            ]
            bar.done(1, f"{server.nombre}: {result['conteos']['total']} filas")
        self._judge_discovery()

    def _discover_again(self, bar: Bar) -> None:
        bar.total(len(self._servers))
        for server in self._servers:
            counts = self._discover_one(server)["conteos"]
            if counts["creada"] or counts["actualizada"]:
                raise PasoFallido(
                    "Descubrir otra vez: nada cambia", f"{server.nombre} cambió al descubrirlo otra vez: {counts}."
                )
            bar.done(1, f"{server.nombre}: {counts['sin_cambios']} sin cambios")

    def _discover_one(self, server: DemoServer) -> Json:
        accepted = self._api.post("/api/sistema/descubrir_empresas/", {"servidor_id": self._ids[server.clave]})
        return self._api.follow(accepted["task_id"])

    def _judge_discovery(self) -> None:
        """Each row of EMPRESAS must have had the outcome that its oddity deserves."""
        found = {(row.servidor, row.codigo): row for row in self.outcome.rows}
        wrong = [text for expected in self._truth.descubrimiento if (text := _verdict(expected, found))]
        if wrong:
            raise PasoFallido(
                "Descubrir las empresas", "El descubrimiento no fue el esperado.", tecnico="\n".join(wrong)
            )

    # -- extraction --------------------------------------------------------------------------------------------

    def _extract(self, bar: Bar) -> None:
        rows = [row for row in self.outcome.rows if row.empresa_id is not None]
        bar.total(sum(self._base(row).total().filas for row in rows))
        for row, result in self._extract_all(rows, bar):
            if result["diferencias"]:
                raise PasoFallido("Extraer los movimientos", f"{row.nombre} {row.anio}: {result['mensaje']}")

    def _extract_again(self, bar: Bar) -> None:
        rows = [row for row in self.outcome.rows if row.empresa_id is not None]
        bar.total(None)
        for row, result in self._extract_all(rows, bar):
            if result["ventanas_leidas"]:
                raise PasoFallido(
                    "Extraer otra vez: nada cambia",
                    f"{row.nombre} {row.anio}: se leyeron otra vez {result['ventanas_leidas']} ventanas.",
                )

    def _extract_all(self, rows: list[Row], bar: Bar) -> Iterator[tuple[Row, Json]]:
        """All companies at once: the worker takes as many as it has processes."""
        tasks = [
            self._api.post(
                "/api/sistema/extraer_datos/",
                {
                    "empresa_servidor_id": row.empresa_id,
                    "fecha_inicio": f"{row.anio}-01-01",
                    "fecha_fin": f"{row.anio}-12-31",
                    "forzar_reextraccion": False,
                },
            )["task_id"]
            for row in rows
        ]
        for row, task_id in zip(rows, tasks, strict=True):
            title = f"{row.nombre.title()} {row.anio}"
            yield row, self._api.follow(task_id, _watch(bar, title))

    def _compare(self, bar: Bar) -> None:
        rows = [row for row in self.outcome.rows if row.empresa_id is not None]
        bar.total(len(rows))
        for row in rows:
            coverage = self._api.get(f"/api/empresas-servidor/{row.empresa_id}/cobertura/")
            runs = self._api.pages("/api/ejecuciones-extraccion/", empresa_servidor=row.empresa_id, estado="EXITO")
            details = [self._api.get(f"/api/ejecuciones-extraccion/{run['id']}/") for run in runs]
            reconciliation = [window for detail in details for window in detail["conciliacion"]]
            row.comparison = compare(self._base(row), coverage["ventanas"], reconciliation)
            bar.done(1)
        if self.outcome.differences:
            raise PasoFallido(
                "Comparar origen y destino",
                f"Hay {len(self.outcome.differences)} ventanas que no coinciden.",
                tecnico="\n".join(self.outcome.differences[:20]),
            )

    def _base(self, row: Row) -> VerdadBase:
        return next(base for base in self._truth.bases if (base.servidor, base.codigo) == (row.servidor, row.codigo))

    # -- key, models, forecasts --------------------------------------------------------------------------------

    def _issue_key(self, bar: Bar) -> None:
        step = "Generar y validar una API key"
        for old in self._api.pages("/api/api-keys/listar_api_keys/", buscar=KEY_OWNER):
            if old["activa"]:
                self._api.post("/api/api-keys/revocar_api_key/", {"id": old["id"]})
        companies = {row.empresa_id for row in self._rows_of(TRAINED[0])}
        made = self._api.post(
            "/api/api-keys/generar_api_key/",
            {"nit": self._rows_of(TRAINED[0])[0].nit, "nombre_cliente": KEY_OWNER, "dias_validez": 30},
        )
        self.outcome.key = made["api_key"]
        with Api(self._url) as nobody:
            valid = nobody.post("/api/api-keys/validar_api_key/", {"api_key": self.outcome.key})
        if {company["id"] for company in valid["empresas"]} != companies:
            raise PasoFallido(step, "La llave no cubre justo las empresas de su NIT.", tecnico=str(valid["empresas"]))
        with Api(self._url, key=self.outcome.key) as client:
            seen = {company["id"] for company in client.pages("/api/empresas-servidor/")}
        if seen != companies:
            raise PasoFallido(step, "Con la llave no se ven justo las empresas de su NIT.", tecnico=str(seen))
        self.outcome.key_companies = len(companies)

    def _train(self, bar: Bar) -> None:
        tasks = [
            self._api.post("/api/ml/entrenar_modelos/", {"empresa_servidor_id": self._rows_of(nit)[0].empresa_id})
            for nit in TRAINED
        ]
        bar.total(100 * len(tasks))
        for nit, task in zip(TRAINED, tasks, strict=True):
            self._api.follow(task["task_id"], _watch_percentage(bar, self._rows_of(nit)[0].nombre.title()))
        self.outcome.models = [
            model for model in self._api.pages("/api/ml/modelos/", estado="EN_SERVICIO") if model["nit_base"] in TRAINED
        ]
        kinds = [_kinds(model["archivos"]) for model in self.outcome.models]
        self.outcome.model_kinds = min((len(found) for found in kinds), default=0)
        if len(self.outcome.models) != len(TRAINED) or self.outcome.model_kinds != 2:
            raise PasoFallido("Entrenar los modelos", "Faltan modelos de algún NIT.", tecnico=str(kinds))

    def _predict(self, bar: Bar) -> None:
        bar.total(sum(model["articulos"] for model in self.outcome.models))
        for model in self.outcome.models:
            for page in self._forecast_pages(model["nit"]):
                for article in page["articulos"]:
                    self.outcome.articles += 1
                    self.outcome.forecasts += len(article["pronostico"])
                bar.done(len(page["articulos"]), model["empresa_nombre"].title())
        if not self.outcome.forecasts:
            raise PasoFallido("Predecir la demanda", "No hay pronósticos de ningún artículo.")

    def _forecast_pages(self, nit: str) -> Iterator[Json]:
        page = 0
        while True:
            page += 1
            body = {"nit": nit, "meses": MONTHS, "meses_historia": 0, "pagina": page, "tamano": 200}
            answer = self._api.post("/api/ml/predecir_demanda/", body)
            yield answer
            if not answer["hay_mas"]:
                return

    def _rows_of(self, nit_base: str) -> list[Row]:
        codes = {(base.servidor, base.codigo) for base in self._truth.bases if base.nit_base == nit_base}
        return [row for row in self.outcome.rows if (row.servidor, row.codigo) in codes]


def _kinds(files: Mapping[str, Any]) -> set[str]:
    """ "prophet" and "xgboost", of the model files that there are."""
    return {name.rpartition("_")[2].removesuffix(".joblib") for name in files if name.endswith(".joblib")}


def _verdict(expected: Descubierta, found: Mapping[tuple[str, str], Row]) -> str:
    """What is wrong with the outcome of one row; empty when nothing is."""
    row = found.get((expected.servidor, expected.codigo))
    label = f"{expected.servidor} {expected.codigo}"
    if expected.resultado == "sin_nit":
        return f"{label}: no tiene NIT y apareció como {row.accion}" if row else ""
    if row is None:
        return f"{label}: no apareció; se esperaba {expected.resultado}"
    if row.accion not in _OUTCOMES[expected.resultado]:
        return f"{label}: {row.accion} ({row.motivo}); se esperaba {expected.resultado}"
    return "" if row.accion != "omitida" or row.motivo else f"{label}: omitida sin decir por qué"


def _watch(bar: Bar, title: str) -> Callable[[Json], None]:
    """Feeds the units a task has done to a bar that counts the units of many."""
    before = 0

    def watcher(task: Json) -> None:
        nonlocal before
        finished = task["estado"] == "EXITO" and isinstance(task["resultado"], dict)
        units = task["resultado"].get("filas_cargadas", before) if finished else task["progreso"]["hecho"]
        units = max(before, units)
        bar.done(units - before, f"{title}: {task['mensaje'] or task['etapa']}" if not finished else title)
        before = units

    return watcher


def _watch_percentage(bar: Bar, title: str) -> Callable[[Json], None]:
    """A hundred units a task. Its stages begin anew, so the bar moves when the task ends and meanwhile tells."""
    done = 0

    def watcher(task: Json) -> None:
        nonlocal done
        units = 100 if task["estado"] == "EXITO" else done
        bar.done(units - done, f"{title}: {task['mensaje'] or task['etapa']}")
        done = units

    return watcher
