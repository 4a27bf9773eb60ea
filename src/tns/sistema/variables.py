"""Every variable of the environment that the program reads: what it is for, its value, where that comes from.

`.env.example` is written from this list (`tns manage env_ejemplo`), and a test compares both with the settings file.
"""

from __future__ import annotations

import os
from dataclasses import dataclass
from typing import Any
from urllib.parse import urlsplit, urlunsplit

from django.conf import settings

MASCARA = "••••••••"


@dataclass(frozen=True, slots=True)
class Variable:
    """One variable; `ajuste` is the Django setting that holds it, "" when there is none to show."""

    nombre: str
    descripcion: str
    ejemplo: str = ""
    ajuste: str = ""
    secreta: bool = False
    es_url: bool = False


SECCIONES: dict[str, tuple[Variable, ...]] = {
    "Seguridad": (
        Variable("SECRET_KEY", "Firma sesiones y enlaces. Al azar y de 50 caracteres o más.", secreta=True),
        Variable(
            "TNS_CLAVES_CIFRADO",
            "Claves Fernet que cifran las contraseñas guardadas, con comas; la primera cifra, todas descifran. "
            "Cree una con «tns manage clave_cifrado».",
            ajuste="TNS_CLAVES_CIFRADO",
            secreta=True,
        ),
        Variable("DEBUG", "Detalles de error en pantalla. Nunca en producción.", "False", "DEBUG"),
        Variable("ALLOWED_HOSTS", "Nombres con los que se llega a este sitio.", "tns.ejemplo.co", "ALLOWED_HOSTS"),
        Variable(
            "CSRF_TRUSTED_ORIGINS", "Orígenes de confianza detrás de un proxy.", "https://tns.ejemplo.co",
            "CSRF_TRUSTED_ORIGINS",
        ),
        Variable("TNS_HTTPS", "El sitio se sirve por HTTPS: galletas seguras y HSTS.", "True", "TNS_HTTPS"),
        Variable("SECURE_HSTS_SECONDS", "Duración de HSTS.", "31536000", "SECURE_HSTS_SECONDS"),
        Variable(
            "TNS_REGISTRO_ABIERTO", "Cualquiera puede registrarse (sin permisos hasta que lo aprueben).", "False",
            "TNS_REGISTRO_ABIERTO",
        ),
        Variable("TNS_METRICS_TOKEN", "Con este token lee Prometheus /metrics (Authorization: Bearer).", secreta=True),
    ),
    "Datos": (
        Variable("DATABASE_URL", "PostgreSQL.", "postgres://tns:clave@localhost:5432/tns", es_url=True),
        Variable("CONN_MAX_AGE", "Segundos que vive una conexión sin grupo.", "0"),
        Variable("TNS_POOL", "Grupo de conexiones en el proceso web.", "True"),
        Variable("TNS_POOL_MAX", "Conexiones del grupo, como mucho.", "16"),
        Variable("REDIS_URL", "Valkey o Redis: cola de tareas y caché.", "redis://localhost:6379/0", es_url=True),
    ),
    "Archivos": (
        Variable("MODELOS_ML_DIR", "Dónde viven los modelos entrenados.", "manu/modelos_ml", "MODELOS_ML_DIR"),
        Variable("MODELOS_ML_VERSIONES", "Versiones de cada modelo que se guardan.", "3", "MODELOS_ML_VERSIONES"),
        Variable(
            "TNS_MEDIOS_DIR", "Dónde viven los logos y videos subidos de tiendas y autopagos.", "manu/medios",
            "TNS_MEDIOS_DIR",
        ),
        Variable("STATIC_ROOT", "Dónde deja collectstatic los archivos de la consola.", "", "STATIC_ROOT"),
    ),
    "MLflow": (
        Variable(
            "MLFLOW_TRACKING_URI", "Servidor MLflow; vacía: no se registra.", "http://localhost:5050", es_url=True
        ),
        Variable("MLFLOW_EXPERIMENTO", "Experimento.", "TNS_Demanda_Prediccion", "MLFLOW_EXPERIMENTO"),
        Variable("TNS_MLFLOW_LIMITE_S", "Segundos que un entrenamiento espera a MLflow.", "180", "TNS_MLFLOW_LIMITE_S"),
    ),
    "Servidores de los clientes": (
        Variable("TNS_FBCLIENT", "Ruta de libfbclient si no es la del sistema."),
        Variable(
            "TNS_TIEMPO_LIMITE_CONEXION", "Segundos para conectar.", "10", "TNS_TIEMPO_LIMITE_CONEXION"
        ),
        Variable(
            "TNS_TIEMPO_LIMITE_CONSULTA", "Segundos de una consulta.", "900", "TNS_TIEMPO_LIMITE_CONSULTA"
        ),
        Variable(
            "TNS_TIEMPO_LIMITE_CONSULTA_PROPIA", "Segundos de una consulta propia.", "120",
            "TNS_TIEMPO_LIMITE_CONSULTA_PROPIA",
        ),
        Variable(
            "TNS_TIEMPO_LIMITE_SILENCIO", "Segundos sin recibir nada antes de dar por perdida la conexión.", "120",
            "TNS_TIEMPO_LIMITE_SILENCIO",
        ),
        Variable(
            "TNS_EXTRACCIONES_POR_SERVIDOR", "Extracciones simultáneas de un mismo servidor.", "2",
            "TNS_EXTRACCIONES_POR_SERVIDOR",
        ),
        Variable("TNS_NATIVO", "0 para no usar la parte compilada de la extracción.", "1"),
    ),
    "DIAN": (
        Variable("DIAN_TIEMPO_LIMITE_S", "Segundos que se espera al proveedor.", "90", "DIAN_TIEMPO_LIMITE_S"),
        Variable(
            "DIAN_ESPERA_CONSULTA_S", "Segundos antes de consultar un envío mudo.", "300", "DIAN_ESPERA_CONSULTA_S"
        ),
        Variable("DIAN_PERMITIR_HTTP", "Aceptar un proveedor sin TLS (solo pruebas).", "False", "DIAN_PERMITIR_HTTP"),
        Variable("DIAN_RAICES", "PEM de las raíces cuyas firmas se aceptan.", "", "DIAN_RAICES"),
    ),
    "Pila local": (
        Variable("TNS_DATOS", "Datos de «tns up»; por defecto .tns (root: /var/lib/tns-core).", "/srv/tns"),
    ),
    "Avisos": (
        Variable("TNS_AVISOS_CORREO", "A quién escribir cuando falla algo programado.", "", "TNS_AVISOS_CORREO"),
        Variable("TNS_AVISOS_WEBHOOK", "Dirección que recibe lo mismo como JSON.", secreta=True),
        Variable("TNS_CORREO_REMITENTE", "Remitente de los correos.", "tns@ejemplo.co", "DEFAULT_FROM_EMAIL"),
        Variable("EMAIL_URL", "Servidor de correo.", "smtp+tls://usuario:clave@correo.ejemplo.co:587", es_url=True),
    ),
    "Contenedores (compose.yaml)": (
        Variable("CLAVE_POSTGRES", "Contraseña de la base de datos que crea compose.yaml.", secreta=True),
        Variable(
            "FORWARDED_ALLOW_IPS", "Direcciones del proxy cuyos encabezados X-Forwarded-* se creen.", "127.0.0.1"
        ),
    ),
    "Registros": (
        Variable("LOG_LEVEL", "DEBUG, INFO, WARNING o ERROR.", "INFO"),
        Variable("LOG_FORMATO", "linea (para personas) o json (para máquinas).", "json"),
        Variable(
            "TNS_RETENCION_TAREAS_DIAS", "Días que se conserva el historial de tareas.", "90",
            "TNS_RETENCION_TAREAS_DIAS",
        ),
        Variable(
            "TNS_RETENCION_AUDITORIA_DIAS", "Días que se conserva la auditoría; 0 es para siempre.", "0",
            "TNS_RETENCION_AUDITORIA_DIAS",
        ),
        Variable("TNS_ENV", "Archivo de variables; por defecto .env de la carpeta actual."),
    ),
}  # fmt: skip


