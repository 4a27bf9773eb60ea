"""Rows of the master tables: third parties, articles, warehouses, cities and the small catalogues."""

from __future__ import annotations

from typing import Any

import numpy as np

from tns.local.instalacion.carga import Filas, texto
from tns.local.instalacion.catalogo import Catalogo, Enteros
from tns.local.instalacion.documentos import PRIMER_CLIENTE
from tns.local.instalacion.escala import Escala
from tns.local.instalacion.esquema import (
    BODEGA,
    CENTROS,
    CIUDANE,
    CODIGOSUNIDADES,
    CONCEPTO,
    FORMAPAGO,
    GRUPMAT,
    LINEAMAT,
    MARCAART,
    MATERIAL,
    MEDIOPAGO,
    MOTIVODEV,
    PREFIJO,
    SUCURSAL,
    TERCEROS,
    TIPOIVA,
    VARIOS,
    Tabla,
)
from tns.local.instalacion.guion import con_puntos, digito
from tns.local.instalacion.inventario import PROVEEDORES

VENDEDORES = 4
BYTE_AJENO = b"\x81"  # Windows-1252 leaves it undefined
_CIUDADES = (
    ("11001", "BOGOTÁ, D.C.", "BOGOTÁ, D.C."), ("05001", "MEDELLÍN", "ANTIOQUIA"), ("76001", "CALI", "VALLE DEL CAUCA"),
    ("08001", "BARRANQUILLA", "ATLÁNTICO"), ("13001", "CARTAGENA DE INDIAS", "BOLÍVAR"), ("15001", "TUNJA", "BOYACÁ"),
    ("54001", "SAN JOSÉ DE CÚCUTA", "NORTE DE SANTANDER"), ("52001", "PASTO", "NARIÑO"),
)  # fmt: skip
_PEQUENAS: tuple[tuple[Tabla, list[tuple[Any, ...]]], ...] = (
    (LINEAMAT, [(1, "01", "GENERAL"), (2, "02", "IMPORTADA")]),
    (MARCAART, [(1, "00", "SIN MARCA"), (2, "01", "ANDES")]),
    (TIPOIVA, [(1, "00", "EXCLUIDO", 0.0), (2, "05", "TARIFA 5 %", 5.0), (3, "19", "TARIFA GENERAL 19 %", 19.0)]),
    (CODIGOSUNIDADES, [(1, "94", "UNIDAD"), (2, "KGM", "KILOGRAMO")]),
    (SUCURSAL, [(1, "01", "PRINCIPAL")]),
    (CENTROS, [(1, "0001", "ADMINISTRACIÓN"), (2, "0002", "VENTAS")]),
    (FORMAPAGO, [(1, "CO", "CONTADO"), (2, "CR", "CRÉDITO"), (3, "MU", "MÚLTIPLE")]),
    (MEDIOPAGO, [(1, "10", "EFECTIVO"), (2, "47", "TRANSFERENCIA"), (3, "48", "TARJETA CRÉDITO")]),
    (CONCEPTO, [(1, "RF01", "RETEFUENTE COMPRAS 2,5 %", "R"), (2, "RI01", "RETEICA 9,66 POR MIL", "C"),
                (3, "RV01", "RETEIVA 15 %", "I")]),
    (MOTIVODEV, [(1, "01", "DEVOLUCIÓN PARCIAL", "1"), (2, "02", "ANULACIÓN DE LA FACTURA", "2")]),
    (PREFIJO, [("00", None, None, "N", "N"), ("FE", "FE", "RESOLUCIÓN 18760000000001 DE DEMOSTRACIÓN", "N", "S"),
               ("NC", "NC", None, "N", "S")]),
    (VARIOS, [("TOKENDIANVM", "token-de-demostracion"), ("ENDPOINTDIANVM", "https://proveedor.invalid/api"),
              ("CABECERADIANVM", "Responsable de IVA. Actividad económica de demostración."),
              ("FOOTERDIANVM", "Documento de demostración sin validez tributaria."), ("DECIMALES", "2")]),
)  # fmt: skip


def pequenas() -> list[tuple[Tabla, Filas]]:
    """The catalogues that are the same everywhere."""
    return [(tabla, por_columnas(tabla, filas)) for tabla, filas in _PEQUENAS]


def por_columnas(tabla: Tabla, filas: list[tuple[Any, ...]]) -> Filas:
    """A few rows written by hand, as the loader takes them; None in a text is NULL."""
    columnas: dict[str, Any] = {}
    for (nombre, tipo), valores in zip(tabla.columnas.items(), zip(*filas, strict=True), strict=True):
        if tipo == "INTEGER" or tipo.startswith("DOUBLE"):
            columnas[nombre] = np.array(valores)
        else:
            columnas[nombre] = texto([valor or "" for valor in valores], 200)
            if tipo.startswith("VARCHAR"):
                columnas[nombre] = columnas[nombre].astype(f"S{tipo[8:-1]}")
    return columnas


