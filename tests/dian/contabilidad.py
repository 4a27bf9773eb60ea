"""A small company database of Visual TNS, made for these tests with the tables of the demo installation."""

from __future__ import annotations

import datetime as dt
import itertools
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from tns.local.firebird import FirebirdServer
from tns.local.instalacion.esquema import TABLAS

_numeros = itertools.count(1)
FECHA = dt.datetime(2025, 3, 10)


def _sql(tabla: Any, *, nueva: bool) -> str:
    columnas = tabla.de_version(nueva)
    tipos = ", ".join(f"{nombre} {'TIMESTAMP' if tipo == 'FECHA' else tipo}" for nombre, tipo in columnas.items())
    return f"CREATE TABLE {tabla.nombre} ({tipos})"


@dataclass
class Contabilidad:
    """The database, with a line to write into it."""

    servidor: FirebirdServer
    ruta: Path

    def escribir(self, *ordenes: tuple[str, tuple[Any, ...]]) -> None:
        with self.servidor.connect(self.ruta) as conexion:
            cursor = conexion.cursor()
            for sql, valores in ordenes:
                cursor.execute(sql, valores)
            conexion.commit()

    def insertar(self, tabla: str, **valores: Any) -> None:
        self.escribir(self._insercion(tabla, valores))

    def _insercion(self, tabla: str, valores: dict[str, Any]) -> tuple[str, tuple[Any, ...]]:
        marcas = ", ".join("?" * len(valores))
        return f"INSERT INTO {tabla} ({', '.join(valores)}) VALUES ({marcas})", tuple(valores.values())

    def leer(self, sql: str, *valores: Any) -> list[tuple[Any, ...]]:
        with self.servidor.connect(self.ruta) as conexion:
            cursor = conexion.cursor()
            cursor.execute(sql, valores)
            filas: list[tuple[Any, ...]] = cursor.fetchall()
            conexion.rollback()
            return filas

    def veredicto(self, kardex_id: int) -> tuple[Any, ...]:
        """CUFE, ESTADODIAN, MENSAJEFE of a document."""
        (fila,) = self.leer("SELECT CUFE, ESTADODIAN, MENSAJEFE FROM KARDEX WHERE KARDEXID = ?", kardex_id)
        return fila

    def documento(self, kardex_id: int, codcomp: str = "FV", **cambios: Any) -> int:
        """A posted document of two lines: 2 × 1000.00 at 19 % and 1 × 500.00 at 5 % with 8 % of INC."""
        cabeza = {
            "KARDEXID": kardex_id, "CODCOMP": codcomp, "CODPREFIJO": {"FV": "FE", "FC": "DS"}.get(codcomp, "NC"),
            "NUMERO": f"{kardex_id:06d}", "FECHA": FECHA, "FECASENTAD": FECHA, "CLIENTE": 1, "FORMAPAGO": "CO",
            "PLAZODIAS": 0, "OBSERV": "Venta de ensayo", "HORA": "14:05", "VRBASE": 2500.0, "VRIVA": 405.0,
            "VRICONSUMO": 40.0, "VRRFTE": 62.5, "VRRICA": 0.0, "VRRIVA": 0.0, "TOTAL": 2945.0,
        } | cambios  # fmt: skip
        lineas = [
            {"MATID": 1, "CANMAT": 2.0, "PRECIOBASE": 1000.0000000002, "PORCIVA": 19.0, "PRECIOICONSUMO": 0.0},
            {"MATID": 2, "CANMAT": 1.0, "PRECIOBASE": 500.0, "PORCIVA": 5.0, "PRECIOICONSUMO": 40.0},
        ]
        comunes = {"KARDEXID": kardex_id, "BODID": 1, "TIPUND": "D", "DESCUENTO": 0.0}
        ordenes = [self._insercion("KARDEX", cabeza)]
        for posicion, linea in enumerate(lineas):
            fila = {"DEKARDEXID": kardex_id * 10 + posicion, "CANLISTA": linea["CANMAT"], **comunes, **linea}
            fila["PARCVTA"] = fila["CANMAT"] * fila["PRECIOBASE"]
            ordenes.append(self._insercion("DEKARDEX", fila))
        pago = {"DEKARDEXFPID": kardex_id, "KARDEXID": kardex_id, "MEDIOPAGOID": 1, "VALOR": 2945.0}
        retencion = {
            "DEKARDEXDTOID": kardex_id, "KARDEXID": kardex_id, "CONCID": 1, "BASERETD": 2500.0, "PORCRETD": 2.5,
            "VALORDTO": 62.5,
        }  # fmt: skip
        ordenes += [self._insercion("DEKARDEXFP", pago), self._insercion("DEKARDEXDTO", retencion)]
        self.escribir(*ordenes)
        return kardex_id


