"""`tns dian`: reads and verifies electronic documents from the command line, without database."""

from __future__ import annotations

import json
import sys
from pathlib import Path
from typing import TYPE_CHECKING, Annotated, Any

from tns.cli.espanol import Command, Group, typer

if TYPE_CHECKING:
    from collections.abc import Iterator

    from tns.engines.ubl.verify import Verifier

dian = typer.Typer(
    cls=Group,
    help="Documentos electrónicos de la DIAN: los lee y los verifica en este equipo.",
    no_args_is_help=True,
    subcommand_metavar="ORDEN [ARGUMENTOS]...",
    options_metavar="[OPCIONES]",
)

OK, BAD, USAGE = 0, 1, 2
_WORDS = {
    "verificado": "[green]verificado[/]",
    "no_coincide": "[red]no coincide[/]",
    "no_verificable": "no verificable",
    "valida": "[green]válida[/]",
    "cuerpo_alterado": "[red]cuerpo alterado[/]",
    "firma_falsa": "[red]firma falsa[/]",
    "sin_firma": "sin firma",
    "ok": "[green]ok[/]",
    "difieren": "[red]difieren[/]",
}
_WRONG = {"no_coincide", "cuerpo_alterado", "firma_falsa", "difieren"}


@dian.callback()
def _group() -> None:
    """Keep `verificar` a command of its own even while it is the only one."""


@dian.command(cls=Command, options_metavar="[OPCIONES]")
def verificar(
    archivos: Annotated[
        list[Path], typer.Argument(metavar="ARCHIVO...", help="XML, ZIP o mensaje .eml; «-» lee la entrada estándar.")
    ],
    como_json: Annotated[
        bool, typer.Option("--json", help="Escribe una lista JSON con un elemento por documento.")
    ] = False,
    clave_tecnica: Annotated[
        str, typer.Option("--clave-tecnica", metavar="CLAVE", help="Clave técnica del rango, para recalcular el CUFE.")
    ] = "",
    pin: Annotated[
        str, typer.Option("--pin", metavar="PIN", help="PIN del software, para recalcular CUDE, CUDS y eventos.")
    ] = "",
    ambiente: Annotated[
        str, typer.Option("--ambiente", metavar="1|2", help="1 producción, 2 pruebas; si no, el que diga el documento.")
    ] = "",
    raices: Annotated[
        Path | None,
        typer.Option("--raices", metavar="PEM", help="Certificados raíz en que confía, para comprobar la cadena."),
    ] = None,
) -> None:
    """Lee cada documento y comprueba su código (CUFE, CUDE, CUDS), su firma y sus sumas.

    Termina en 0 si nada está mal, en 1 si algún documento no coincide, fue alterado o se rechaza, y en 2 si la orden
    está mal escrita.
    """
    if ambiente not in ("", "1", "2"):
        raise typer.BadParameter("escriba 1 (producción) o 2 (pruebas).", param_hint="--ambiente")
    verifier = _verifier(clave_tecnica, pin, ambiente, raices)
    rows = [row for path in archivos for row in _rows(verifier, path)]
    if como_json:
        sys.stdout.write(json.dumps(rows, ensure_ascii=False, indent=2) + "\n")
    else:
        _show(rows)
    raise typer.Exit(BAD if any(_is_wrong(row) for row in rows) else OK)


def _verifier(clave_tecnica: str, pin: str, ambiente: str, raices: Path | None) -> Verifier:
    from tns.engines.ubl.certificates import load_roots
    from tns.engines.ubl.codes import Claves
    from tns.engines.ubl.verify import Verifier

    roots: tuple[Any, ...] = ()
    if raices is not None:
        try:
            roots = load_roots(raices.read_bytes())
        except (OSError, ValueError) as error:
            message = "no se pudo leer: dé un archivo PEM con certificados."
            raise typer.BadParameter(message, param_hint="--raices") from error
    return Verifier(Claves(clave_tecnica, pin), ambiente=ambiente, roots=roots)


def _rows(verifier: Verifier, path: Path) -> Iterator[dict[str, Any]]:
    from tns.engines.ubl.as_json import summary
    from tns.engines.ubl.errors import refuse
    from tns.engines.ubl.verify import Verificacion

    limit = verifier.limits.file_bytes + 1
    try:
        if str(path) == "-":
            data = sys.stdin.buffer.read(limit)
        else:
            with path.open("rb") as stream:
                data = stream.read(limit)
    except OSError as error:
        detail = "El archivo no existe." if isinstance(error, FileNotFoundError) else "El archivo no se pudo leer."
        yield summary(str(path), Verificacion((), rechazo=refuse("archivo_no_leido", detail)))
        return
    for verification in verifier.file(data):
        yield summary(str(path), verification)


def _is_wrong(row: dict[str, Any]) -> bool:
    container = row.get("contenedor") or {}
    states = {row["codigo"], row["firma"], row["totales"], container.get("firma")}
    return row["rechazo"] is not None or bool(states & _WRONG)


def _show(rows: list[dict[str, Any]]) -> None:
    from rich.console import Console
    from rich.markup import escape
    from rich.table import Table

    console = Console(highlight=False)
    table = Table(box=None, pad_edge=False)
    for title in ("Archivo", "Tipo", "Número", "Código", "Firma", "Totales"):
        table.add_column(title, overflow="fold")
    for row in rows:
        name = escape(" › ".join([Path(row["archivo"]).name, *row["ruta"]]))
        if row["rechazo"] is not None:
            table.add_row(name, "[red]rechazado[/]", "", "", "", "")
            continue
        states = [_WORDS.get(row[key], "—") for key in ("codigo", "firma", "totales")]
        table.add_row(name, escape(row["tipo_nombre"]), escape(row["numero"]), *states)
    console.print(table)
    for row in rows:
        for remark in _remarks(row):
            console.print(f"· {escape(Path(row['archivo']).name)}: {escape(remark)}", style="dim")


def _remarks(row: dict[str, Any]) -> Iterator[str]:
    if row["rechazo"] is not None:
        yield row["rechazo"]
        return
    detail = row["detalle"]
    yield detail["codigo"]["motivo"]
    if row["firma"] != "sin_firma":
        signature = detail["firma"]
        signer = (signature["certificado"] or {}).get("titular", "")
        yield f"{signature['motivo']} {_trust(signature)}" + (f" Firmó: {signer}." if signer else "")
    for difference in (detail["totales"] or {}).get("diferencias", []):
        yield f"{difference['donde']}: da {difference['esperado']} y dice {difference['declarado']}."
    yield from row["avisos"]


def _trust(signature: dict[str, Any]) -> str:
    dates = {"vencido": "El certificado estaba vencido.", "aun_no_vigente": "El certificado aún no estaba vigente."}
    chains = {
        "confiable": "La cadena del certificado es de confianza.",
        "no_confiable": "La cadena del certificado no llega a una raíz de confianza.",
        "sin_raices": "No se comprobó quién respalda el certificado (use --raices).",
    }
    return f"{dates.get(signature['vigencia'], '')} {chains[signature['cadena']]}".strip()
