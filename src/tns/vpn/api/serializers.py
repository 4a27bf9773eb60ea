from __future__ import annotations

from collections.abc import Callable
from ipaddress import ip_address
from typing import Any

from rest_framework import serializers

from tns.engines.wireguard import pool, values
from tns.engines.wireguard.errors import InvalidValue
from tns.engines.wireguard.ssh import check_private_key
from tns.servidores.models import Servidor
from tns.vpn import selectors
from tns.vpn.models import ServidorWireGuard, VpnConfig, VpnMuestra


def _validar(funcion: Callable[[Any], Any], valor: Any) -> Any:
    """An engine's gate as a field's validation."""
    try:
        return funcion(valor)
    except InvalidValue as error:
        raise serializers.ValidationError(str(error)) from None


def _lista(funcion: Callable[[Any], Any], elementos: list[str]) -> list[str]:
    return [str(_validar(funcion, elemento)) for elemento in elementos]


class ServidorWireGuardSerializer(serializers.ModelSerializer):
    """Credentials go in and never come out; leaving them out of an update keeps the ones there are."""

    ssh_password = serializers.CharField(
        write_only=True, required=False, allow_blank=True, max_length=256, trim_whitespace=False
    )
    ssh_llave = serializers.CharField(
        write_only=True, required=False, allow_blank=True, max_length=20_000, trim_whitespace=False
    )
    direccion_ipv4 = serializers.IPAddressField(protocol="IPv4", required=False)
    con_password = serializers.SerializerMethodField()
    con_llave = serializers.SerializerMethodField()
    huella_aprobada = serializers.CharField(read_only=True)
    huella_presentada = serializers.CharField(read_only=True)
    listo = serializers.BooleanField(read_only=True)
    total_configs = serializers.IntegerField(read_only=True, default=0)
    pendientes = serializers.IntegerField(read_only=True, default=0)

    class Meta:
        model = ServidorWireGuard
        exclude = ["llave_aprobada", "llave_presentada"]
        read_only_fields = [
            "alarma_desde",
            "public_key",
            "ocupadas",
            "ultima_lectura",
            "ultimo_error",
            "ultima_reconciliacion",
        ]

    def get_con_password(self, servidor: ServidorWireGuard) -> bool:
        return bool(servidor.ssh_password)

    def get_con_llave(self, servidor: ServidorWireGuard) -> bool:
        return bool(servidor.ssh_llave)

    def validate_ssh_host(self, valor: str) -> str:
        return str(_validar(values.host, valor))

    def validate_endpoint_host(self, valor: str) -> str:
        return str(_validar(values.host, valor))

    def validate_ssh_usuario(self, valor: str) -> str:
        return str(_validar(values.user_name, valor))

    def validate_interfaz(self, valor: str) -> str:
        return str(_validar(values.interface_name, valor))

    def validate_archivo(self, valor: str) -> str:
        return str(_validar(values.conf_path, valor)) if valor else ""

    def validate_ssh_llave(self, valor: str) -> str:
        if valor:
            _validar(check_private_key, valor)
        return valor

    def validate_red_ipv4(self, valor: str) -> str:
        return _red(valor, version=4)

    def validate_red_ipv6(self, valor: str) -> str:
        return _red(valor, version=6) if valor else ""

    def validate_redes_permitidas(self, valor: list[str]) -> list[str]:
        return _lista(values.network, valor)

    def validate_dns(self, valor: list[str]) -> list[str]:
        return _lista(values.host, valor)

    def validate(self, attrs: dict[str, Any]) -> dict[str, Any]:
        def actual(campo: str) -> Any:
            return attrs.get(campo, getattr(self.instance, campo, None))

        if not actual("ssh_password") and not actual("ssh_llave"):
            raise serializers.ValidationError({"ssh_llave": ["Escriba una llave SSH o una contraseña."]})
        for version in ("ipv4", "ipv6"):
            attrs |= _direccion_propia(actual(f"red_{version}"), actual(f"direccion_{version}"), version)
            self._exigir_que_quepan(attrs, version)
        return attrs

    def _exigir_que_quepan(self, attrs: dict[str, Any], version: str) -> None:
        """A network that changes must go on holding the addresses it gave, and none of them becomes the server's."""
        red, propia = attrs.get(f"red_{version}"), attrs.get(f"direccion_{version}")
        if self.instance is None or red is None or red == getattr(self.instance, f"red_{version}"):
            return
        nueva = values.network(red) if red else None
        for direccion in selectors.direcciones_dadas(self.instance, version):
            if nueva is None or not pool.is_assignable(nueva, ip_address(direccion)) or direccion == propia:
                raise serializers.ValidationError(
                    {f"red_{version}": [f"La configuración con {direccion} quedaría sin lugar en esa red."]}
                )


def _red(texto: str, *, version: int) -> str:
    red = _validar(values.network, texto)
    if red.version != version:
        raise serializers.ValidationError(f"Debe ser una red IPv{version}.")
    if red.prefixlen > red.max_prefixlen - 2:
        raise serializers.ValidationError("La red es demasiado pequeña: use un prefijo más corto.")
    return str(red)


