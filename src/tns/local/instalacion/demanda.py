"""The demand of a company: what its customers take and bring back, line by line, past and future drawn alike.

For each article and month the number of sale lines is negative binomial around
`level × season × growth × the company's own ups and downs × promotion × birth or death of the article`, and each line
takes a quantity of its own. Some lines come back days later. The months after the last fiscal year are drawn by the
same process and never written into Firebird: they are what a forecast is judged by.
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from tns.local.instalacion.catalogo import CLASES, UNIDAD, Catalogo, Enteros, vitrina
from tns.local.instalacion.sectores import TEMPORADAS

FUTURO = 6
Reales = NDArray[np.float64]
_CLASE = {nombre: indice for indice, nombre in enumerate(CLASES)}


@dataclass(frozen=True)
class Ventas:
    """Sale and return lines of a company, and its prices.

    Attributes:
        mes: month of each sale line, counted from the first month of history.
        dia: day of each line (days since 1970-01-01); likewise `dia_devuelta` (0: not returned).
        cantidad: in ten-thousandths; `devuelta` likewise.
        en_cajas: the line was sold in whole boxes.
        precio: [article, month] shelf price before IVA, in cents.
    """

    articulo: Enteros
    mes: Enteros
    dia: Enteros
    cantidad: Enteros
    en_cajas: NDArray[np.bool_]
    devuelta: Enteros
    dia_devuelta: Enteros
    precio: Enteros
    primer_mes: np.datetime64
    meses: int

    def neta(self) -> Enteros:
        """[article, month] sales less returns, in ten-thousandths; the last `FUTURO` columns are the future."""
        total = self.meses + FUTURO
        matriz = np.zeros((self.precio.shape[0], total), np.int64)
        np.add.at(matriz, (self.articulo, self.mes), self.cantidad)
        vuelven = self.devuelta > 0
        mes = mes_de(self.dia_devuelta[vuelven]) - int(self.primer_mes.astype("datetime64[M]").astype(np.int64))
        dentro = mes < total
        np.subtract.at(matriz, (self.articulo[vuelven][dentro], mes[dentro]), self.devuelta[vuelven][dentro])
        return matriz


def mes_de(dia: Enteros) -> Enteros:
    """Months since 1970-01 of days since 1970-01-01."""
    return dia.astype("datetime64[D]").astype("datetime64[M]").astype(np.int64)


def sortear(azar: np.random.Generator, catalogo: Catalogo, anios: list[int], lineas_mes: float) -> Ventas:
    """Draw every line of the fiscal years and of the `FUTURO` months after them."""
    primer_mes = np.datetime64(f"{anios[0]}-01", "M")
    meses = 12 * len(anios)
    total = meses + FUTURO
    calendario = (np.arange(total) % 12).astype(np.int64)
    promocion = _promociones(azar, catalogo, total)
    media = _lineas_esperadas(azar, catalogo, calendario, lineas_mes, meses) * (1 + 1.3 * promocion)
    lineas = _binomial_negativa(azar, media, _dispersion(azar, catalogo))
    articulo, mes = (indice.astype(np.int64) for indice in np.nonzero(lineas))
    veces = lineas[articulo, mes]
    articulo, mes = np.repeat(articulo, veces), np.repeat(mes, veces)
    cantidad, en_cajas = _cantidades(azar, catalogo, articulo)
    dia = _dias(azar, primer_mes, mes, catalogo.sector.abre_domingo)
    devuelta, dia_devuelta = _devoluciones(azar, catalogo, articulo, cantidad, dia, mes)
    precio = _precios(azar, catalogo, promocion, total)
    return Ventas(articulo, mes, dia, cantidad, en_cajas, devuelta, dia_devuelta, precio, primer_mes, meses)


def _lineas_esperadas(
    azar: np.random.Generator, catalogo: Catalogo, calendario: Enteros, lineas_mes: float, meses: int
) -> Reales:
    cuantos, total = len(catalogo), len(calendario)
    clase = catalogo.clase
    raro = clase == _CLASE["intermitente"]
    nivel = azar.lognormal(0.0, 0.9, cuantos)
    nivel[raro] = azar.uniform(0.15, 0.7, int(raro.sum()))
    sobra = max(lineas_mes - nivel[raro].sum(), 0.5 * lineas_mes)
    nivel[~raro] *= sobra / nivel[~raro].sum()
    forma = np.array([TEMPORADAS[grupo.temporada] for grupo in catalogo.sector.grupos])
    forma = forma / forma.mean(axis=1, keepdims=True)
    fuerza = azar.uniform(0.25, 0.6, cuantos)
    fuerza[clase == _CLASE["estacional"]] = azar.uniform(0.9, 1.5, int((clase == _CLASE["estacional"]).sum()))
    temporada = forma[catalogo.grupo][:, calendario] ** fuerza[:, None]
    crecimiento = (1 + azar.normal(0.06, 0.10, cuantos))[:, None] ** (np.arange(total) / 12)
    comun = np.empty(total)
    comun[0] = 0.0
    for mes in range(1, total):  # the company's own slow ups and downs
        comun[mes] = 0.7 * comun[mes - 1] + azar.normal(0, 0.04)
    vida = _vida(azar, clase, total, meses)
    esperadas: Reales = nivel[:, None] * temporada * crecimiento * np.exp(comun) * vida
    return esperadas


def _vida(azar: np.random.Generator, clase: Enteros, total: int, meses: int) -> Reales:
    """How alive each article is in each month: new ones ramp up, dying ones fade away."""
    reloj = np.arange(total)[None, :]
    vida = np.ones((len(clase), total))
    nuevas = np.flatnonzero(clase == _CLASE["nueva"])
    nacen = azar.integers(meses // 3, max(meses - 3, meses // 3 + 1), len(nuevas))[:, None]
    vida[nuevas] = np.clip((reloj - nacen + 1) / 4, 0, 1)
    mueren = np.flatnonzero(clase == _CLASE["en_extincion"])
    desde = azar.integers(meses // 3, max(meses - 2, meses // 3 + 1), len(mueren))[:, None]
    vida[mueren] = np.where(reloj < desde, 1.0, np.exp(-(reloj - desde) / 2.5))
    vida[vida < 0.02] = 0.0
    return vida


def _promociones(azar: np.random.Generator, catalogo: Catalogo, total: int) -> Reales:
    """Depth of the promotion, 0 (none) to 1, of each article and month."""
    con = catalogo.clase == _CLASE["promocional"]
    hay = azar.random((len(catalogo), total)) < np.where(con, 0.16, 0.01)[:, None]
    return hay * azar.uniform(0.5, 1.0, hay.shape)


def _dispersion(azar: np.random.Generator, catalogo: Catalogo) -> Reales:
    k = azar.uniform(10, 40, len(catalogo))
    k[catalogo.clase == _CLASE["erratica"]] = 0.8
    k[catalogo.clase == _CLASE["intermitente"]] = 3.0
    return k[:, None]


def _binomial_negativa(azar: np.random.Generator, media: Reales, k: Reales) -> Enteros:
    """Counts of that mean and variance `media + media² / k`."""
    return azar.poisson(azar.gamma(np.broadcast_to(k, media.shape), media / k)).astype(np.int64)


def _cantidades(azar: np.random.Generator, catalogo: Catalogo, articulo: Enteros) -> tuple[Enteros, NDArray[np.bool_]]:
    media = catalogo.por_linea[articulo]
    atomos = 1 + azar.poisson(azar.gamma(5.0, np.maximum(media - 1, 0) / 5.0))
    caja = catalogo.caja[articulo]
    en_cajas = (caja > 1) & (azar.random(len(articulo)) < 0.04)
    atomos = np.where(en_cajas, caja * azar.integers(1, 4, len(articulo)), atomos)
    return (atomos * catalogo.atomo[articulo]).astype(np.int64), en_cajas


def _dias(azar: np.random.Generator, primer_mes: np.datetime64, mes: Enteros, abre_domingo: bool) -> Enteros:
    """A day open for business within each line's month."""
    dia = np.empty(len(mes), np.int64)
    for cual in range(int(mes.max(initial=-1)) + 1):
        inicio = (primer_mes + cual).astype("datetime64[D]").astype(np.int64)
        fin = (primer_mes + cual + 1).astype("datetime64[D]").astype(np.int64)
        abiertos = np.arange(inicio, fin)
        semana = (abiertos + 3) % 7  # 1970-01-01 was a Thursday: 0 is Monday
        peso = np.where(semana == 6, 0.8 if abre_domingo else 0.0, np.where(semana == 5, 1.2, 1.0))
        aqui = mes == cual
        dia[aqui] = azar.choice(abiertos, size=int(aqui.sum()), p=peso / peso.sum())
    return dia


