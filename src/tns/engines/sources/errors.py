"""What can go wrong with a customer's database, each cause with its own stable code."""

from __future__ import annotations

from tns.engines.errors import TNSError


class SourceError(TNSError):
    """Any expected failure of a source; never carries the password."""

    codigo = "error_de_la_fuente"


class ClientLibraryMissing(SourceError):
    """No libfbclient on this machine."""

    codigo = "cliente_firebird_ausente"
    que_hacer_por_defecto = (
        "Instale la biblioteca cliente de Firebird (paquete libfbclient2) o indique su ruta en TNS_FBCLIENT."
    )


class ServerUnreachable(SourceError):
    """No route, no name, or nobody answered the TCP handshake in time."""

    codigo = "servidor_inalcanzable"
    que_hacer_por_defecto = "Revise el host, el puerto, el cortafuegos y, si la red es privada, la VPN."


class ConnectionRefused(SourceError):
    """The machine answers but nothing listens on that port."""

    codigo = "conexion_rechazada"
    que_hacer_por_defecto = "Revise el puerto y que el servicio de base de datos esté iniciado en esa máquina."


class MuteServer(SourceError):
    """Accepts the connection and never speaks."""

    codigo = "servidor_mudo"
    que_hacer_por_defecto = (
        "Revise que allí responda el servidor de base de datos y no otro programa, y reinicie el servicio."
    )


class NotADatabaseServer(SourceError):
    """Something speaks on that port, but not the expected protocol."""

    codigo = "protocolo_desconocido"
    que_hacer_por_defecto = "Revise el puerto y el tipo de servidor: lo que responde allí no es el servidor esperado."


class BadCredentials(SourceError):
    codigo = "credenciales_invalidas"
    que_hacer_por_defecto = "Corrija el usuario o la contraseña del servidor."


class IncompatibleAuthentication(SourceError):
    codigo = "autenticacion_incompatible"
    que_hacer_por_defecto = (
        "Revise AuthServer y WireCrypt en el firebird.conf del servidor: se admiten Srp256, Srp y Legacy_Auth."
    )


class DatabaseNotFound(SourceError):
    codigo = "base_no_encontrada"
    que_hacer_por_defecto = "Revise la ruta: se escribe como la ve el servidor, por ejemplo C:\\Visual TNS\\ADMIN.GDB."


class DatabaseUnavailable(SourceError):
    """The file exists but cannot be opened: corrupt, other ODS, shut down, no permission."""

    codigo = "base_no_disponible"
    que_hacer_por_defecto = "Revise en el servidor que la base esté en línea, no esté dañada y sea de su versión."


class PermissionMissing(SourceError):
    codigo = "permiso_insuficiente"
    que_hacer_por_defecto = "Otorgue a este usuario permiso de lectura sobre las tablas de la base."


class CompaniesTableMissing(SourceError):
    codigo = "tabla_empresas_ausente"
    que_hacer_por_defecto = "La ruta maestra debe apuntar a ADMIN.GDB, la base que contiene la tabla EMPRESAS."


class UnknownProfile(SourceError):
    """Neither KARDEX/DEKARDEX/MATERIAL nor MOVIMIENTOS is there."""

    codigo = "esquema_desconocido"
    que_hacer_por_defecto = "Escriba una consulta propia para esta empresa o revise que la ruta sea la de su base."


class ConnectionLost(SourceError):
    """The link was cut in the middle; trying again is reasonable."""

    codigo = "conexion_perdida"
    que_hacer_por_defecto = "Vuelva a intentarlo: lo ya terminado se conserva y se continúa desde ahí."


class QueryTimeout(SourceError):
    codigo = "consulta_tiempo_excedido"
    que_hacer_por_defecto = "Reduzca el rango de fechas o revise los índices que usa la consulta."


class QueryError(SourceError):
    """The own query is not acceptable; subclasses of meaning go by `codigo`."""

    codigo = "consulta_invalida"
    que_hacer_por_defecto = "Corrija la consulta propia de la empresa y pruébela antes de extraer."