def valores() -> list[dict[str, Any]]:
    """Each variable with the value in force (secrets masked, passwords out of URLs) and where it comes from."""
    return [
        {
            "seccion": seccion,
            "nombre": variable.nombre,
            "descripcion": variable.descripcion,
            "valor": _mostrable(variable),
            "origen": _origen(variable.nombre),
            "secreta": variable.secreta,
        }
        for seccion, variables in SECCIONES.items()
        for variable in variables
    ]


def ejemplo() -> str:
    """The text of `.env.example`."""
    lineas = ["# Copie este archivo como .env y quite el # de lo que quiera cambiar."]
    for seccion, variables in SECCIONES.items():
        lineas += ["", f"# --- {seccion} ---"]
        for variable in variables:
            lineas += [f"# {variable.descripcion}", f"#{variable.nombre}={variable.ejemplo}"]
    return "\n".join(lineas) + "\n"


def _origen(nombre: str) -> str:
    if nombre in settings.VARIABLES_DEL_ENTORNO:
        return "entorno"
    return ".env" if nombre in os.environ else "por defecto"


def _mostrable(variable: Variable) -> str:
    if variable.secreta:
        puesto = getattr(settings, variable.nombre, "") or os.environ.get(variable.nombre)
        return MASCARA if puesto else ""
    if variable.es_url:
        return sin_clave(os.environ.get(variable.nombre, ""))
    valor = getattr(settings, variable.ajuste) if variable.ajuste else os.environ.get(variable.nombre, "")
    return ", ".join(map(str, valor)) if isinstance(valor, list | tuple) else "" if valor is None else str(valor)


def sin_clave(url: str) -> str:
    """The URL with its password masked."""
    try:
        partes = urlsplit(url)
        clave = partes.password
    except ValueError:
        return MASCARA
    if clave is None:
        return url
    return urlunsplit(partes._replace(netloc=f"{partes.username or ''}:{MASCARA}@{partes.netloc.rpartition('@')[2]}"))
