from tns.vpn.models.configuracion import EstadoAplicacion, OrigenConfig, VpnConfig
from tns.vpn.models.registro import VpnEnlace, VpnMuestra
from tns.vpn.models.servidor import ServidorWireGuard

__all__ = ["EstadoAplicacion", "OrigenConfig", "ServidorWireGuard", "VpnConfig", "VpnEnlace", "VpnMuestra"]
