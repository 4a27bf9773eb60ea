"""The tables of a Visual TNS database, as far as they are known, and the two shapes of a MOVIMIENTOS-only one."""

from __future__ import annotations

from dataclasses import dataclass

_E, _D, _F = "INTEGER", "DOUBLE PRECISION", "FECHA"  # FECHA: TIMESTAMP, or DATE in some installations


@dataclass(frozen=True)
class Tabla:
    """A table: its columns with their SQL types, its primary key, its indexes and its foreign keys (column → table).

    Keys and indexes are made after the rows are in. `nuevas` are columns that only newer versions of the program have.
    """

    nombre: str
    columnas: dict[str, str]
    llave: str | None = None
    indices: tuple[str, ...] = ()
    foraneas: tuple[tuple[str, str, str], ...] = ()
    nuevas: tuple[str, ...] = ()

    def de_version(self, nueva: bool) -> dict[str, str]:
        return {c: tipo for c, tipo in self.columnas.items() if nueva or c not in self.nuevas}


def _v(largo: int) -> str:
    return f"VARCHAR({largo})"


def _columnas(texto: str, tipo: str) -> dict[str, str]:
    return dict.fromkeys(texto.split(), tipo)


KARDEX = Tabla(
    "KARDEX",
    {
        "KARDEXID": _E, "CODCOMP": _v(2), "CODPREFIJO": _v(4), "NUMERO": _v(12), "FECHA": _F, "FECASENTAD": _F,
        "FECANULADO": _F, "PERIODO": _v(2), "CLIENTE": _E, "VENDEDOR": _E, "SUCID": _E, "CENID": _E, "AREADID": _E,
        "FORMAPAGO": _v(2), "PLAZODIAS": _E, "FECVENCE": _F, "OBSERV": _v(200), "USUARIO": _v(20), "HORA": _v(8),
        "NROFACPROV": _v(20), "MOTIVODEVID": _E,
        **_columnas("VRBASE VRIVA VRICONSUMO VRRFTE VRRICA VRRIVA TOTAL NETO FPCONTADO FPCREDITO", _D),
        "NUMEROFACTANT": _v(20), "CUFE": _v(96), "ESTADODIAN": _v(20), "MENSAJEFE": _v(250), "HE": _v(1),
    },
    "KARDEXID",
    ("FECHA", "CODCOMP, CODPREFIJO, NUMERO"),
    (("CLIENTE", "TERCEROS", "TERID"),),
    ("NUMEROFACTANT", "CUFE", "ESTADODIAN", "MENSAJEFE", "HE"),
)  # fmt: skip
DEKARDEX = Tabla(
    "DEKARDEX",
    {
        "DEKARDEXID": _E, "KARDEXID": _E, "MATID": _E, "BODID": _E, "CANLISTA": _D, "CANMAT": _D, "TIPUND": _v(1),
        **_columnas("PRECIOLISTA PRECIOVTA PRECIOBASE PRECIOIVA PRECIOICONSUMO PRECIONETO PORCIVA DESCUENTO", _D),
        **_columnas("PARCVTA PARCOSTO", _D),
    },
    "DEKARDEXID",
    (),
    (("KARDEXID", "KARDEX", "KARDEXID"), ("MATID", "MATERIAL", "MATID"), ("BODID", "BODEGA", "BODID")),
)  # fmt: skip
TERCEROS = Tabla(
    "TERCEROS",
    {
        "TERID": _E, "NIT": _v(20), "NITTRI": _v(20), "DV": _v(1), "NOMBRE": _v(120), "TELEF1": _v(20),
        "DIRECC1": _v(100), "EMAIL": _v(80), "CIUDANEID": _E, "TIPODOCIDEN": _v(2), "NATJURIDICA": _v(1),
    },
    "TERID",
    ("NIT",),
)  # fmt: skip
MATERIAL = Tabla(
    "MATERIAL",
    {
        "MATID": _E, "CODIGO": _v(20), "DESCRIP": _v(100), "UNIDAD": _v(10), "GRUPMATID": _E, "LINEAMATID": _E,
        "MARCAARTID": _E, "TIPOIVAID": _E, "CODUNIDADID": _E, "CODBARRA": _v(20),
    },
    "MATID",
    ("CODIGO",),
)  # fmt: skip
MATERIALSUC = Tabla(
    "MATERIALSUC",
    {
        "MATID": _E, "SUCID": _E,
        **_columnas("EXISTENC EXISTMIN EXISTMAX COSTO ULTCOSTPROM PRECIO1 PRECIO2 PRECIO3 PRECIO4 PRECIO5", _D),
        "INACTIVO": _v(1),
    },
    "MATID, SUCID",
)  # fmt: skip
SALMATERIAL = Tabla("SALMATERIAL", {"MATID": _E, "BODID": _E, "EXISTENC": _D}, "MATID, BODID")
TRASLA = Tabla(
    "TRASLA",
    {
        "TRASLAID": _E, "CODPREFIJO": _v(4), "NUMERO": _v(12), "FECHA": _F, "FECASENTAD": _F, "OBSERV": _v(200),
        "PERIODO": _v(2), "BODINI": _E, "BODFIN": _E, "SUCID": _E,
    },
    "TRASLAID",
    ("FECHA",),
)  # fmt: skip
DETRASLA = Tabla(
    "DETRASLA",
    {"DETRASLAID": _E, "TRASLAID": _E, "MATID": _E, "CANTIDAD": _D, "TIPUND": _v(1)},
    "DETRASLAID",
    (),
    (("TRASLAID", "TRASLA", "TRASLAID"),),
)
DEKARDEXFP = Tabla(
    "DEKARDEXFP",
    {"DEKARDEXFPID": _E, "KARDEXID": _E, "MEDIOPAGOID": _E, "VALOR": _D},
    "DEKARDEXFPID",
    ("KARDEXID",),
)
DEKARDEXDTO = Tabla(
    "DEKARDEXDTO",
    {"DEKARDEXDTOID": _E, "KARDEXID": _E, "CONCID": _E, "BASERETD": _D, "PORCRETD": _D, "VALORDTO": _D},
    "DEKARDEXDTOID",
    ("KARDEXID",),
)
GRUPMAT = Tabla("GRUPMAT", {"GRUPMATID": _E, "CODIGO": _v(20), "DESCRIP": _v(60)}, "GRUPMATID")
LINEAMAT = Tabla("LINEAMAT", {"LINEAMATID": _E, "CODIGO": _v(10), "DESCRIP": _v(60)}, "LINEAMATID")
MARCAART = Tabla("MARCAART", {"MARCAARTID": _E, "CODIGO": _v(10), "DESCRIP": _v(60)}, "MARCAARTID")
TIPOIVA = Tabla("TIPOIVA", {"TIPOIVAID": _E, "CODIGO": _v(4), "DESCRIP": _v(40), "PORCIVA": _D}, "TIPOIVAID")
BODEGA = Tabla("BODEGA", {"BODID": _E, "CODIGO": _v(4), "NOMBRE": _v(60)}, "BODID")
SUCURSAL = Tabla("SUCURSAL", {"SUCID": _E, "CODSUC": _v(4), "NOMSUC": _v(60)}, "SUCID")
CENTROS = Tabla("CENTROS", {"CENID": _E, "NRO": _v(10), "NOMBRE": _v(60)}, "CENID")
CIUDANE = Tabla(
    "CIUDANE",
    {"CIUDANEID": _E, "CODMIN": _v(5), "NOMBRE": _v(60), "DEPARTAMENTO": _v(60), "PAISID": _E},
    "CIUDANEID",
)
PREFIJO = Tabla(
    "PREFIJO",
    {
        "CODPREFIJO": _v(4), "PREIMP": _v(10), "RESOLUCION": _v(200), "CONTINGENCIA": _v(1), "FACTELECTRONICA": _v(1),
    },
    "CODPREFIJO",
)  # fmt: skip
CODIGOSUNIDADES = Tabla("CODIGOSUNIDADES", {"CODUNIDADID": _E, "CODIGO": _v(10), "DESCRIP": _v(60)}, "CODUNIDADID")
FORMAPAGO = Tabla("FORMAPAGO", {"FORMAPAGOID": _E, "CODIGO": _v(4), "DESCRIP": _v(40)}, "FORMAPAGOID")
MEDIOPAGO = Tabla("MEDIOPAGO", {"MEDIOPAGOID": _E, "CODIGO": _v(4), "DESCRIP": _v(40)}, "MEDIOPAGOID")
CONCEPTO = Tabla("CONCEPTO", {"CONCID": _E, "CODIGO": _v(10), "DESCRIP": _v(60), "RETTIPO": _v(1)}, "CONCID")
MOTIVODEV = Tabla(
    "MOTIVODEV",
    {"MOTIVODEVID": _E, "CODIGO": _v(4), "DESCRIP": _v(60), "CODFACTELECT": _v(2)},
    "MOTIVODEVID",
)
VARIOS = Tabla("VARIOS", {"VARIAB": _v(40), "CONTENIDO": "BLOB SUB_TYPE TEXT"}, "VARIAB")

