"""The company that does not keep Visual TNS tables: only MOVIMIENTOS, a table one year and a view the next."""

from __future__ import annotations

from typing import Any

import numpy as np

from tns.local.firebird import FirebirdServer
from tns.local.instalacion.carga import cargar, crear_llaves, crear_tabla, texto
from tns.local.instalacion.catalogo import UNIDAD
from tns.local.instalacion.contenido import Contenido, texto_de
from tns.local.instalacion.documentos import TIPOS
from tns.local.instalacion.esquema import MOVIMIENTOS, PRODUCTOS, SALIDAS, VISTA_MOVIMIENTOS
from tns.local.instalacion.medicion import movimientos_de, tipo_de_bodega


def escribir(servidor: FirebirdServer, contenido: Contenido) -> None:
    """Make the database in `servidor` and fill it with what its documents amount to."""
    base, catalogo = contenido.base, contenido.catalogo
    dia, codcomp, lineas = movimientos_de(contenido.libro, len(catalogo), base.anio)
    clases = texto_de([tipo or "" for tipo in TIPOS.values()], codcomp)
    bodegas = texto_de([tipo_de_bodega(nombre) for nombre in catalogo.sector.bodegas], lineas.bodega)
    cantidad, precio = lineas.cantidad / UNIDAD, lineas.precio / 100
    codigos = texto([*catalogo.codigos], 20)
    nombres = texto([*catalogo.nombres], 100)
    with servidor.create_database(
        servidor.database(base.archivo), charset=base.charset, page_size=8192, forced_writes=False
    ) as conexion:
        if base.perfil == "tabla":
            crear_tabla(conexion, MOVIMIENTOS)
            conexion.commit()
            filas: dict[str, Any] = {
                "CODIGO": codigos[lineas.articulo], "NOMBRE": nombres[lineas.articulo], "CANTIDAD": cantidad,
                "PRECIO_UNITARIO": precio, "FECHA": dia, "TIPO_DOCUMENTO": clases, "TIPO_BODEGA": bodegas,
            }  # fmt: skip
            cargar(servidor, conexion, [(MOVIMIENTOS, filas)])
            crear_llaves(conexion, MOVIMIENTOS)
        else:
            crear_tabla(conexion, PRODUCTOS)
            crear_tabla(conexion, SALIDAS)
            conexion.commit()
            hora = np.random.default_rng([base.anio, len(dia)]).integers(7 * 3600, 20 * 3600, len(dia))
            filas = {
                "ID": np.arange(1, len(dia) + 1), "COD": codigos[lineas.articulo], "CANT": cantidad, "VALOR": precio,
                "MOMENTO": dia * 86_400 + hora, "CLASE": clases, "BOD": bodegas,
            }  # fmt: skip
            cargar(servidor, conexion, [(PRODUCTOS, {"COD": codigos, "NOM": nombres}), (SALIDAS, filas)])
            crear_llaves(conexion, PRODUCTOS)
            crear_llaves(conexion, SALIDAS)
            conexion.execute_immediate(VISTA_MOVIMIENTOS)
        conexion.commit()
