"""From the movements of a NIT to its monthly panel: one aggregated query, streamed as columns.

Demand of an article in a month is what was invoiced to customers less what they returned. Remissions are not counted:
when they are invoiced later they describe the same goods twice.
"""

from __future__ import annotations

import datetime as dt
import io
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

import numpy as np
import numpy.typing as npt
import psycopg
from django.db import connection
from django.utils import timezone

from tns.engines.errors import TNSError
from tns.engines.forecasting import Panel
from tns.engines.progress import Progress
from tns.ml.meses import MesesUtiles, meses_utiles, nombre
from tns.ml.selectors import empresas_del_modelo, ventanas_de

if TYPE_CHECKING:
    import pyarrow as pa

_CONSULTA = """
COPY (
    SELECT articulo_codigo,
           date_trunc('month', fecha)::date AS mes,
           coalesce(tipo_bodega, '') AS tipo_bodega,
           max(articulo_nombre) AS nombre,
           max(fecha)::date AS ultima,
           sum(CASE tipo_documento WHEN 'FACTURA_VENTA' THEN cantidad
                                   WHEN 'DEVOLUCION_VENTA' THEN -abs(cantidad) ELSE 0 END)::float8 AS demanda,
           sum(cantidad * precio_unitario) FILTER (WHERE tipo_documento = 'FACTURA_VENTA' AND cantidad > 0
                                                   AND precio_unitario IS NOT NULL)::float8 AS valor,
           sum(cantidad) FILTER (WHERE tipo_documento = 'FACTURA_VENTA' AND cantidad > 0
                                 AND precio_unitario IS NOT NULL)::float8 AS con_precio,
           count(*) FILTER (WHERE tipo_documento IN ('FACTURA_VENTA', 'DEVOLUCION_VENTA'))::bigint AS movimientos
    FROM movimientos_inventario
    WHERE empresa_servidor_id = ANY(%s) AND fecha < %s
    GROUP BY 1, 2, 3
) TO STDOUT (FORMAT csv, NULL '')
"""
_COLUMNAS = (
    "articulo_codigo", "mes", "tipo_bodega", "nombre", "ultima", "demanda", "valor", "con_precio", "movimientos",
)  # fmt: skip


class SinHistoria(TNSError):
    """There is nothing to learn from yet."""

    codigo = "sin_historia"
    que_hacer_por_defecto = "Extraiga los movimientos de la empresa en «Extraer datos» y entrene de nuevo."


@dataclass(slots=True)
class Historia:
    """The monthly panel of a NIT with what people want to know of it.

    Attributes:
        panel: articles × whole months; covariate `precio` (mean sale price), static `tipo_bodega` (most frequent).
        nombres: (N,) name of each article in its latest month.
        tipos: (N,) its most frequent tipo_bodega, "" when unknown.
        filas: article-months with sales or returns; movimientos: source rows behind them.
        empresas: companies (fiscal years) of the NIT.
    """

    panel: Panel
    nombres: npt.NDArray[np.object_]
    tipos: npt.NDArray[np.object_]
    filas: int
    movimientos: int
    empresas: int
    avisos: list[str]

    @property
    def primer_mes(self) -> dt.date:
        return _fecha(self.panel.first_month)

    @property
    def ultimo_mes(self) -> dt.date:
        return _fecha(self.panel.last_month)


def leer_historia(*, nit_base: str, progreso: Progress) -> Historia:
    """Every movement of the NIT, whatever its server or fiscal year, as a monthly panel; raises SinHistoria."""
    progreso.stage("Leyendo los movimientos")
    empresas = empresas_del_modelo(nit_base)
    hoy = timezone.localdate()
    tabla = _leer([empresa.id for empresa in empresas], hoy, progreso)
    if tabla.num_rows == 0:
        raise SinHistoria("Este NIT no tiene movimientos extraídos.")
    meses = tabla["mes"].to_numpy().astype("datetime64[M]")
    utiles = meses_utiles(
        con_movimientos=[_fecha(mes) for mes in np.unique(meses)],
        ultimo_movimiento=_fecha(tabla["ultima"].to_numpy().max()),
        ventanas=ventanas_de(empresas),
        anios=[empresa.anio_fiscal for empresa in empresas],
        hoy=hoy,
    )
    if utiles is None:
        raise SinHistoria(
            "Este NIT todavía no tiene un mes completo de movimientos.",
            que_hacer="Extraiga al menos un mes entero, ya terminado, y entrene de nuevo.",
        )
    progreso.check()
    return _armar(tabla, meses, utiles, len(empresas))


def _leer(empresas: list[int], hoy: dt.date, progreso: Progress) -> pa.Table:
    import pyarrow as pa
    from pyarrow import csv

    categoria = pa.dictionary(pa.int32(), pa.string())
    tipos = dict.fromkeys(("articulo_codigo", "tipo_bodega", "nombre"), categoria)
    tipos |= dict.fromkeys(("mes", "ultima"), pa.date32())
    tipos |= dict.fromkeys(("demanda", "valor", "con_precio"), pa.float64()) | {"movimientos": pa.int64()}
    connection.ensure_connection()
    propia: Any = connection.connection
    with progreso.on_cancel(propia.cancel_safe), connection.cursor() as cursor:
        try:
            with cursor.copy(_CONSULTA, (empresas, hoy + dt.timedelta(days=1))) as copia:
                crudo = io.BufferedReader(_Bloques(copia, progreso), 1 << 20)
                lector = csv.open_csv(
                    pa.PythonFile(crudo, mode="r"),
                    csv.ReadOptions(column_names=_COLUMNAS, use_threads=False, block_size=4 << 20),
                    csv.ParseOptions(newlines_in_values=True),
                    csv.ConvertOptions(column_types=tipos, strings_can_be_null=False),
                )
                return lector.read_all().unify_dictionaries().combine_chunks()
        except (psycopg.errors.QueryCanceled, OSError):
            progreso.check()  # says Cancelled when that is why the query ended
            raise
        except pa.ArrowInvalid as error:
            if "Empty CSV" not in str(error):
                raise
            return pa.table({columna: pa.array([], tipos[columna]) for columna in _COLUMNAS})


