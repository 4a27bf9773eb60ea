"""The `tns` command. Nothing heavy is imported before a command needs it: `tns --help` answers at once."""

from __future__ import annotations

from typing import Annotated

from tns.cli.dian import dian
from tns.cli.espanol import Command, Group, typer
from tns.cli.pronosticar import pronosticar

app = typer.Typer(
    name="tns",
    cls=Group,
    help="TNS Core en este equipo: la pila local completa, su demostración y su administración.",
    no_args_is_help=True,
    add_completion=False,
    subcommand_metavar="ORDEN [ARGUMENTOS]...",
    options_metavar="[OPCIONES]",
    pretty_exceptions_enable=False,
    context_settings={"help_option_names": ["--help", "--ayuda", "-h"]},
)

app.add_typer(dian, name="dian")
app.command(cls=Command, options_metavar="[OPCIONES]")(pronosticar)

Puerto = Annotated[int | None, typer.Option(help="Puerto preferido de la web.", metavar="PUERTO")]


@app.command(cls=Command, options_metavar="[OPCIONES]")
def up(
    puerto: Puerto = None,
    sin_registro: Annotated[
        bool, typer.Option("--sin-registro", help="No muestra el registro de las partes mientras corre.")
    ] = False,
) -> None:
    """Inicia toda la pila local y la vigila hasta Ctrl-C.

    PostgreSQL, Valkey, Firebird, MLflow, la web y los procesos de tareas, en puertos libres de 127.0.0.1. La parte que
    tenga su dirección en el entorno o en .env (DATABASE_URL, REDIS_URL, MLFLOW_TRACKING_URI) no se inicia: se usa esa.
    """
    from tns.cli.pila import run_up

    raise typer.Exit(run_up(web_port=puerto, follow_logs=not sin_registro))


@app.command(cls=Command, options_metavar="[OPCIONES]")
def demo(
    seguir: Annotated[bool, typer.Option("--seguir", help="Al terminar deja la pila en marcha, hasta Ctrl-C.")] = False,
    puerto: Puerto = None,
    escala: Annotated[str, typer.Option(hidden=True, help="demo, o prueba para ver el flujo en poco tiempo.")] = "demo",
) -> None:
    """Recorre el flujo completo sobre una instalación de demostración.

    Registra los servidores, descubre las empresas, extrae sus movimientos, genera una llave, entrena los modelos y
    predice la demanda, todo por la API, y compara lo obtenido con lo que hay en los servidores.
    """
    from tns.cli.demo import run_demo

    raise typer.Exit(run_demo(stay=seguir, web_port=puerto, scale=escala))


@app.command(cls=Command, options_metavar="[OPCIONES]")
def estado(
    como_json: Annotated[bool, typer.Option("--json", help="Escribe el estado en JSON.")] = False,
) -> None:
    """Muestra cada parte de la pila: si corre, dónde y desde cuándo."""
    from tns.cli.pila import show_state

    raise typer.Exit(show_state(as_json=como_json))


@app.command(cls=Command, options_metavar="[OPCIONES]")
def stop() -> None:
    """Detiene la pila local, aunque se haya iniciado en otra ventana."""
    from tns.cli.pila import run_stop

    raise typer.Exit(run_stop())


@app.command(cls=Command, options_metavar="[OPCIONES]")
def limpiar(
    si: Annotated[bool, typer.Option("--si", help="No pregunta.")] = False,
) -> None:
    """Detiene la pila local y borra todos sus datos: base de datos, servidores de demostración y registros."""
    from tns.cli.pila import run_clean

    raise typer.Exit(run_clean(confirmed=si))


@app.command(cls=Command, options_metavar="[OPCIONES]")
def registros(
    parte: Annotated[list[str] | None, typer.Argument(help="Partes que interesan; todas si no se dice.")] = None,
    seguir: Annotated[
        bool, typer.Option("--seguir", "-f", help="Sigue mostrando lo que llegue, hasta Ctrl-C.")
    ] = False,
    lineas: Annotated[int, typer.Option("--lineas", "-n", help="Líneas del final de cada registro.")] = 20,
) -> None:
    """Muestra juntos los registros de las partes."""
    from tns.cli.pila import show_logs

    raise typer.Exit(show_logs(names=parte or [], follow=seguir, lines=lineas))


@app.command(
    cls=Command,
    add_help_option=False,
    options_metavar="",
    context_settings={"allow_extra_args": True, "ignore_unknown_options": True},
)
def manage(ctx: typer.Context) -> None:
    """Ejecuta una orden de Django con el entorno de la pila local."""
    from tns.cli.pila import run_manage

    raise typer.Exit(run_manage(ctx.args))
