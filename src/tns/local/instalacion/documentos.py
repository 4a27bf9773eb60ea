"""Documents of a company as parallel arrays: how they are made out of lines, copied, chosen and put in order.

Every amount is an integer, so that sums are exact: quantities in ten-thousandths (`cantidad`), unit prices before IVA
in cents (`precio`). `valor` is their product in cents, exact by construction.
"""

from __future__ import annotations

from dataclasses import dataclass, fields, replace
from typing import TypeVar

import numpy as np
from numpy.typing import NDArray

from tns.local.instalacion.catalogo import UNIDAD, Catalogo, Enteros
from tns.local.instalacion.demanda import Ventas

#: Codes of KARDEX.CODCOMP and what an extraction calls them; None is not a movement, CZ (quotation) is unknown to it.
TIPOS: dict[str, str | None] = {
    "FV": "FACTURA_VENTA", "DV": "DEVOLUCION_VENTA", "FC": "FACTURA_COMPRA", "DC": "DEVOLUCION_COMPRA",
    "RS": "REMISION_SALIDA", "RE": "REMISION_ENTRADA", "NI": "NOTA_INVENTARIO", "PV": None, "PC": None, "CZ": "OTRO",
}  # fmt: skip
CODIGOS = tuple(TIPOS)
#: What a document is: it counts, was never posted, was voided, or its third party is ANULA.
NORMAL, SIN_ASENTAR, ANULADO, TERCERO_ANULA = range(4)
ANULA, CONSUMIDOR_FINAL, PRIMER_CLIENTE = 0, 1, 2  # rows of TERCEROS that always are there
SIN_TERCERO = -1
_T = TypeVar("_T", "Lineas", "Documentos")


def codigo(codcomp: str) -> int:
    return CODIGOS.index(codcomp)


@dataclass(frozen=True)
class Lineas:
    """Lines of documents. `articulo` ≥ len(catalogue) is a heading; `dto` is the discount in per cent."""

    documento: Enteros
    articulo: Enteros
    bodega: Enteros
    cantidad: Enteros
    precio: Enteros
    dto: Enteros
    en_cajas: Enteros

    @property
    def valor(self) -> Enteros:
        """Cents: quantity by price, without remainder."""
        return self.cantidad * self.precio // UNIDAD

    def __len__(self) -> int:
        return len(self.documento)


@dataclass(frozen=True)
class Documentos:
    """Headers; a line's `documento` is a position here."""

    codcomp: Enteros
    dia: Enteros
    estado: Enteros
    tercero: Enteros
    contado: Enteros

    def __len__(self) -> int:
        return len(self.dia)


@dataclass(frozen=True)
class Libro:
    """All the documents of a company, of every fiscal year, in order of date."""

    documentos: Documentos
    lineas: Lineas

    def anexar(self, otro: Libro) -> Libro:
        corridas = replace(otro.lineas, documento=otro.lineas.documento + len(self.documentos))
        return Libro(_unir(self.documentos, otro.documentos), _unir(self.lineas, corridas))

    def elegir(self, cuales: NDArray[np.bool_]) -> Libro:
        """The book of the chosen documents only."""
        nuevo = np.cumsum(cuales) - 1
        de_ellos = cuales[self.lineas.documento]
        lineas = _filtrar(self.lineas, de_ellos)
        return Libro(_filtrar(self.documentos, cuales), replace(lineas, documento=nuevo[lineas.documento]))

    def ordenado(self) -> Libro:
        """By date; within a day as they came."""
        orden = np.argsort(self.documentos.dia, kind="stable")
        puesto = np.empty(len(orden), np.int64)
        puesto[orden] = np.arange(len(orden))
        lineas = replace(self.lineas, documento=puesto[self.lineas.documento])
        por_documento = np.argsort(lineas.documento, kind="stable")
        return Libro(_filtrar(self.documentos, orden), _filtrar(lineas, por_documento))

    def valido(self) -> NDArray[np.bool_]:
        """Lines of documents that were posted, not voided, and not to ANULA."""
        cuentan: NDArray[np.bool_] = self.documentos.estado[self.lineas.documento] == NORMAL
        return cuentan


def _unir(uno: _T, otro: _T) -> _T:
    return type(uno)(**{
        campo.name: np.concatenate([getattr(uno, campo.name), getattr(otro, campo.name)]) for campo in fields(uno)
    })  # fmt: skip


def _filtrar(tabla: _T, cuales: NDArray[np.bool_] | Enteros) -> _T:
    return type(tabla)(**{campo.name: getattr(tabla, campo.name)[cuales] for campo in fields(tabla)})


