"""Which months are whole: the rules of tns.ml.meses, one by one."""

from __future__ import annotations

import datetime as dt

from tests.ml.datos import meses_entre
from tns.ml.meses import MesesUtiles, Ventana, meses_utiles, ultimo_dia

HOY = dt.date(2026, 3, 15)


def ventanas(desde: str, hasta: str, *, anio: int, leida: dt.date = HOY) -> list[Ventana]:
    return [Ventana(anio, mes, ultimo_dia(mes), leida) for mes in meses_entre(desde, hasta)]


def calcular(
    desde: str, hasta: str, cobertura: list[Ventana], *, anios: tuple[int, ...] = (2025,), ultimo: dt.date | None = None
) -> MesesUtiles | None:
    meses = list(meses_entre(desde, hasta))
    return meses_utiles(
        con_movimientos=meses,
        ultimo_movimiento=ultimo or ultimo_dia(meses[-1]),
        ventanas=cobertura,
        anios=anios,
        hoy=HOY,
    )


def rango(utiles: MesesUtiles | None) -> tuple[str, str] | None:
    return utiles and (utiles.primero.strftime("%Y-%m"), utiles.ultimo.strftime("%Y-%m"))


def test_every_covered_month_counts() -> None:
    assert rango(calcular("2025-01", "2025-12", ventanas("2025-01", "2025-12", anio=2025))) == ("2025-01", "2025-12")


def test_the_month_under_way_never_counts() -> None:
    cobertura = ventanas("2026-01", "2026-03", anio=2026)
    assert rango(calcular("2026-01", "2026-03", cobertura, anios=(2026,))) == ("2026-01", "2026-02")


def test_a_month_read_before_it_was_over_does_not_count() -> None:
    cobertura = ventanas("2025-01", "2025-06", anio=2025, leida=dt.date(2025, 6, 30))
    assert rango(calcular("2025-01", "2025-06", cobertura)) == ("2025-01", "2025-05")


def test_a_month_covered_by_two_halves_counts() -> None:
    mitades = [
        Ventana(2025, dt.date(2025, 1, 1), dt.date(2025, 1, 15), HOY),
        Ventana(2025, dt.date(2025, 1, 16), dt.date(2025, 1, 31), HOY),
    ]
    assert rango(calcular("2025-01", "2025-01", mitades)) == ("2025-01", "2025-01")
    assert calcular("2025-01", "2025-01", mitades[:1]) is None


def test_history_starts_after_a_gap_and_says_so() -> None:
    cobertura = ventanas("2025-01", "2025-04", anio=2025) + ventanas("2025-06", "2025-12", anio=2025)
    utiles = calcular("2025-01", "2025-12", cobertura)
    assert rango(utiles) == ("2025-06", "2025-12")
    assert "2025-05" in utiles.avisos[0]


def test_a_covered_month_without_movements_is_a_month_without_demand() -> None:
    utiles = meses_utiles(
        con_movimientos=[dt.date(2025, 1, 1), dt.date(2025, 4, 1)],
        ultimo_movimiento=dt.date(2025, 4, 2),
        ventanas=ventanas("2025-01", "2025-06", anio=2025),
        anios=[2025],
        hoy=HOY,
    )
    assert rango(utiles) == ("2025-01", "2025-06")


def test_the_company_of_another_year_does_not_vouch_for_a_year_that_has_its_own() -> None:
    cobertura = ventanas("2024-01", "2025-12", anio=2024)
    assert rango(calcular("2024-01", "2025-03", cobertura, anios=(2024, 2025))) == ("2024-01", "2024-12")
    assert rango(calcular("2024-01", "2025-03", cobertura, anios=(2024,))) == ("2024-01", "2025-12")


def test_without_windows_the_last_month_counts_only_if_its_last_day_has_movements() -> None:
    assert rango(calcular("2025-01", "2025-06", [])) == ("2025-01", "2025-06")
    assert rango(calcular("2025-01", "2025-06", [], ultimo=dt.date(2025, 6, 29))) == ("2025-01", "2025-05")


def test_without_windows_a_mistyped_century_is_left_out() -> None:
    utiles = meses_utiles(
        con_movimientos=[dt.date(1925, 1, 1), *meses_entre("2025-01", "2025-03")],
        ultimo_movimiento=dt.date(2025, 3, 31),
        ventanas=[],
        anios=[2025],
        hoy=HOY,
    )
    assert rango(utiles) == ("2025-01", "2025-03")
    assert utiles.avisos
