"""What the warehouse does: purchases that follow the sales, balances, adjustments, transfers; and the odd documents."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from tns.local.instalacion.catalogo import UNIDAD, Catalogo, Enteros
from tns.local.instalacion.demanda import Ventas, mes_de
from tns.local.instalacion.documentos import (
    ANULADO,
    CODIGOS,
    PRIMER_CLIENTE,
    SIN_ASENTAR,
    TERCERO_ANULA,
    Libro,
    agrupar,
    libro_de_ventas,
    repetir,
)
from tns.local.instalacion.escala import Escala

PROVEEDORES = 12
#: Sign with which each code moves the stock; remissions are invoiced later, so they do not move it again.
_SIGNO = {"FV": -1, "DV": 1, "FC": 1, "DC": -1, "NI": 1}


@dataclass(frozen=True)
class Traslados:
    """Transfers as parallel arrays, one line each; `asentado` is 0 for those that were never posted."""

    dia: Enteros
    articulo: Enteros
    origen: Enteros
    destino: Enteros
    cantidad: Enteros
    asentado: Enteros

    def __len__(self) -> int:
        return len(self.dia)


def libro_completo(
    azar: np.random.Generator, catalogo: Catalogo, ventas: Ventas, anios: list[int], escala: Escala
) -> Libro:
    """Every document of the company, valid and not, in order of date."""
    propio = libro_de_ventas(azar, catalogo, ventas, escala.clientes)
    compras = _compras(azar, catalogo, ventas, escala.clientes)
    salidas = propio.elegir(propio.documentos.codcomp == CODIGOS.index("FV"))
    fraccion = max(catalogo.sector.remisiones, 0.02)
    libro = propio.anexar(compras).anexar(_ajustes(azar, catalogo, ventas))
    copias = (
        repetir(azar, salidas, fraccion, codcomp="RS", antes=6),
        repetir(azar, salidas, 0.06, codcomp="PV", antes=10),
        repetir(azar, salidas, 0.006, codcomp="CZ", antes=4),
        repetir(azar, compras, 0.15, codcomp="RE", antes=5),
        repetir(azar, compras, 0.25, codcomp="PC", antes=15),
        repetir(azar, compras, 0.02, codcomp="DC"),
        repetir(azar, salidas, 0.012, estado=SIN_ASENTAR),
        repetir(azar, salidas, 0.01, estado=ANULADO),
        repetir(azar, salidas, 0.006, estado=TERCERO_ANULA),
        repetir(azar, compras, 0.02, estado=SIN_ASENTAR),
    )
    for copia in copias:
        libro = libro.anexar(copia)
    libro = libro.anexar(_saldos_iniciales(azar, catalogo, ventas, libro, anios))
    return libro.anexar(_renglones_de_encabezado(azar, catalogo, ventas, anios)).ordenado()


def _compras(azar: np.random.Generator, catalogo: Catalogo, ventas: Ventas, clientes: int) -> Libro:
    """Month by month, buy up to two months of sales when what is left would not last half a month."""
    neta = np.maximum(ventas.neta()[:, : ventas.meses], 0)
    media = np.maximum(neta.mean(axis=1), catalogo.atomo)
    existencia = (media * 1.5).astype(np.int64)
    bulto = catalogo.caja * catalogo.atomo
    articulos, meses, cantidades = [], [], []
    for mes in range(ventas.meses):
        falta = existencia < neta[:, mes] + media / 2
        pedido = np.ceil((neta[:, mes] + 2 * media - existencia) / bulto).astype(np.int64) * bulto
        compra = np.where(falta, np.maximum(pedido, 0), 0)
        existencia = existencia + compra - neta[:, mes]
        cuales = np.flatnonzero(compra)
        articulos.append(cuales)
        meses.append(np.full(len(cuales), mes))
        cantidades.append(compra[cuales])
    articulo, cuando, cantidad = np.concatenate(articulos), np.concatenate(meses), np.concatenate(cantidades)
    inicio = (ventas.primer_mes + np.arange(ventas.meses)).astype("datetime64[D]").astype(np.int64)
    proveedor = catalogo.grupo[articulo] * 7 + articulo % 3
    return agrupar(
        azar, "FC", inicio[cuando] + proveedor % 6, 25.0, PRIMER_CLIENTE + clientes + proveedor % PROVEEDORES,
        articulo=articulo, bodega=catalogo.bodega[articulo], cantidad=cantidad,
        precio=costo(catalogo, ventas, articulo, cuando),
    )  # fmt: skip


def costo(catalogo: Catalogo, ventas: Ventas, articulo: Enteros, mes: Enteros) -> Enteros:
    """Unit cost in cents: some two thirds of the shelf price, in whole tens of pesos."""
    margen = 58 + (articulo * 7) % 17
    centavos: Enteros = np.maximum(1_000, ventas.precio[articulo, mes] * margen // 100 // 1_000 * 1_000)
    return centavos


def _ajustes(azar: np.random.Generator, catalogo: Catalogo, ventas: Ventas) -> Libro:
    """A few counts a month that did not match, up or down."""
    cuantos = max(2, len(catalogo) // 60)
    mes = np.repeat(np.arange(ventas.meses), cuantos)
    articulo = azar.integers(0, len(catalogo), len(mes))
    fin = (ventas.primer_mes + 1 + np.arange(ventas.meses)).astype("datetime64[D]").astype(np.int64) - 1
    atomos = azar.integers(1, 6, len(mes)) * azar.choice([-1, -1, 1], len(mes))
    return agrupar(
        azar, "NI", fin[mes], 50.0,
        articulo=articulo, bodega=catalogo.bodega[articulo], cantidad=atomos * catalogo.atomo[articulo],
        precio=costo(catalogo, ventas, articulo, mes),
    )  # fmt: skip


def _saldos_iniciales(
    azar: np.random.Generator, catalogo: Catalogo, ventas: Ventas, libro: Libro, anios: list[int]
) -> Libro:
    """Each fiscal year begins with an inventory note of what the year before left."""
    saldo = (np.maximum(ventas.neta()[:, :6].mean(axis=1), catalogo.atomo) * 1.5).astype(np.int64)
    saldo = saldo // catalogo.atomo * catalogo.atomo
    articulo = np.arange(len(catalogo))
    notas: Libro | None = None
    for orden, anio in enumerate(anios):
        dia = np.full(len(catalogo), np.datetime64(f"{anio}-01-01", "D").astype(np.int64))
        precio = costo(catalogo, ventas, articulo, np.full(len(catalogo), 12 * orden))
        hay = np.flatnonzero(saldo > 0)
        nota = agrupar(
            azar, "NI", dia[hay], 500.0,
            articulo=articulo[hay], bodega=catalogo.bodega[hay], cantidad=saldo[hay], precio=precio[hay],
        )  # fmt: skip
        notas = nota if notas is None else notas.anexar(nota)
        saldo = np.maximum(0, saldo + movimiento_del_anio(libro, len(catalogo), anio))
    if notas is None:
        raise ValueError("a company needs a fiscal year")
    return notas


def movimiento_del_anio(libro: Libro, articulos: int, anio: int) -> Enteros:
    """Net change of stock of each article by the valid documents of that year, in ten-thousandths."""
    signo = np.array([_SIGNO.get(codcomp, 0) for codcomp in CODIGOS])
    de_este = anio_de(libro.documentos.dia)[libro.lineas.documento] == anio
    cuenta = de_este & libro.valido() & (libro.lineas.articulo < articulos)
    neto = np.zeros(articulos, np.int64)
    sentido = signo[libro.documentos.codcomp[libro.lineas.documento[cuenta]]]
    np.add.at(neto, libro.lineas.articulo[cuenta], libro.lineas.cantidad[cuenta] * sentido)
    return neto


def anio_de(dia: Enteros) -> Enteros:
    return mes_de(dia) // 12 + 1970


def _renglones_de_encabezado(azar: np.random.Generator, catalogo: Catalogo, ventas: Ventas, anios: list[int]) -> Libro:
    """Two lines a year point to a heading: somebody picked the group instead of the article."""
    inicio = np.array([np.datetime64(f"{anio}-03-15", "D").astype(np.int64) for anio in anios])
    dia = np.repeat(inicio, 2) + azar.integers(0, 200, 2 * len(anios))
    encabezado = azar.integers(0, len(catalogo.encabezados), len(dia))
    return agrupar(
        azar, "FV", dia, 1.0, np.full(len(dia), PRIMER_CLIENTE),
        articulo=len(catalogo) + encabezado, bodega=np.zeros(len(dia), np.int64),
        cantidad=np.full(len(dia), UNIDAD), precio=np.full(len(dia), 1_000_000),
    )  # fmt: skip


def traslados(azar: np.random.Generator, catalogo: Catalogo, ventas: Ventas, escala: Escala) -> Traslados:
    """Some articles change warehouse every month."""
    mes = np.repeat(np.arange(ventas.meses), escala.traslados_mes)
    inicio = (ventas.primer_mes + np.arange(ventas.meses)).astype("datetime64[D]").astype(np.int64)
    articulo = azar.integers(0, len(catalogo), len(mes))
    origen = catalogo.bodega[articulo]
    bodegas = len(catalogo.sector.bodegas)
    destino = (origen + azar.integers(1, bodegas, len(mes))) % bodegas
    cantidad = azar.integers(1, 13, len(mes)) * catalogo.atomo[articulo]
    asentado = (azar.random(len(mes)) > 0.08).astype(np.int64)
    dia = np.sort(inicio[mes] + azar.integers(0, 28, len(mes)))
    return Traslados(dia, articulo, origen, destino, cantidad, asentado)