def agrupar(
    azar: np.random.Generator,
    codcomp: str,
    dia: Enteros,
    por_documento: float,
    tercero: Enteros | None = None,
    **datos: Enteros,
) -> Libro:
    """Put lines into documents of some `por_documento` lines; a document has one day and, when given, one third party.

    Without `tercero` the documents get SIN_TERCERO.
    """
    if tercero is None:
        tercero = np.full(len(dia), SIN_TERCERO, np.int64)
    orden = np.lexsort((azar.random(len(dia)), tercero, dia))
    dia, tercero = dia[orden], tercero[orden]
    corte = azar.random(len(dia)) < 1 / max(por_documento, 1)
    corte[1:] |= (dia[1:] != dia[:-1]) | (tercero[1:] != tercero[:-1])
    if len(corte):
        corte[0] = True
    documento = np.cumsum(corte) - 1
    ceros = np.zeros(len(dia), np.int64)
    completos = {"dto": ceros, "en_cajas": ceros, **{nombre: valor[orden] for nombre, valor in datos.items()}}
    cuantos = int(corte.sum())
    return Libro(
        Documentos(
            np.full(cuantos, codigo(codcomp)), dia[corte], np.zeros(cuantos, np.int64), tercero[corte],
            (azar.random(cuantos) < 0.55).astype(np.int64),
        ),
        Lineas(documento=documento, **completos),
    )  # fmt: skip


def repetir(
    azar: np.random.Generator,
    libro: Libro,
    fraccion: float,
    *,
    codcomp: str | None = None,
    estado: int = NORMAL,
    antes: int = 0,
) -> Libro:
    """Copies of some documents as another kind or in another state, up to `antes` days earlier in the same year.

    At least one of each year, so that the smallest installation shows every case.
    """
    elegidos = azar.random(len(libro.documentos)) < fraccion
    anios = libro.documentos.dia.astype("datetime64[D]").astype("datetime64[Y]")
    for anio in np.unique(anios):
        elegidos[azar.choice(np.flatnonzero(anios == anio))] = True
    elegido = libro.elegir(elegidos)
    documentos = elegido.documentos
    dia = documentos.dia
    if antes:
        enero = dia.astype("datetime64[D]").astype("datetime64[Y]").astype("datetime64[D]").astype(np.int64)
        dia = np.maximum(dia - azar.integers(1, antes + 1, len(dia)), enero)
    cambios = {"dia": dia, "estado": np.full(len(dia), estado)}
    if codcomp is not None:
        cambios["codcomp"] = np.full(len(dia), codigo(codcomp))
    if estado == TERCERO_ANULA:
        cambios["tercero"] = np.full(len(dia), ANULA)
    return Libro(replace(documentos, **cambios), elegido.lineas)


def libro_de_ventas(azar: np.random.Generator, catalogo: Catalogo, ventas: Ventas, clientes: int) -> Libro:
    """Invoices and returns of the fiscal years (what falls after them is left out)."""
    fin = int((ventas.primer_mes + ventas.meses).astype("datetime64[D]").astype(np.int64))
    dto = azar.choice([0, 0, 0, 0, 3, 5, 10], len(ventas.dia))
    dto[catalogo.atomo[ventas.articulo] < UNIDAD] = 0  # a discounted kilo would not be exact to the cent
    comunes = {
        "articulo": ventas.articulo,
        "bodega": catalogo.bodega[ventas.articulo],
        "precio": (ventas.precio[ventas.articulo, ventas.mes] * (100 - dto) + 50) // 100,
        "dto": dto,
    }
    vendido = {**comunes, "cantidad": ventas.cantidad, "en_cajas": ventas.en_cajas.astype(np.int64)}
    devuelto = {**comunes, "cantidad": ventas.devuelta}
    sector = catalogo.sector
    facturas = _agrupar_donde(azar, "FV", ventas.dia, ventas.dia < fin, sector.lineas_por_documento, vendido)
    vuelve = (ventas.devuelta > 0) & (ventas.dia_devuelta < fin)
    libro = facturas.anexar(_agrupar_donde(azar, "DV", ventas.dia_devuelta, vuelve, 3.0, devuelto))
    tercero = _compradores(azar, len(libro.documentos), clientes, sector.abre_domingo)
    return replace(libro, documentos=replace(libro.documentos, tercero=tercero))


def _agrupar_donde(
    azar: np.random.Generator,
    codcomp: str,
    dia: Enteros,
    donde: NDArray[np.bool_],
    por_documento: float,
    datos: dict[str, Enteros],
) -> Libro:
    elegidos = {nombre: valor[donde] for nombre, valor in datos.items()}
    return agrupar(azar, codcomp, dia[donde], por_documento, **elegidos)


def _compradores(azar: np.random.Generator, cuantos: int, clientes: int, mostrador: bool) -> Enteros:
    """Few customers buy much, many buy little; over the counter most do not say who they are."""
    peso = 1 / np.arange(1, clientes + 1) ** 0.8
    quien = azar.choice(clientes, size=cuantos, p=peso / peso.sum()) + PRIMER_CLIENTE
    anonimo = azar.random(cuantos) < (0.7 if mostrador else 0.15)
    return np.where(anonimo, CONSUMIDOR_FINAL, quien).astype(np.int64)