#: In the order in which they are made: whom a foreign key points to comes first.
TABLAS = (
    TERCEROS, CIUDANE, GRUPMAT, LINEAMAT, MARCAART, TIPOIVA, CODIGOSUNIDADES, BODEGA, SUCURSAL, CENTROS, PREFIJO,
    FORMAPAGO, MEDIOPAGO, CONCEPTO, MOTIVODEV, VARIOS, MATERIAL, MATERIALSUC, SALMATERIAL, KARDEX, DEKARDEX,
    DEKARDEXFP, DEKARDEXDTO, TRASLA, DETRASLA,
)  # fmt: skip

#: A foreign program's database: one table, dates without time.
MOVIMIENTOS = Tabla(
    "MOVIMIENTOS",
    {
        "CODIGO": _v(20), "NOMBRE": _v(100), "CANTIDAD": "NUMERIC(18,4)", "PRECIO_UNITARIO": "NUMERIC(18,2)",
        "FECHA": "DATE", "TIPO_DOCUMENTO": _v(20), "TIPO_BODEGA": _v(20),
    },
    None,
    ("FECHA",),
)  # fmt: skip
#: What the view of the next year reads: dates with time, amounts in floating point.
SALIDAS = Tabla(
    "INV_SALIDAS",
    {
        "ID": _E, "COD": _v(20), "CANT": _D, "VALOR": _D, "MOMENTO": "TIMESTAMP", "CLASE": _v(20), "BOD": _v(20),
    },
    "ID",
    ("MOMENTO",),
)  # fmt: skip
PRODUCTOS = Tabla("INV_PRODUCTOS", {"COD": _v(20), "NOM": _v(100)}, "COD")
VISTA_MOVIMIENTOS = """
CREATE VIEW MOVIMIENTOS (CODIGO, NOMBRE, CANTIDAD, PRECIO_UNITARIO, FECHA, TIPO_DOCUMENTO, TIPO_BODEGA) AS
SELECT S.COD, P.NOM, S.CANT, S.VALOR, S.MOMENTO, S.CLASE, S.BOD
FROM INV_SALIDAS S JOIN INV_PRODUCTOS P ON P.COD = S.COD
"""
EMPRESAS_TEXTO = """
CREATE TABLE EMPRESAS (CODIGO CHAR(10), NOMBRE VARCHAR(100), NIT VARCHAR(20), ANOFIS VARCHAR(10), ARCHIVO VARCHAR(120))
"""
EMPRESAS_ENTERO = """
CREATE TABLE EMPRESAS (CODIGO VARCHAR(10), NOMBRE CHAR(80), NIT CHAR(20), ANOFIS INTEGER, ARCHIVO VARCHAR(120))
"""