def _devoluciones(
    azar: np.random.Generator, catalogo: Catalogo, articulo: Enteros, cantidad: Enteros, dia: Enteros, mes: Enteros
) -> tuple[Enteros, Enteros]:
    vuelve = azar.random(len(articulo)) < 0.014
    for anio in range(int(mes.max(initial=0)) // 12 + 1):  # one at least in each year
        candidatas = np.flatnonzero((mes // 12 == anio) & (mes % 12 < 10))
        vuelve[azar.choice(candidatas, min(1, len(candidatas)))] = True
    atomo = catalogo.atomo[articulo]
    parte = np.maximum(1, np.floor(cantidad / atomo * azar.choice([0.5, 1.0], len(articulo)))).astype(np.int64)
    cuando = dia + azar.integers(1, 12, len(articulo))
    return np.where(vuelve, parte * atomo, 0), np.where(vuelve, cuando, 0)


def _precios(azar: np.random.Generator, catalogo: Catalogo, promocion: Reales, total: int) -> Enteros:
    """Shelf prices: they rise every January, some in mid-year too, and fall by up to a quarter in a promotion."""
    enero = np.cumprod(1 + azar.uniform(0.04, 0.10, (len(catalogo), total // 12 + 1)), axis=1)
    indice = np.repeat(enero, 12, axis=1)[:, :total] / enero[:, :1]
    mitad = (np.arange(total) % 12 >= 6)[None, :] * (azar.random((len(catalogo), 1)) < 0.3) * 0.03
    precio = catalogo.precio[:, None] * indice * (1 + mitad) * (1 - 0.25 * promocion)
    iva = np.broadcast_to(catalogo.iva[:, None], precio.shape)
    por_peso = np.broadcast_to((catalogo.atomo < UNIDAD)[:, None], precio.shape)
    return vitrina(precio, iva, por_peso)
