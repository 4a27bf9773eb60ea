"""The cast: which invented company keeps which fiscal year on which server, how its NIT is written, and what is odd.

The NITs belong to a range that is not in use (999.000.1xx) with their right check digit, unless said; the rows of ADMIN
tell too what discovery must answer, server "A" discovered first.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import Literal

from stdnum.co import nit as _nit

CARPETA = "C:\\Datos TNS\\"
RUTA_MAESTRA = "C:\\Visual TNS\\ADMIN.GDB"

Clave = Literal["A", "B"]
Resultado = Literal["creada", "omitida", "no_leida", "sin_nit"]


@dataclass(frozen=True)
class Base:
    """One .GDB: a company in one fiscal year.

    Attributes:
        nit: as written in EMPRESAS.
        charset: default charset of the database.
        perfil: "kardex" (the tables of Visual TNS), "tabla" or "vista" (only MOVIMIENTOS).
    """

    servidor: Clave
    codigo: str
    anio: int
    nit: str
    archivo: str
    charset: str = "WIN1252"
    perfil: Literal["kardex", "tabla", "vista"] = "kardex"

    @property
    def ruta(self) -> str:
        """The path as the server sees it, the one written in EMPRESAS.ARCHIVO."""
        return CARPETA + self.archivo


@dataclass(frozen=True)
class Empresa:
    """A company with all its fiscal years; `articulos` and `lineas_mes` are those of the demonstration."""

    base: str
    nombre: str
    sector: str
    articulos: int
    lineas_mes: int
    bases: tuple[Base, ...]

    @property
    def dv(self) -> str:
        return digito(self.base)


@dataclass(frozen=True)
class Rareza:
    """A row of EMPRESAS that creates nothing. `ganador` is the row that does: (server, CODIGO)."""

    servidor: Clave
    codigo: str
    nombre: str
    nit: str | None
    anio: str | None
    archivo: str
    resultado: Resultado
    motivo: str
    ganador: tuple[Clave, str] | None = None


def digito(base: str) -> str:
    """Right check digit of a NIT's base."""
    return str(_nit.calc_check_digit(base))


def con_puntos(base: str) -> str:
    return f"{int(base):,}".replace(",", ".")


def _bases(
    servidor: Clave, desde: int, archivo: str, nits: dict[int, str], charset: str = "WIN1252"
) -> tuple[Base, ...]:
    return tuple(
        Base(servidor, f"{desde + orden:02d}", anio, nit, f"{archivo}{anio}.GDB", charset)
        for orden, (anio, nit) in enumerate(nits.items())
    )


def empresas() -> tuple[Empresa, ...]:
    """The seven companies, eighteen databases."""
    andina, tornillo, pueblo, esperanza, sur, caribe, sabana = (
        "999000101", "999000102", "999000103", "1999000104", "999000105", "999000106", "999000107",
    )  # fmt: skip
    completo = {nit: f"{con_puntos(nit)}-{digito(nit)}" for nit in (andina, tornillo, pueblo, sur, caribe)}
    guion = f"{tornillo}-{digito(tornillo)}"
    falso = str((int(digito(sabana)) + 3) % 10)
    return (
        Empresa(andina, "DISTRIBUIDORA ANDINA DE INSUMOS SAS", "medico", 240, 950,
                _bases("A", 1, "ANDINA", dict.fromkeys((2023, 2024, 2025), completo[andina]))),
        Empresa(tornillo, "FERRETERÍA EL TORNILLO DE BOYACÁ LTDA", "ferreteria", 260, 1450,
                _bases("A", 4, "TORNILLO", dict.fromkeys((2023, 2024, 2025), guion), "NONE")),
        Empresa(pueblo, "COMERCIALIZADORA DE ABARROTES EL PUEBLO SAS", "abarrotes", 330, 2900,
                (*_bases("A", 7, "PUEBLO", {2023: completo[pueblo], 2024: pueblo}),
                 *_bases("B", 7, "EL PUEBLO ", {2025: pueblo + digito(pueblo)}))),
        Empresa(esperanza, "DROGUERÍA LA ESPERANZA", "drogueria", 250, 1600,
                _bases("B", 1, "ESPERANZA", {2023: esperanza, 2024: con_puntos(esperanza), 2025: esperanza})),
        Empresa(sur, "PAPELERÍA Y TECNOLOGÍA DEL SUR SAS", "papeleria", 210, 900,
                _bases("B", 4, "PAPELSUR", dict.fromkeys((2023, 2024, 2025), completo[sur]), "ISO8859_1")),
        Empresa(caribe, "SERVICIOS LOGÍSTICOS DEL CARIBE SAS", "logistica", 70, 320,
                (Base("B", "09", 2024, completo[caribe], "CARIBE2024.GDB", perfil="tabla"),
                 Base("B", "10", 2025, completo[caribe], "CARIBE2025.GDB", perfil="vista"))),
        Empresa(sabana, "REPUESTOS Y FRENOS DE LA SABANA SAS", "repuestos", 90, 480,
                (Base("A", "09", 2025, f"{con_puntos(sabana)}-{falso}", "SABANA2025.GDB"),)),
    )  # fmt: skip


def rarezas() -> tuple[Rareza, ...]:
    """Rows of both ADMIN.GDB that are there to be skipped, refused or not seen."""
    return (
        Rareza("A", "10", "FERRETERÍA EL TORNILLO DE BOYACÁ LTDA", "999000102", "2024", "TORNILLO2024 COPIA.GDB",
               "omitida", "repetida_en_admin", ("A", "05")),
        Rareza("A", "11", "FERRETERÍA EL TORNILLO (ENSAYO)", "999.000.102", "2O24", "ENSAYO.GDB",
               "no_leida", "anio_no_numerico"),
        Rareza("A", "12", "EMPRESA SIN NIT", None, "2024", "SINNIT.GDB", "sin_nit", "nit_nulo"),
        Rareza("A", "13", "EMPRESA CON NIT EN BLANCO", "   ", "2024", "BLANCO.GDB", "no_leida", "nit_vacio"),
        Rareza("B", "08", "DISTRIBUIDORA ANDINA DE INSUMOS SAS", "999000101", "2025", "ANDINA2025.GDB",
               "omitida", "existe_en_otro_servidor", ("A", "03")),
        Rareza("B", "11", "EMPRESA SIN NIT", None, "2025", "SINNIT.GDB", "sin_nit", "nit_nulo"),
        Rareza("B", "12", "EMPRESA SIN AÑO", "999000108", None, "SINANIO.GDB", "no_leida", "anio_vacio"),
    )  # fmt: skip
