"""A Visual TNS installation made from a seed on real Firebird servers, whose every total is known.

`crear_instalacion([a, b])` fills two started `FirebirdServer`s: an ADMIN.GDB on each and one .GDB per company and
fiscal year, with the untidiness of real ones. It answers an `Instalacion` with the truth (`verdad`) that an extraction,
a discovery and a forecast are compared with. Paths inside Firebird are Windows paths (aliases of the server), as in
the customers' machines: `instalacion.servidores[0].ruta_maestra`.

`crear_base_grande(servidor, filas)` makes one database of as many lines as wanted, for benches.
"""

from tns.local.instalacion.base_grande import BaseGrande, crear_base_grande
from tns.local.instalacion.creacion import Instalacion, ServidorInstalado, crear_instalacion
from tns.local.instalacion.escala import Escala
from tns.local.instalacion.verdad import Total, Verdad, VerdadBase

__all__ = [
    "BaseGrande",
    "Escala",
    "Instalacion",
    "ServidorInstalado",
    "Total",
    "Verdad",
    "VerdadBase",
    "crear_base_grande",
    "crear_instalacion",
]
