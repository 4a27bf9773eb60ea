"""Who gets in, route by route: the expected matrix that `test_permisos.py` checks against the URL map.

A new route needs one line in RUTAS: its path as the URL map has it (parameters as `<nombre>`), each method with the
callers who get in, and, when the path names a record, which record of Andina's it is (`objeto`). Callers who get in but
whose scope does not reach Andina must then get 404, as for a record that does not exist.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from typing import Any

from tests.mundo import Mundo
from tns.consola.urls import PAGINAS

NADIE = frozenset[str]()
AJENOS = frozenset({"lector_boreal", "llave_boreal"})  # nothing of Andina's may reach them
LLAVES = frozenset({"llave_andina", "llave_boreal"})
PERSONAS = frozenset(
    {"sin_rol", "lector", "lector_boreal", "operador", "operador_andina", "administrador", "administrador_andina"}
)
TODOS = PERSONAS | LLAVES | {"nadie"}

VER = PERSONAS - {"sin_rol"}
VER_TODO = frozenset({"lector", "operador", "administrador"})
OPERAR = frozenset({"operador", "operador_andina", "administrador", "administrador_andina"})
OPERAR_TODO = frozenset({"operador", "administrador"})
ADMINISTRAR = frozenset({"administrador", "administrador_andina"})
ADMINISTRAR_TODO = frozenset({"administrador"})


@dataclass(frozen=True)
class Ruta:
    """One route's line; `objeto` gives the record of Andina's that fills its parameter."""

    metodos: dict[str, frozenset[str]]
    objeto: Callable[[Mundo], Any] | None = None
    solo_sesion: bool = False  # it never looks at an API key, so a key is nobody there


def ruta(objeto: Callable[[Mundo], Any] | None = None, *, solo_sesion: bool = False, **metodos: frozenset[str]) -> Ruta:
    return Ruta(metodos, objeto, solo_sesion)


# --- Records of Andina's ----------------------------------------------------------------------------------------------
def servidor(mundo: Mundo) -> Any:
    return mundo.servidor.pk


def empresa(mundo: Mundo) -> Any:
    return mundo.andina.pk


def tarea(mundo: Mundo) -> Any:
    from tns.tareas.models import Tarea

    return Tarea.objects.create(
        tipo="prueba", nombre_celery="x", cola="rapidas", titulo="De Andina", nit_base=mundo.andina.nit_base
    ).pk


def personalizacion(mundo: Mundo) -> Any:
    from tns.comercio.models import EmpresaPersonalizacion

    return EmpresaPersonalizacion.objects.create(empresa_servidor=mundo.andina).pk


def tienda(mundo: Mundo) -> Any:
    from tns.comercio.models import EmpresaEcommerceConfig

    return EmpresaEcommerceConfig.objects.create(empresa_servidor=mundo.andina).pk


def dominio(mundo: Mundo) -> Any:
    from tns.comercio.models import EmpresaDominio

    return EmpresaDominio.objects.create(empresa_servidor=mundo.andina, dominio="andina.example").pk


def sin_registro(mundo: Mundo) -> Any:
    """For records that belong to no NIT: none exists, so whoever gets in is told 404."""
    return 999_999


# --- The matrix -------------------------------------------------------------------------------------------------------
RUTAS: dict[str, Ruta] = {
    # What anybody may reach
    "api/schema/": ruta(GET=TODOS),
    "api/docs/": ruta(GET=TODOS),
    "api/auth/csrf/": ruta(GET=TODOS),
    "api/auth/login/": ruta(POST=TODOS),
    "api/api-keys/validar_api_key/": ruta(POST=TODOS),
    "api/dominios/resolver/": ruta(GET=TODOS),
    "health/": ruta(GET=TODOS),
    "health/live/": ruta(GET=TODOS),
    "health/ready/": ruta(GET=TODOS),
    # The console's page, which shows nothing until one signs in
    **{pagina: ruta(GET=TODOS) for nombre in PAGINAS for pagina in (nombre, f"{nombre}/<resto>")},
    "": ruta(GET=TODOS),
    # State of the installation
    "metrics": ruta(GET=ADMINISTRAR_TODO, solo_sesion=True),
    "metrics/": ruta(GET=ADMINISTRAR_TODO, solo_sesion=True),
    "api/sistema/estado/": ruta(GET=VER),
    "api/sistema/resumen/": ruta(GET=VER),
    "api/sistema/configuracion/": ruta(GET=ADMINISTRAR_TODO),
    # People
    "api/auth/logout/": ruta(POST=PERSONAS),
    "api/auth/me/": ruta(GET=PERSONAS),
    "api/auth/clave/": ruta(POST=PERSONAS),
    "api/auth/sesiones/": ruta(GET=PERSONAS),
    "api/auth/sesiones/<id>/": ruta(sin_registro, DELETE=PERSONAS),
    "api/auth/register/": ruta(POST=ADMINISTRAR_TODO),
    "api/usuarios/": ruta(GET=ADMINISTRAR_TODO),
    "api/usuarios/<pk>/": ruta(sin_registro, GET=ADMINISTRAR_TODO, PATCH=ADMINISTRAR_TODO),
    "api/usuarios/<pk>/restablecer_clave/": ruta(sin_registro, POST=ADMINISTRAR_TODO),
    "api/invitaciones/": ruta(GET=ADMINISTRAR_TODO, POST=ADMINISTRAR_TODO),
    "api/invitaciones/<pk>/": ruta(sin_registro, DELETE=ADMINISTRAR_TODO),
    "api/auditoria/": ruta(GET=ADMINISTRAR_TODO),
    "api/auditoria/<pk>/": ruta(sin_registro, GET=ADMINISTRAR_TODO),
    # Background jobs
    "api/tareas/": ruta(GET=VER),
    "api/tareas/eventos/": ruta(GET=VER, solo_sesion=True),
    "api/tareas/<pk>/": ruta(tarea, GET=VER),
    "api/tareas/<pk>/eventos/": ruta(tarea, GET=VER, solo_sesion=True),
    "api/tareas/<pk>/cancelar/": ruta(tarea, POST=OPERAR),
    "api/sistema/estado-tarea/": ruta(GET=VER),
    "api/sistema/estado-descubrimiento/": ruta(GET=VER),
    # Servers and companies
    "api/servidores/": ruta(GET=VER, POST=ADMINISTRAR_TODO),
    "api/servidores/<pk>/": ruta(
        servidor, GET=VER, PUT=ADMINISTRAR_TODO, PATCH=ADMINISTRAR_TODO, DELETE=ADMINISTRAR_TODO
    ),
    "api/servidores/<pk>/probar_conexion/": ruta(servidor, POST=OPERAR),
    "api/sistema/descubrir_empresas/": ruta(POST=OPERAR_TODO),
    "api/empresas-servidor/": ruta(GET=VER | LLAVES, POST=ADMINISTRAR),
    "api/empresas-servidor/<pk>/": ruta(
        empresa, GET=VER | LLAVES, PUT=ADMINISTRAR, PATCH=ADMINISTRAR, DELETE=ADMINISTRAR
    ),
    # API keys
    "api/api-keys/generar_api_key/": ruta(POST=ADMINISTRAR),
    "api/api-keys/listar_api_keys/": ruta(GET=VER),
    "api/api-keys/revocar_api_key/": ruta(POST=ADMINISTRAR),
    "api/api-keys/rotar_api_key/": ruta(POST=ADMINISTRAR),
    "api/api-keys/actualizar_empresas_asociadas/": ruta(POST=ADMINISTRAR),
    # Shop
    "api/personalizacion/": ruta(GET=VER | LLAVES, POST=ADMINISTRAR),
    "api/personalizacion/<pk>/": ruta(
        personalizacion, GET=VER | LLAVES, PUT=ADMINISTRAR, PATCH=ADMINISTRAR, DELETE=ADMINISTRAR
    ),
    "api/ecommerce/": ruta(GET=VER | LLAVES, POST=ADMINISTRAR),
    "api/ecommerce/<pk>/": ruta(tienda, GET=VER | LLAVES, PUT=ADMINISTRAR, PATCH=ADMINISTRAR, DELETE=ADMINISTRAR),
    "api/dominios/": ruta(GET=VER | LLAVES, POST=ADMINISTRAR),
    "api/dominios/<pk>/": ruta(dominio, GET=VER | LLAVES, PUT=ADMINISTRAR, PATCH=ADMINISTRAR, DELETE=ADMINISTRAR),
    "api/personalizacion/<pk>/logo/": ruta(personalizacion, POST=ADMINISTRAR, DELETE=ADMINISTRAR),
    "api/personalizacion/<pk>/video_protector/": ruta(personalizacion, POST=ADMINISTRAR, DELETE=ADMINISTRAR),
    "api/ecommerce/<pk>/logo/": ruta(tienda, POST=ADMINISTRAR, DELETE=ADMINISTRAR),
    "api/medios/<nombre>": ruta(sin_registro, GET=TODOS),
    # Schedules
    "api/programaciones/": ruta(GET=VER, POST=ADMINISTRAR_TODO),
    "api/programaciones/<pk>/": ruta(
        sin_registro, GET=VER, PUT=ADMINISTRAR_TODO, PATCH=ADMINISTRAR_TODO, DELETE=ADMINISTRAR_TODO
    ),
    "api/programaciones/<pk>/correr/": ruta(sin_registro, POST=OPERAR_TODO),
    # Movements
    "api/sistema/extraer_varias/": ruta(POST=OPERAR),
    "api/sistema/extraer_datos/": ruta(POST=OPERAR),
    "api/empresas-servidor/<empresa_id>/cobertura/": ruta(empresa, GET=VER | LLAVES),
    "api/empresas-servidor/<empresa_id>/probar_consulta/": ruta(empresa, POST=ADMINISTRAR),
    "api/articulos/": ruta(GET=VER | LLAVES),
    "api/empresas-servidor/<empresa_id>/movimientos/": ruta(empresa, GET=VER | LLAVES),
    "api/empresas-servidor/<empresa_id>/movimientos/exportar/": ruta(empresa, GET=VER | LLAVES),
    "api/movimientos/": ruta(GET=VER | LLAVES),
    "api/movimientos/<pk>/": ruta(sin_registro, GET=VER | LLAVES),
    "api/ejecuciones-extraccion/": ruta(GET=VER),
    "api/ejecuciones-extraccion/<pk>/": ruta(sin_registro, GET=VER),
    # Models and forecasts
    "api/ml/entrenar_modelos/": ruta(POST=OPERAR),
    "api/ml/predecir_demanda/": ruta(POST=VER | LLAVES),
    "api/ml/recomendaciones_compra/": ruta(GET=VER | LLAVES),
    "api/ml/modelos/": ruta(GET=VER),
    "api/ml/modelos/<pk>/": ruta(sin_registro, GET=VER),
    "api/ml/modelos/<pk>/activar/": ruta(sin_registro, POST=OPERAR),
    "api/ml/modelos/<pk>/registrar_mlflow/": ruta(sin_registro, POST=OPERAR),
    # Electronic documents
    "api/dian-processor/procesar-factura/": ruta(POST=OPERAR),
    "api/dian-processor/procesar-lote/": ruta(POST=OPERAR),
    "api/dian-processor/recibir/": ruta(POST=OPERAR),
    "api/dian-processor/documentos/": ruta(GET=VER),
    "api/dian-processor/documentos/<pk>/": ruta(sin_registro, GET=VER),
    "api/dian-processor/documentos/<pk>/html/": ruta(sin_registro, GET=VER),
    "api/dian-processor/documentos/<pk>/pdf/": ruta(sin_registro, GET=VER),
    "api/dian-processor/recibidos/": ruta(GET=VER),
    "api/dian-processor/recibidos/exportar/": ruta(GET=VER),
    "api/dian-processor/recibidos/<pk>/": ruta(sin_registro, GET=VER),
    "api/dian-processor/recibidos/<pk>/html/": ruta(sin_registro, GET=VER),
    "api/dian-processor/recibidos/<pk>/original/": ruta(sin_registro, GET=VER),
    "api/dian-processor/recibidos/<pk>/pdf/": ruta(sin_registro, GET=VER),
    "api/dian-processor/recibidos/<pk>/xml/": ruta(sin_registro, GET=VER),
    "api/dian-processor/configuraciones/": ruta(GET=VER, POST=ADMINISTRAR),
    "api/dian-processor/configuraciones/<pk>/": ruta(
        sin_registro, GET=VER, PUT=ADMINISTRAR, PATCH=ADMINISTRAR, DELETE=ADMINISTRAR
    ),
    # Tunnels
    "api/vpn/enlaces/<token>/": ruta(sin_registro, GET=TODOS),
    "api/vpn/configs/": ruta(GET=VER_TODO, POST=OPERAR_TODO),
    "api/vpn/configs/<pk>/": ruta(sin_registro, GET=VER_TODO, PATCH=OPERAR_TODO, DELETE=OPERAR_TODO),
    "api/vpn/configs/<pk>/aplicar/": ruta(sin_registro, POST=OPERAR_TODO),
    "api/vpn/configs/<pk>/completar_rotacion/": ruta(sin_registro, POST=OPERAR_TODO),
    "api/vpn/configs/<pk>/deshabilitar/": ruta(sin_registro, POST=OPERAR_TODO),
    "api/vpn/configs/<pk>/download_config/": ruta(sin_registro, GET=OPERAR_TODO),
    "api/vpn/configs/<pk>/enlace/": ruta(sin_registro, POST=OPERAR_TODO),
    "api/vpn/configs/<pk>/estado/": ruta(sin_registro, GET=VER_TODO),
    "api/vpn/configs/<pk>/habilitar/": ruta(sin_registro, POST=OPERAR_TODO),
    "api/vpn/configs/<pk>/historial/": ruta(sin_registro, GET=VER_TODO),
    "api/vpn/configs/<pk>/qr/": ruta(sin_registro, GET=OPERAR_TODO),
    "api/vpn/configs/<pk>/rotar/": ruta(sin_registro, POST=OPERAR_TODO),
    "api/vpn/servidores/": ruta(GET=VER_TODO, POST=ADMINISTRAR_TODO),
    "api/vpn/servidores/<pk>/": ruta(
        sin_registro, GET=VER_TODO, PUT=ADMINISTRAR_TODO, PATCH=ADMINISTRAR_TODO, DELETE=ADMINISTRAR_TODO
    ),
    "api/vpn/servidores/<pk>/aprobar_huella/": ruta(POST=ADMINISTRAR_TODO),
    "api/vpn/servidores/<pk>/importar/": ruta(sin_registro, POST=ADMINISTRAR_TODO),
    "api/vpn/servidores/<pk>/probar/": ruta(sin_registro, POST=ADMINISTRAR_TODO),
    "api/vpn/servidores/<pk>/reconciliar/": ruta(sin_registro, POST=OPERAR_TODO),
}
