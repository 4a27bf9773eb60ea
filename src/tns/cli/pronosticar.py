"""`tns pronosticar`: the forecasting engine on any file; needs no database and no settings."""

from __future__ import annotations

from pathlib import Path
from typing import Annotated

from tns.cli.espanol import typer


def pronosticar(
    entrada: Annotated[
        Path,
        typer.Option(
            help="Historia mensual, .parquet o .csv: unique_id (artículo), ds (mes), y (unidades) y, si las hay, "
            "columnas conocidas de cada mes como el precio o el tipo de artículo.",
            metavar="ARCHIVO",
        ),
    ],
    salida: Annotated[Path, typer.Option(help="Dónde escribir el pronóstico: .parquet o .csv.", metavar="ARCHIVO")],
    horizonte: Annotated[int, typer.Option(min=1, max=24, help="Meses por pronosticar.", metavar="MESES")] = 6,
    metadatos: Annotated[
        Path | None, typer.Option(help="Escribe aquí, en JSON, los pesos y las métricas del modelo.", metavar="ARCHIVO")
    ] = None,
) -> None:
    """Pronostica la demanda mensual de cada artículo de un archivo, con intervalos del 80 % y del 95 %.

    Escribe unique_id, ds, y_hat, lo80, hi80, lo95, hi95 y modelo: una fila por artículo y mes.
    """
    from tns.engines.errors import TNSError

    try:
        _run(entrada, salida, horizonte, metadatos)
    except TNSError as error:
        typer.echo(f"Error: {error}", err=True)
        if error.tecnico:
            typer.echo(f"Detalle técnico: {error.tecnico}", err=True)
        raise typer.Exit(1) from error


def _import_lightly() -> None:
    """Import XGBoost and Prophet without scikit-learn and matplotlib, which they look for and this command never uses.

    Those two cost as much as reading and forecasting thousands of articles. A name that stands for None in sys.modules
    is a package that is not installed; both libraries work without, and nothing else runs in this process.
    """
    import logging
    import sys

    absent = [name for name in ("sklearn", "matplotlib") if name not in sys.modules]
    logging.getLogger("prophet.plot").setLevel(logging.CRITICAL)  # complains that it cannot draw
    sys.modules.update(dict.fromkeys(absent))
    try:
        import prophet  # noqa: F401
        import xgboost  # noqa: F401
    finally:
        for name in absent:
            del sys.modules[name]


def _run(entrada: Path, salida: Path, horizonte: int, metadatos: Path | None) -> None:
    import json

    from tns.engines.forecasting import fit
    from tns.engines.forecasting.files import check_output, read_panel, write_table, write_text

    check_output(salida)
    panel = read_panel(entrada)
    _import_lightly()
    model = fit(panel, horizon=horizonte)
    write_table(model.predict(horizonte), salida)
    if metadatos is not None:
        write_text(json.dumps(model.metadata(), ensure_ascii=False, indent=1), metadatos)
    typer.echo(f"{model.panel.articles} artículos por {horizonte} meses en {salida}")