class _Bloques(io.RawIOBase):
    """A COPY in progress as a readable file."""

    def __init__(self, copia: psycopg.Copy, progreso: Progress) -> None:
        self._copia, self._progreso, self._resto = copia, progreso, memoryview(b"")

    def readable(self) -> bool:
        return True

    def readinto(self, destino: Any) -> int:
        if not self._resto:
            self._resto = memoryview(self._copia.read())
            self._progreso.check()
        cuanto = min(len(destino), len(self._resto))
        destino[:cuanto] = self._resto[:cuanto]
        self._resto = self._resto[cuanto:]
        return cuanto


def _armar(tabla: pa.Table, meses: npt.NDArray[Any], utiles: MesesUtiles, empresas: int) -> Historia:
    """Aggregated rows → panel. Articles are all those with any movement, also if they never sold."""
    codigos = tabla["articulo_codigo"].combine_chunks()
    ids = np.asarray(codigos.dictionary.to_pylist(), dtype=object)
    orden = np.argsort(ids)
    lugar = np.empty(len(ids), dtype=np.int64)
    lugar[orden] = np.arange(len(ids))
    fila = lugar[codigos.indices.to_numpy()]

    primero, ultimo = np.datetime64(utiles.primero, "M"), np.datetime64(utiles.ultimo, "M")
    ancho = int((ultimo - primero).astype(int)) + 1
    dentro = (meses >= primero) & (meses <= ultimo)
    casilla = fila[dentro] * ancho + (meses[dentro] - primero).astype(np.int64)
    forma = (len(ids), ancho)

    def sumar(columna: str) -> npt.NDArray[np.float64]:
        valores = np.nan_to_num(tabla[columna].to_numpy().astype(np.float64)[dentro])
        return np.bincount(casilla, weights=valores, minlength=forma[0] * ancho).reshape(forma)

    con_precio, movimientos = sumar("con_precio"), sumar("movimientos")
    with np.errstate(invalid="ignore", divide="ignore"):
        precio = np.where(con_precio > 0, sumar("valor") / con_precio, np.nan).astype(np.float32)
    tipos, codigo_de_tipo = _tipo_mas_frecuente(tabla, fila, len(ids))
    return Historia(
        panel=Panel(
            ids[orden],
            primero,
            sumar("demanda").astype(np.float32),
            {"precio": precio},
            {"tipo_bodega": codigo_de_tipo},
        ),
        nombres=_ultimo_nombre(tabla, meses, fila, len(ids)),
        tipos=tipos,
        filas=int((movimientos > 0).sum()),
        movimientos=int(movimientos.sum()),
        empresas=empresas,
        avisos=[*utiles.avisos, *_avisos(movimientos, utiles)],
    )


def _tipo_mas_frecuente(
    tabla: pa.Table, fila: npt.NDArray[np.int64], n: int
) -> tuple[npt.NDArray[np.object_], npt.NDArray[np.int32]]:
    """(N,) name and code (-1 unknown) of the tipo_bodega most of the article's sales and returns carry."""
    columna = tabla["tipo_bodega"].combine_chunks()
    nombres = np.asarray(columna.dictionary.to_pylist(), dtype=object)
    # Articles without sales still have a warehouse: every row counts a little.
    peso = tabla["movimientos"].to_numpy() + 0.001
    cuenta = np.bincount(
        fila * len(nombres) + columna.indices.to_numpy(), weights=peso, minlength=n * len(nombres)
    ).reshape(n, len(nombres))
    cuenta[:, nombres == ""] *= 1e-9
    elegido = cuenta.argmax(axis=1)
    tipos = nombres[elegido]
    return tipos, np.where(tipos == "", -1, elegido).astype(np.int32)


def _ultimo_nombre(
    tabla: pa.Table, meses: npt.NDArray[Any], fila: npt.NDArray[np.int64], n: int
) -> npt.NDArray[np.object_]:
    columna = tabla["nombre"].combine_chunks()
    textos = np.asarray(columna.dictionary.to_pylist(), dtype=object)
    cronologico = np.argsort(meses, kind="stable")
    resultado = np.full(n, "", dtype=object)
    resultado[fila[cronologico]] = textos[columna.indices.to_numpy()[cronologico]]
    return resultado


def _avisos(movimientos: npt.NDArray[np.float64], utiles: MesesUtiles) -> list[str]:
    if movimientos.any():
        return []
    return [
        f"Entre {nombre(utiles.primero)} y {nombre(utiles.ultimo)} no hay facturas de venta ni devoluciones: "
        "los pronósticos son cero."
    ]


def _fecha(mes: Any) -> dt.date:
    return np.datetime64(mes, "D").item()
