from django.apps import AppConfig


class VpnConfigApp(AppConfig):
    name = "tns.vpn"
    verbose_name = "VPN"

    def ready(self) -> None:
        from tns.servidores import diagnostico
        from tns.vpn.diagnostico import estado_del_tunel

        diagnostico.registrar("tunel", estado_del_tunel)