def ciudades() -> Filas:
    return por_columnas(CIUDANE, [(i, *ciudad, 169) for i, ciudad in enumerate(_CIUDADES, start=1)])


def bodegas(catalogo: Catalogo) -> Filas:
    return por_columnas(BODEGA, [(i, f"{i:02d}", n) for i, n in enumerate(catalogo.sector.bodegas, start=1)])


def grupos(catalogo: Catalogo) -> Filas:
    return por_columnas(GRUPMAT, [(i, g.codigo, g.nombre) for i, g in enumerate(catalogo.sector.grupos, start=1)])


def terceros(escala: Escala, sector: str, *, ajeno: bool) -> Filas:
    """ANULA, the final consumer, customers, suppliers and sellers; `ajeno` puts a byte of no charset in a name."""
    clase = {"medico": "CLÍNICA", "ferreteria": "CONSTRUCTORA", "papeleria": "COLEGIO"}.get(sector, "CLIENTE")
    filas: list[tuple[Any, ...]] = [
        (1, "ANULA", "ANULA", None, "DOCUMENTO ANULADO", None, None, None, 1, "31", "J"),
        (2, "222222222222", "222222222222", None, "CONSUMIDOR FINAL", None, None, None, 1, "13", "N"),
    ]
    nombres = [f"{clase} DE DEMOSTRACIÓN N.º {i:03d} SAS" for i in range(1, escala.clientes + 1)]
    nombres += [f"PROVEEDOR DE DEMOSTRACIÓN {i:02d} LTDA" for i in range(1, PROVEEDORES + 1)]
    nombres += [f"VENDEDOR {i:02d}" for i in range(1, VENDEDORES + 1)]
    for orden, nombre in enumerate(nombres):
        base = str(998_000_001 + orden)
        nit = (f"{con_puntos(base)}-{digito(base)}", base, f"{base}-{digito(base)}", f"{base}  ")[orden % 4]
        correo = f"contacto{orden + 1}@ejemplo.invalid"
        direccion = f"CALLE {orden + 1} # 10-{orden % 90:02d}"
        ciudad = orden % len(_CIUDADES) + 1
        filas.append(
            (orden + 3, nit, base, digito(base), nombre, "6010000000", direccion, correo, ciudad, "31", "J")
        )  # fmt: skip
    if ajeno:
        fila = filas[PRIMER_CLIENTE]
        filas[PRIMER_CLIENTE] = (*fila[:4], fila[4].encode("cp1252") + b" " + BYTE_AJENO + b"X", *fila[5:])
    return por_columnas(TERCEROS, filas)


def nombre_ajeno(nombre: str) -> bytes:
    """The bytes of an article's name with one that Windows-1252 does not define in the middle."""
    return nombre.encode("cp1252") + b" " + BYTE_AJENO + b" REF"


def materiales(catalogo: Catalogo, primer_id: int, *, ajenos: int = 0) -> Filas:
    """Articles (MATID from `primer_id`), then the headings. The first `ajenos` names carry a byte of no charset."""
    cuantos, cabezas = len(catalogo), catalogo.encabezados
    nombres = [
        nombre_ajeno(nombre) if orden < ajenos else nombre.encode("cp1252")
        for orden, nombre in enumerate(catalogo.nombres)
    ]
    total = cuantos + len(cabezas)
    por_peso = catalogo.atomo < 10_000
    iva = np.select([catalogo.iva == 19, catalogo.iva == 5], [3, 2], 1)
    return {
        "MATID": np.arange(primer_id, primer_id + total),
        "CODIGO": _de(MATERIAL, "CODIGO", [*catalogo.codigos, *(codigo for codigo, _ in cabezas)]),
        "DESCRIP": _de(MATERIAL, "DESCRIP", [*nombres, *(nombre for _, nombre in cabezas)]),
        "UNIDAD": _de(MATERIAL, "UNIDAD", [*np.where(por_peso, "KG", "UND").tolist(), *[""] * len(cabezas)]),
        "GRUPMATID": np.concatenate([catalogo.grupo, np.arange(len(cabezas))]) + 1,
        "LINEAMATID": np.full(total, 1),
        "MARCAARTID": np.full(total, 1),
        "TIPOIVAID": _con_cabezas(iva, len(cabezas), 1),
        "CODUNIDADID": _con_cabezas(np.where(por_peso, 2, 1), len(cabezas), 1),
    }


def _de(tabla: Tabla, columna: str, valores: list[Any]) -> Any:
    return texto(valores, int(tabla.columnas[columna][8:-1]))


def _con_cabezas(valores: Enteros, cabezas: int, relleno: int) -> Enteros:
    return np.concatenate([valores, np.full(cabezas, relleno)])
