"""Measuring the truth: from the arrays that fill the databases, never from the databases."""

from __future__ import annotations

from decimal import Decimal

import numpy as np
from numpy.typing import NDArray

from tns.local.instalacion.catalogo import UNIDAD, Enteros
from tns.local.instalacion.contenido import Contenido
from tns.local.instalacion.demanda import FUTURO, mes_de
from tns.local.instalacion.documentos import ANULADO, CODIGOS, SIN_ASENTAR, TERCERO_ANULA, TIPOS, Libro, Lineas
from tns.local.instalacion.guion import Rareza
from tns.local.instalacion.inventario import anio_de
from tns.local.instalacion.maestros import nombre_ajeno
from tns.local.instalacion.verdad import DemandaArticulo, DemandaNit, Descubierta, Total, VerdadBase


def tipo_de_bodega(nombre: str) -> str:
    """The default rule over a warehouse's name."""
    mayusculas = nombre.upper()
    if "IMP" in mayusculas:
        return "IMPLANTE"
    return "EQUIPO DE PODER" if "EQ" in mayusculas or "PODER" in mayusculas else "INSTRUMENTAL"


def movimientos_de(libro: Libro, articulos: int, anio: int) -> tuple[Enteros, Enteros, Lineas]:
    """(day, position in CODIGOS, lines) of the lines of a year that are movements."""
    documento = libro.lineas.documento
    no_es_movimiento = np.array([tipo is None for tipo in TIPOS.values()])
    cuenta = libro.valido() & (anio_de(libro.documentos.dia)[documento] == anio)
    cuenta &= ~no_es_movimiento[libro.documentos.codcomp[documento]] & (libro.lineas.articulo < articulos)
    lineas = Lineas(**{nombre: valor[cuenta] for nombre, valor in vars(libro.lineas).items()})
    return libro.documentos.dia[lineas.documento], libro.documentos.codcomp[lineas.documento], lineas


def medir(contenido: Contenido, *, nombre: str, nit: tuple[str, str, str, bool]) -> VerdadBase:
    """The truth of one database; `nit` is (stored, base, DV, whether the DV is right)."""
    base, catalogo = contenido.base, contenido.catalogo
    dia, codcomp, lineas = movimientos_de(contenido.libro, len(catalogo), base.anio)
    totales: dict[str, dict[str, Total]] = {}
    for codigo in np.unique(codcomp):
        de_el = codcomp == codigo
        for mes, total in _por_mes(dia[de_el], lineas.cantidad[de_el], lineas.valor[de_el]).items():
            totales.setdefault(mes, {})[TIPOS[CODIGOS[codigo]] or ""] = total
    kardex = base.perfil == "kardex"
    if kardex:
        movidos = contenido.traslados
        cuales = (movidos.asentado == 1) & (anio_de(movidos.dia) == base.anio)
        sin_valor = np.zeros(int(cuales.sum()), np.int64)
        for mes, total in _por_mes(movidos.dia[cuales], movidos.cantidad[cuales], sin_valor).items():
            totales.setdefault(mes, {})["TRASLADO"] = total
    desconocido = CODIGOS.index("CZ")
    stored, nit_base, dv, correcto = nit
    return VerdadBase(
        servidor=base.servidor, codigo=base.codigo, nombre=nombre, nit=stored, nit_base=nit_base, dv=dv,
        dv_correcto=correcto, anio=base.anio, ruta=base.ruta, charset=base.charset,
        perfil="kardex" if kardex else "movimientos",
        lineas_dekardex=_lineas_del_anio(contenido) if kardex else 0,
        articulos=len(catalogo), totales=dict(sorted(totales.items())),
        por_bodega=_por_bodega(contenido, lineas) if kardex else {},
        excluidas=_excluidas(contenido) if kardex else {},
        otros={"CZ": int((codcomp == desconocido).sum())} if kardex else {},
        nombres_raros={
            catalogo.codigos[i]: nombre_ajeno(catalogo.nombres[i]).decode("latin-1") for i in range(contenido.ajenos)
        },
    )  # fmt: skip


def _por_mes(dia: Enteros, cantidad: Enteros, centavos: Enteros) -> dict[str, Total]:
    meses, indice = np.unique(mes_de(dia), return_inverse=True)
    filas = np.bincount(indice, minlength=len(meses))
    cantidades, valores = np.zeros(len(meses), np.int64), np.zeros(len(meses), np.int64)
    np.add.at(cantidades, indice, cantidad)
    np.add.at(valores, indice, centavos)
    return {
        str(np.datetime64(int(mes), "M")): _total(int(filas[i]), int(cantidades[i]), int(valores[i]))
        for i, mes in enumerate(meses)
    }


def _total(filas: int, diezmilesimas: int, centavos: int) -> Total:
    return Total(filas, Decimal(diezmilesimas).scaleb(-4), Decimal(centavos).scaleb(-2))


def _por_bodega(contenido: Contenido, lineas: Lineas) -> dict[str, Total]:
    """Lines of DEKARDEX only (a transfer has two warehouses)."""
    tipos = np.array([tipo_de_bodega(nombre) for nombre in contenido.catalogo.sector.bodegas])[lineas.bodega]
    return {
        str(tipo): _total(
            int((tipos == tipo).sum()),
            int(lineas.cantidad[tipos == tipo].sum()),
            int(lineas.valor[tipos == tipo].sum()),
        )
        for tipo in np.unique(tipos)
    }


def _lineas_del_anio(contenido: Contenido) -> int:
    return int(_del_anio(contenido).sum())


def _del_anio(contenido: Contenido) -> NDArray[np.bool_]:
    libro = contenido.libro
    del_anio: NDArray[np.bool_] = (anio_de(libro.documentos.dia) == contenido.base.anio)[libro.lineas.documento]
    return del_anio


def _excluidas(contenido: Contenido) -> dict[str, int]:
    """Each excluded line once, by the first reason that applies."""
    libro, del_anio = contenido.libro, _del_anio(contenido)
    estado = libro.documentos.estado[libro.lineas.documento]
    codcomp = libro.documentos.codcomp[libro.lineas.documento]
    motivos = {
        "sin_asentar": estado == SIN_ASENTAR,
        "anulado": estado == ANULADO,
        "tercero_anula": estado == TERCERO_ANULA,
        "pedido": np.isin(codcomp, [CODIGOS.index("PV"), CODIGOS.index("PC")]),
        "encabezado": libro.lineas.articulo >= len(contenido.catalogo),
    }
    queda, cuenta = del_anio.copy(), {}
    for motivo, cumple in motivos.items():
        cuenta[motivo] = int((queda & cumple).sum())
        queda &= ~cumple
    return cuenta


def demanda_de(contenido: Contenido) -> DemandaNit:
    """Demand of the company, past and future; any of its databases will do."""
    ventas, catalogo = contenido.ventas, contenido.catalogo
    neta = ventas.neta()
    meses = [str(ventas.primer_mes + orden) for orden in range(ventas.meses + FUTURO)]
    return DemandaNit(
        meses[: ventas.meses],
        meses[ventas.meses :],
        {
            codigo: DemandaArticulo(
                catalogo.clase_de(i),
                (neta[i, : ventas.meses] / UNIDAD).tolist(),
                (neta[i, ventas.meses :] / UNIDAD).tolist(),
            )
            for i, codigo in enumerate(catalogo.codigos)
        },
    )


def de_rareza(rareza: Rareza) -> Descubierta:
    """What discovery must say of an odd row."""
    return Descubierta(
        rareza.servidor, rareza.codigo, rareza.nit, rareza.anio, rareza.resultado, rareza.motivo, rareza.ganador
    )
