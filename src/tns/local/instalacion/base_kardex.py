"""One fiscal year of a company, written into its own Firebird database with the tables of Visual TNS."""

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray

from tns.local.firebird import FirebirdServer
from tns.local.instalacion import maestros
from tns.local.instalacion.carga import Filas, cargar, crear_llaves
from tns.local.instalacion.catalogo import UNIDAD, Enteros
from tns.local.instalacion.contenido import PERIODOS, Contenido, existencias, filas_de_traslados, mes, texto_de
from tns.local.instalacion.documentos import ANULADO, CODIGOS, SIN_ASENTAR, SIN_TERCERO, Documentos, Libro
from tns.local.instalacion.esquema import (
    BODEGA,
    DEKARDEX,
    DEKARDEXDTO,
    DEKARDEXFP,
    GRUPMAT,
    KARDEX,
    MATERIAL,
    TERCEROS,
    Tabla,
)
from tns.local.instalacion.inventario import PROVEEDORES, anio_de
from tns.local.instalacion.plantillas import NUEVAS_DESDE, Plantillas, es_nueva

_BASE_RETENCION = 134_457_300  # cents: below it nothing is withheld


def escribir(servidor: FirebirdServer, contenido: Contenido, plantillas: Plantillas) -> None:
    """Make the database in `servidor` and fill it."""
    base = contenido.base
    ruta = servidor.database(base.archivo)
    plantillas.copiar(servidor, base, ruta)
    filas = filas_de(contenido)
    with servidor.connect(ruta) as conexion:
        cargar(servidor, conexion, filas, nueva=es_nueva(base))
        if base.charset == "NONE" and base.anio == NUEVAS_DESDE:
            conexion.execute_immediate("UPDATE MATERIAL SET CODIGO = CODIGO || '  '")  # blanks at the end, one year
            conexion.commit()
        if not plantillas.con_llaves:
            for tabla, _ in filas:
                crear_llaves(conexion, tabla)
            conexion.commit()


def filas_de(contenido: Contenido) -> list[tuple[Tabla, Filas]]:
    """Every table that depends on the company, with its rows; whom a foreign key points to comes first."""
    libro = contenido.libro.elegir(anio_de(contenido.libro.documentos.dia) == contenido.base.anio)
    calculo = _Calculo(contenido, libro)
    catalogo = contenido.catalogo
    return [
        (TERCEROS, maestros.terceros(contenido.escala, contenido.sector, ajeno=contenido.ajenos > 0)),
        (BODEGA, maestros.bodegas(catalogo)),
        (GRUPMAT, maestros.grupos(catalogo)),
        (MATERIAL, maestros.materiales(catalogo, contenido.primer_id, ajenos=contenido.ajenos)),
        *existencias(contenido),
        (KARDEX, calculo.kardex()),
        (DEKARDEX, calculo.dekardex()),
        (DEKARDEXFP, calculo.pagos()),
        (DEKARDEXDTO, calculo.retenciones()),
        *filas_de_traslados(contenido),
    ]