def _direccion_propia(red: str | None, direccion: str | None, version: str) -> dict[str, Any]:
    """The server's own address in its network: the one given, else the first."""
    campo = f"direccion_{version}"
    if not red:
        return {campo: None}
    propia = values.network(red)
    if not direccion:
        return {campo: str(pool.next_free(propia, []))}
    if not pool.is_assignable(propia, values.network(direccion).network_address):
        raise serializers.ValidationError({campo: [f"No es una dirección de la red {red}."]})
    return {campo: direccion}


class VpnConfigSerializer(serializers.ModelSerializer):
    """A tunnel as it is told: no private or preshared key ever."""

    servidor_wireguard_nombre = serializers.CharField(source="servidor_wireguard.nombre", read_only=True)
    servidor_nombre = serializers.CharField(source="servidor.nombre", read_only=True, allow_null=True, default=None)
    llave_del_cliente = serializers.BooleanField(read_only=True)
    rotando = serializers.BooleanField(read_only=True)
    en_linea = serializers.BooleanField(read_only=True)

    class Meta:
        model = VpnConfig
        exclude = ["private_key", "preshared_key", "anterior_preshared_key", "generacion"]
        read_only_fields = [
            campo.name
            for campo in VpnConfig._meta.concrete_fields
            if campo.name not in ("nombre", "notas", "servidor", "expira_en", "ip_address", "ipv6_address")
        ]

    def validate_nombre(self, valor: str) -> str:
        return str(_validar(values.peer_name, valor))


class VpnConfigCreadaSerializer(VpnConfigSerializer):
    """What a creation answers: the tunnel and the task that puts it on the server."""

    task_id = serializers.UUIDField(read_only=True)


class CrearVpnConfigSerializer(serializers.Serializer):
    servidor_wireguard = serializers.PrimaryKeyRelatedField(queryset=ServidorWireGuard.objects.all())
    servidor = serializers.PrimaryKeyRelatedField(
        queryset=Servidor.objects.all(), required=False, allow_null=True, source="servidor_tns"
    )
    nombre = serializers.CharField(max_length=80)
    ip_address = serializers.IPAddressField(
        protocol="IPv4", required=False, allow_null=True, help_text="Vacía: la siguiente libre."
    )
    ipv6_address = serializers.IPAddressField(protocol="IPv6", required=False, allow_null=True)
    public_key = serializers.CharField(
        required=False,
        allow_blank=True,
        max_length=44,
        help_text="La del cliente, si prefiere guardar él su llave privada; vacía: se generan aquí.",
    )
    con_llave_compartida = serializers.BooleanField(required=False, default=True)
    expira_en = serializers.DateTimeField(required=False, allow_null=True)
    notas = serializers.CharField(required=False, allow_blank=True, max_length=10_000)

    def validate_nombre(self, valor: str) -> str:
        return str(_validar(values.peer_name, valor))

    def validate_public_key(self, valor: str) -> str:
        return str(_validar(values.key, valor)) if valor else ""


class RotarSerializer(serializers.Serializer):
    solape_horas = serializers.FloatField(
        required=False, default=0, min_value=0, max_value=720, help_text="0: la llave anterior deja de servir ya."
    )
    public_key = serializers.CharField(required=False, allow_blank=True, default="", max_length=44)

    def validate_public_key(self, valor: str) -> str:
        return str(_validar(values.key, valor)) if valor else ""


class AprobarHuellaSerializer(serializers.Serializer):
    huella = serializers.CharField(max_length=100, help_text="La que mostró la prueba, p. ej. SHA256:…")


class ReconciliarSerializer(serializers.Serializer):
    reparar = serializers.ListField(
        child=serializers.CharField(max_length=44),
        required=False,
        default=list,
        help_text="Llaves públicas por reparar, o «todo»; vacía: solo comparar.",
    )
    quitar = serializers.ListField(
        child=serializers.CharField(max_length=44),
        required=False,
        default=list,
        help_text="Llaves públicas de peers sin registrar que se sacan del servidor.",
    )


class CrearEnlaceSerializer(serializers.Serializer):
    horas = serializers.FloatField(required=False, default=24, min_value=0.02, max_value=168)


class EnlaceSerializer(serializers.Serializer):
    url = serializers.CharField(help_text="Sirve una sola vez.")
    expira = serializers.DateTimeField()


class EstadoVpnSerializer(serializers.ModelSerializer):
    """Live state as last read."""

    en_linea = serializers.BooleanField(read_only=True)
    rotando = serializers.BooleanField(read_only=True)

    class Meta:
        model = VpnConfig
        fields = [
            "id",
            "activo",
            "estado",
            "en_linea",
            "ultimo_handshake",
            "endpoint_visto",
            "rx_bytes",
            "tx_bytes",
            "leido",
            "rotando",
            "ultimo_error",
            "ultimo_error_codigo",
        ]
        read_only_fields = fields


class VpnMuestraSerializer(serializers.ModelSerializer):
    class Meta:
        model = VpnMuestra
        fields = ["instante", "en_linea", "ultimo_handshake", "endpoint", "rx_bytes", "tx_bytes"]