def crear(servidor: FirebirdServer, *, nueva: bool = True, url: str = "", token: str = "") -> Contabilidad:
    """A company database with its masters and no document; `nueva` gives it the columns of electronic invoicing."""
    ruta = servidor.database(f"DIAN{next(_numeros)}.GDB")
    with servidor.create_database(ruta, charset="WIN1252", forced_writes=False) as conexion:
        for tabla in TABLAS:
            conexion.execute_immediate(_sql(tabla, nueva=nueva))
        conexion.commit()
    base = Contabilidad(servidor, ruta)
    insertar = base._insercion
    base.escribir(
        insertar("CIUDANE", {"CIUDANEID": 1, "CODMIN": "11001", "NOMBRE": "BOGOTÁ"}),
        insertar(
            "TERCEROS",
            {
                "TERID": 1, "NIT": "900373115-3", "NOMBRE": "Compradora Ñandú SAS", "TELEF1": "6011234567",
                "DIRECC1": "Calle 1 # 2-3", "EMAIL": "compras@ejemplo.co", "CIUDANEID": 1, "TIPODOCIDEN": "31",
                "NATJURIDICA": "J",
            },
        ),
        insertar("TERCEROS", {"TERID": 2, "NIT": "222222222222", "NOMBRE": "CONSUMIDOR FINAL"}),
        insertar("TERCEROS", {"TERID": 3, "NIT": "79123456", "NOMBRE": "Sin datos"}),
        insertar("TERCEROS", {"TERID": 4, "NIT": "ANULA", "NOMBRE": "ANULADO"}),
        insertar("PREFIJO", {"CODPREFIJO": "FE", "PREIMP": "SETP", "RESOLUCION": "Res. 18760000001 de 2025",
                             "CONTINGENCIA": "N", "FACTELECTRONICA": "S"}),
        insertar("PREFIJO", {"CODPREFIJO": "DS", "PREIMP": "DS", "RESOLUCION": "18764000000001", "CONTINGENCIA": "N",
                             "FACTELECTRONICA": "S"}),
        insertar("PREFIJO", {"CODPREFIJO": "NC", "PREIMP": "NC", "CONTINGENCIA": "N", "FACTELECTRONICA": "S"}),
        insertar("CODIGOSUNIDADES", {"CODUNIDADID": 1, "CODIGO": "94", "DESCRIP": "UNIDAD"}),
        insertar("MATERIAL", {"MATID": 1, "CODIGO": "A1", "DESCRIP": "Artículo uno", "CODUNIDADID": 1}),
        insertar("MATERIAL", {"MATID": 2, "CODIGO": "A2", "DESCRIP": "Artículo dos", "CODUNIDADID": 1}),
        insertar("MATERIAL", {"MATID": 3, "CODIGO": "A3", "DESCRIP": "Por kilos", "CODUNIDADID": 2}),
        insertar("CODIGOSUNIDADES", {"CODUNIDADID": 2, "CODIGO": "KGM", "DESCRIP": "KILOGRAMO"}),
        insertar("MEDIOPAGO", {"MEDIOPAGOID": 1, "CODIGO": "10", "DESCRIP": "EFECTIVO"}),
        insertar("CONCEPTO", {"CONCID": 1, "CODIGO": "RF", "DESCRIP": "RETEFUENTE", "RETTIPO": "R"}),
        insertar("MOTIVODEV", {"MOTIVODEVID": 1, "CODIGO": "01", "CODFACTELECT": "2"}),
        insertar("VARIOS", {"VARIAB": "ENDPOINTDIANVM", "CONTENIDO": url}),
        insertar("VARIOS", {"VARIAB": "TOKENDIANVM", "CONTENIDO": token}),
        insertar("VARIOS", {"VARIAB": "FOOTERDIANVM", "CONTENIDO": "Gracias por su compra."}),
    )  # fmt: skip
    return base