class _Calculo:
    """Amounts of the year's documents, in cents, and the columns made of them."""

    def __init__(self, contenido: Contenido, libro: Libro) -> None:
        self.contenido = contenido
        self.libro = libro
        self.azar = np.random.default_rng([contenido.base.anio, int(contenido.base.codigo), len(libro.lineas)])
        lineas = libro.lineas
        cabezas = np.zeros(len(contenido.catalogo.encabezados), np.int64)
        self.iva_pct = np.concatenate([contenido.catalogo.iva, cabezas])[lineas.articulo]
        self.valor = lineas.valor
        self.iva = (self.valor * self.iva_pct + 50) // 100
        self.base = self._suma(self.valor)
        self.total = self.base + self._suma(self.iva)
        credito = (libro.documentos.contado == 0) & (libro.documentos.tercero != SIN_TERCERO)
        retiene = credito & (self.base >= _BASE_RETENCION)
        self.rfte = np.where(retiene, (self.base * 25 + 500) // 1_000, 0)
        self.rica = np.where(retiene, (self.base * 966 + 50_000) // 100_000, 0)

    def _suma(self, centavos: Enteros) -> Enteros:
        suma = np.zeros(len(self.libro.documentos), np.int64)
        np.add.at(suma, self.libro.lineas.documento, centavos)
        return suma

    def kardex(self) -> Filas:
        documentos = self.libro.documentos
        cuantos = len(documentos)
        venta = np.isin(documentos.codcomp, [CODIGOS.index("FV"), CODIGOS.index("DV")])
        devolucion = documentos.codcomp == CODIGOS.index("DV")
        compra = np.isin(documentos.codcomp, [CODIGOS.index("FC"), CODIGOS.index("RE")])
        contado = documentos.contado == 1
        neto = self.total - self.rfte - self.rica
        numero = _consecutivos(documentos.codcomp)
        emitida = venta & (documentos.estado == 0)
        vendedor = (
            3 + self.contenido.escala.clientes + PROVEEDORES + self.azar.integers(0, maestros.VENDEDORES, cuantos)
        )
        plazo = np.where(contado, 0, 30)
        return {
            "KARDEXID": np.arange(1, cuantos + 1),
            "CODCOMP": texto_de([*CODIGOS], documentos.codcomp),
            "CODPREFIJO": np.where(devolucion, b"NC", np.where(venta, b"FE", b"00")).astype("S4"),
            "NUMERO": np.char.mod(b"%06d", numero).astype("S12"),
            "FECHA": documentos.dia,
            "FECASENTAD": np.ma.array(documentos.dia, mask=_sin_asentar(documentos)),
            "FECANULADO": np.ma.array(documentos.dia + 1, mask=documentos.estado != ANULADO),
            "PERIODO": texto_de(PERIODOS, mes(documentos.dia)),
            "CLIENTE": np.ma.array(documentos.tercero + 1, mask=documentos.tercero == SIN_TERCERO),
            "VENDEDOR": np.ma.array(vendedor, mask=~venta),
            "SUCID": np.full(cuantos, 1),
            "CENID": np.where(venta, 2, 1),
            "FORMAPAGO": np.where(contado, b"CO", b"CR").astype("S2"),
            "PLAZODIAS": plazo,
            "FECVENCE": documentos.dia + plazo,
            "USUARIO": np.full(cuantos, b"ADMIN", "S20"),
            "HORA": _horas(self.azar, cuantos),
            "NROFACPROV": np.ma.array(np.char.mod(b"P%07d", numero).astype("S20"), mask=~compra),
            "MOTIVODEVID": np.ma.array(np.full(cuantos, 1), mask=~devolucion),
            "VRBASE": self._doble(self.base),
            "VRIVA": self._doble(self.total - self.base),
            "VRICONSUMO": np.zeros(cuantos),
            "VRRFTE": self._doble(self.rfte),
            "VRRICA": self._doble(self.rica),
            "VRRIVA": np.zeros(cuantos),
            "TOTAL": self._doble(self.total),
            "NETO": self._doble(neto),
            "FPCONTADO": self._doble(np.where(contado, neto, 0)),
            "FPCREDITO": self._doble(np.where(contado, 0, neto)),
            **self._electronica(emitida),
        }

    def _electronica(self, emitida: NDArray[np.bool_]) -> Filas:
        """CUFE and what the DIAN answered; one in fifty was refused, the last week of the year is still to be sent."""
        if not es_nueva(self.contenido.base):
            return {}
        cuantos = len(emitida)
        enviada = emitida & (self.libro.documentos.dia < self.libro.documentos.dia.max(initial=0) - 7)
        rechazada = enviada & (self.azar.random(cuantos) < 0.02)
        aceptada = enviada & ~rechazada
        digitos = np.frombuffer(b"0123456789abcdef", np.uint8)
        cufe = digitos[self.azar.integers(0, 16, (cuantos, 96))].view("S96").ravel()
        estado = np.where(rechazada, b"NO EXITOSA", b"EXITOSA").astype("S20")
        mensaje = np.where(
            rechazada, b"Regla FAJ43b: el nombre del adquirente no coincide", b"Documento validado por la DIAN"
        )
        return {
            "CUFE": np.ma.array(cufe, mask=~aceptada),
            "ESTADODIAN": np.ma.array(estado, mask=~enviada),
            "MENSAJEFE": np.ma.array(mensaje.astype("S250"), mask=~enviada),
        }

    def dekardex(self) -> Filas:
        lineas, catalogo = self.libro.lineas, self.contenido.catalogo
        cuantas = len(lineas)
        cabezas = np.ones(len(catalogo.encabezados), np.int64)
        caja = np.where(lineas.en_cajas == 1, np.concatenate([catalogo.caja, cabezas])[lineas.articulo], 1)
        cantidad = lineas.cantidad / UNIDAD
        iva_unidad = (lineas.precio * self.iva_pct + 50) // 100
        lista = (lineas.precio + iva_unidad) * 100 // (100 - lineas.dto)
        return {
            "DEKARDEXID": np.arange(1, cuantas + 1),
            "KARDEXID": lineas.documento + 1,
            "MATID": lineas.articulo + self.contenido.primer_id,
            "BODID": lineas.bodega + 1,
            "CANLISTA": cantidad / caja,
            "CANMAT": cantidad,
            "TIPUND": np.where(caja > 1, b"M", b"D").astype("S1"),
            "PRECIOLISTA": self._doble(lista),
            "PRECIOVTA": self._doble(lineas.precio + iva_unidad),
            "PRECIOBASE": self._doble(lineas.precio),
            "PRECIOIVA": self._doble(iva_unidad),
            "PRECIOICONSUMO": np.zeros(cuantas),
            "PRECIONETO": self._doble(lineas.precio + iva_unidad),
            "PORCIVA": self.iva_pct.astype(float),
            "DESCUENTO": lineas.dto.astype(float),
            "PARCVTA": self._doble(self.valor),
            "PARCOSTO": self._doble(self.valor * 66 // 100),
        }

    def pagos(self) -> Filas:
        pagado = np.flatnonzero((self.libro.documentos.contado == 1) & (self.libro.documentos.codcomp == 0))
        return {
            "DEKARDEXFPID": np.arange(1, len(pagado) + 1),
            "KARDEXID": pagado + 1,
            "MEDIOPAGOID": pagado % 3 + 1,
            "VALOR": self._doble(self.total[pagado]),
        }

    def retenciones(self) -> Filas:
        cuales = np.flatnonzero(self.rfte)
        documento = np.concatenate([cuales, cuales])
        concepto = np.repeat([1, 2], len(cuales))
        return {
            "DEKARDEXDTOID": np.arange(1, len(documento) + 1),
            "KARDEXID": documento + 1,
            "CONCID": concepto,
            "BASERETD": self._doble(self.base[documento]),
            "PORCRETD": np.where(concepto == 1, 2.5, 9.66),
            "VALORDTO": self._doble(np.where(concepto == 1, self.rfte[documento], self.rica[documento])),
        }

    def _doble(self, centavos: Enteros) -> NDArray[np.float64]:
        """Pesos as the program keeps them: floating point, one in eight with the dust of its own arithmetic."""
        polvo = np.where(self.azar.random(len(centavos)) < 0.125, self.azar.uniform(-1, 1, len(centavos)) * 2e-7, 0.0)
        return centavos / 100 + np.where(centavos == 0, 0.0, polvo)


def _sin_asentar(documentos: Documentos) -> NDArray[np.bool_]:
    """Never posted; and every third voided document was voided before it was posted."""
    voided_first = (documentos.estado == ANULADO) & (np.arange(len(documentos)) % 3 == 0)
    nunca: NDArray[np.bool_] = (documentos.estado == SIN_ASENTAR) | voided_first
    return nunca


def _consecutivos(codcomp: Enteros) -> Enteros:
    """1, 2, 3… within each kind of document, in the order given."""
    numero = np.empty(len(codcomp), np.int64)
    for cual in np.unique(codcomp):
        donde = codcomp == cual
        numero[donde] = np.arange(1, int(donde.sum()) + 1)
    return numero


def _horas(azar: np.random.Generator, cuantas: int) -> NDArray[np.bytes_]:
    todas = np.array([f"{h:02d}:{m:02d}:00".encode() for h in range(7, 20) for m in range(60)])
    return todas[azar.integers(0, len(todas), cuantas)]
