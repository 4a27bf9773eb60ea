"""What may go wrong with a tunnel or with the server that carries it, in words for the administrator."""

from __future__ import annotations

from typing import Any, ClassVar

from tns.engines.errors import TNSError


def printable(text: str) -> str:
    """`text` without control characters, line breaks and tabs excepted."""
    return "".join(char for char in text if char.isprintable() or char in "\n\t")


class WireGuardError(TNSError):
    """Base of every expected failure of this engine."""

    codigo: ClassVar[str] = "error_wireguard"

    def __init__(self, detalle: str, *, tecnico: str | None = None, **campos: Any) -> None:
        """`tecnico` comes from the server: what could not be stored or shown is left out of it."""
        super().__init__(detalle, tecnico=printable(tecnico) if tecnico else tecnico, **campos)


class InvalidValue(WireGuardError):
    """A name, key, address or path that must not reach a file or a command."""

    codigo: ClassVar[str] = "valor_no_valido"


class PoolExhausted(WireGuardError):
    """No free address is left in the network."""

    codigo: ClassVar[str] = "red_agotada"
    que_hacer_por_defecto: ClassVar[str] = (
        "Amplíe la red del servidor WireGuard o elimine configuraciones que ya no use."
    )


class UnexpectedOutput(WireGuardError):
    """`wg` answered something this program cannot read."""

    codigo: ClassVar[str] = "respuesta_inesperada"
    que_hacer_por_defecto: ClassVar[str] = "Revise la versión de wireguard-tools en el servidor y vuelva a probar."


class AddressTaken(WireGuardError):
    """Another peer of the server already owns the address."""

    codigo: ClassVar[str] = "direccion_ocupada"
    que_hacer_por_defecto: ClassVar[str] = "Asigne otra dirección a esta configuración y vuelva a aplicarla."


class FileChanged(WireGuardError):
    """The interface's file changed between reading and writing it."""

    codigo: ClassVar[str] = "archivo_cambiado"
    que_hacer_por_defecto: ClassVar[str] = "Otra persona edita ese archivo: espere un momento y vuelva a intentarlo."


class RemoteFailure(WireGuardError):
    """The server refused or failed a command."""

    codigo: ClassVar[str] = "orden_rechazada"


class SudoRefused(RemoteFailure):
    """The SSH user may not become root without a password."""

    codigo: ClassVar[str] = "sudo_rechazado"
    que_hacer_por_defecto: ClassVar[str] = (
        "Permita al usuario SSH usar sudo sin contraseña (NOPASSWD) o conéctese con un usuario administrador."
    )


class SSHError(WireGuardError):
    """The server could not be reached or did not let us in."""

    codigo: ClassVar[str] = "ssh_sin_conexion"
    que_hacer_por_defecto: ClassVar[str] = "Revise el host, el puerto y que el servidor acepte conexiones SSH."


class SSHTimeout(SSHError):
    """Nothing came back within the time limit."""

    codigo: ClassVar[str] = "ssh_tiempo_agotado"
    que_hacer_por_defecto: ClassVar[str] = "Revise la red y la carga del servidor y vuelva a intentarlo."


class SSHAuthFailed(SSHError):
    """User, password or key were refused."""

    codigo: ClassVar[str] = "ssh_credenciales"
    que_hacer_por_defecto: ClassVar[str] = "Revise el usuario y la contraseña o la llave SSH de este servidor."


class HostKeyNotApproved(SSHError):
    """Nobody has approved this server's host key yet."""

    codigo: ClassVar[str] = "huella_sin_aprobar"
    que_hacer_por_defecto: ClassVar[str] = "Pruebe el servidor, compare la huella que presenta y apruébela."


class HostKeyChanged(SSHError):
    """The server presents a host key other than the approved one."""

    codigo: ClassVar[str] = "huella_cambiada"
    que_hacer_por_defecto: ClassVar[str] = (
        "No continúe hasta confirmar con quien administra el servidor que la llave cambió de verdad: "
        "puede ser una suplantación. Si es legítima, apruebe la nueva huella."
    )
