"""Settings of the whole program, read once from the environment (and from `.env` when there is one).

Every variable is listed, with its meaning, in `.env.example`.
"""

from __future__ import annotations

import os
from datetime import timedelta
from pathlib import Path
from typing import Any

import environ
from celery.schedules import crontab

env = environ.Env()
RAIZ = Path.cwd()
VARIABLES_DEL_ENTORNO = frozenset(os.environ)  # before .env adds its own: the console tells one from the other
if (archivo_env := Path(env.str("TNS_ENV", str(RAIZ / ".env")))).is_file():
    env.read_env(str(archivo_env))

# --- Safety -----------------------------------------------------------------------------------------------------------
DEBUG: bool = env.bool("DEBUG", False)
SECRET_KEY: str = env.str("SECRET_KEY", "")
TNS_CLAVES_CIFRADO: list[str] = env.list("TNS_CLAVES_CIFRADO", default=[])
# The names of the loopback always serve: the image's health check comes by them, whatever the site is called.
ALLOWED_HOSTS: list[str] = [*env.list("ALLOWED_HOSTS", default=[]), "127.0.0.1", "localhost"]
CSRF_TRUSTED_ORIGINS: list[str] = env.list("CSRF_TRUSTED_ORIGINS", default=[])
TNS_HTTPS: bool = env.bool("TNS_HTTPS", False)
SESSION_COOKIE_SECURE = CSRF_COOKIE_SECURE = TNS_HTTPS
SECURE_SSL_REDIRECT = False  # the proxy that ends TLS redirects; redirecting here as well would loop behind it
SECURE_PROXY_SSL_HEADER = ("HTTP_X_FORWARDED_PROTO", "https") if TNS_HTTPS else None
SECURE_HSTS_SECONDS: int = env.int("SECURE_HSTS_SECONDS", 31_536_000 if TNS_HTTPS else 0)
SESSION_COOKIE_HTTPONLY = True
SESSION_COOKIE_SAMESITE = CSRF_COOKIE_SAMESITE = "Lax"
SESSION_ENGINE = "tns.cuentas.sesiones"
SESSION_COOKIE_AGE = 60 * 60 * 12
SECURE_REFERRER_POLICY = "same-origin"
X_FRAME_OPTIONS = "DENY"
TNS_REGISTRO_ABIERTO: bool = env.bool("TNS_REGISTRO_ABIERTO", False)
TNS_METRICS_TOKEN: str = env.str("TNS_METRICS_TOKEN", "")
CSRF_FAILURE_VIEW = "tns.common.problemas.csrf_rechazado"

# --- Applications -----------------------------------------------------------------------------------------------------
INSTALLED_APPS = [
    "django.contrib.admin",
    "django.contrib.auth",
    "django.contrib.contenttypes",
    "django.contrib.sessions",
    "django.contrib.messages",
    "django.contrib.staticfiles",
    "django.contrib.postgres",
    "rest_framework",
    "django_filters",
    "drf_spectacular",
    "drf_spectacular_sidecar",
    "django_celery_beat",
    "tns.common",
    "tns.cuentas",
    "tns.tareas",
    "tns.servidores",
    "tns.empresas",
    "tns.extraccion",
    "tns.api_keys",
    "tns.dian",
    "tns.comercio",
    "tns.vpn",
    "tns.ml",
    "tns.sistema",
    "tns.consola",
]
MIDDLEWARE = [
    "tns.common.contexto.middleware",
    "django.middleware.security.SecurityMiddleware",
    "whitenoise.middleware.WhiteNoiseMiddleware",
    "django.contrib.sessions.middleware.SessionMiddleware",
    "django.middleware.locale.LocaleMiddleware",
    "django.middleware.common.CommonMiddleware",
    "django.middleware.csrf.CsrfViewMiddleware",
    "django.contrib.auth.middleware.AuthenticationMiddleware",
    "django.contrib.messages.middleware.MessageMiddleware",
    "django.middleware.clickjacking.XFrameOptionsMiddleware",
    "tns.common.problemas.ProblemasMiddleware",
]
ROOT_URLCONF = "tns.config.urls"
ASGI_APPLICATION = "tns.config.asgi.application"
TEMPLATES = [
    {
        "BACKEND": "django.template.backends.django.DjangoTemplates",
        "APP_DIRS": True,
        "OPTIONS": {
            "context_processors": [
                "django.template.context_processors.request",
                "django.contrib.auth.context_processors.auth",
                "django.contrib.messages.context_processors.messages",
            ]
        },
    }
]
AUTH_USER_MODEL = "cuentas.Usuario"
AUTHENTICATION_BACKENDS = ["tns.cuentas.entrada.EntradaConLimite"]
AUTH_PASSWORD_VALIDATORS = [
    {"NAME": f"django.contrib.auth.password_validation.{nombre}"}
    for nombre in (
        "UserAttributeSimilarityValidator",
        "MinimumLengthValidator",
        "CommonPasswordValidator",
        "NumericPasswordValidator",
    )
]

# --- Data -------------------------------------------------------------------------------------------------------------
DATABASES: dict[str, Any] = {"default": env.db_url("DATABASE_URL", default="postgres:///tns")}
DATABASES["default"].setdefault("OPTIONS", {})
DATABASES["default"]["OPTIONS"].setdefault("connect_timeout", 5)
if env.bool("TNS_POOL", False):
    # The web process answers from many short-lived threads: without a pool each would open its own connection.
    DATABASES["default"]["OPTIONS"]["pool"] = {"min_size": 1, "max_size": env.int("TNS_POOL_MAX", 16), "timeout": 15}
else:
    DATABASES["default"]["CONN_MAX_AGE"] = env.int("CONN_MAX_AGE", 0)
    DATABASES["default"]["CONN_HEALTH_CHECKS"] = True
DEFAULT_AUTO_FIELD = "django.db.models.BigAutoField"
REDIS_URL: str = env.str("REDIS_URL", "redis://127.0.0.1:6379/0")
CACHES = {
    "default": {"BACKEND": "django.core.cache.backends.redis.RedisCache", "LOCATION": REDIS_URL, "KEY_PREFIX": "tns"}
}

# --- Celery -----------------------------------------------------------------------------------------------------------
CELERY_BROKER_URL = REDIS_URL
CELERY_RESULT_BACKEND = None  # the Tarea row is the truth of a job
CELERY_TASK_IGNORE_RESULT = True
CELERY_TASK_ACKS_LATE = True
CELERY_TASK_REJECT_ON_WORKER_LOST = True
CELERY_WORKER_PREFETCH_MULTIPLIER = 1
CELERY_WORKER_CANCEL_LONG_RUNNING_TASKS_ON_CONNECTION_LOSS = False
CELERY_BROKER_CONNECTION_RETRY_ON_STARTUP = True
CELERY_BROKER_TRANSPORT_OPTIONS = {
    "visibility_timeout": int(timedelta(hours=12).total_seconds()),
    "socket_timeout": 10,
    "socket_connect_timeout": 5,
    "health_check_interval": 15,
}
CELERY_TASK_DEFAULT_QUEUE = "rapidas"
CELERY_TASK_PUBLISH_RETRY_POLICY = {"max_retries": 2, "interval_start": 0.1, "interval_step": 0.3, "interval_max": 1}
CELERY_TIMEZONE = "America/Bogota"
CELERY_BEAT_SCHEDULER = "django_celery_beat.schedulers:DatabaseScheduler"
CELERY_WORKER_HIJACK_ROOT_LOGGER = False
CELERY_BEAT_SCHEDULE = {
    "retomar-documentos-dian": {"task": "tns.dian.tasks.retomar_pendientes_dian_task", "schedule": 120.0},
    "recuperar-tareas": {"task": "tns.tareas.tasks.recuperar_tareas_task", "schedule": 15.0},
    "volcar-usos-de-llaves": {"task": "tns.api_keys.tasks.volcar_usos_de_llaves_task", "schedule": 60.0},
    "actualizar-empresas-asociadas": {
        "task": "tns.api_keys.tasks.actualizar_empresas_asociadas_task",
        "schedule": crontab(hour=3, minute=40),
    },
    "purgar-medios": {"task": "tns.comercio.tasks.purgar_medios_task", "schedule": crontab(hour=4, minute=40)},
    "avisar-fallas": {"task": "tns.sistema.tasks.avisar_fallas_task", "schedule": 300.0},
    "depurar": {"task": "tns.sistema.tasks.depurar_task", "schedule": crontab(hour=4, minute=10)},
    "revisar-modelos": {"task": "tns.ml.tasks.revisar_modelos_task", "schedule": crontab(minute=25)},
    "vigilar-vpn": {"task": "tns.vpn.tasks.vigilar_vpn_task", "schedule": 60.0},
    "purgar-muestras-vpn": {"task": "tns.vpn.tasks.purgar_muestras_task", "schedule": crontab(hour=3, minute=20)},
}

# --- Language and time ------------------------------------------------------------------------------------------------
LANGUAGE_CODE = "es-co"
TIME_ZONE = "America/Bogota"
USE_I18N = True
USE_TZ = True

# --- API --------------------------------------------------------------------------------------------------------------
REST_FRAMEWORK = {
    "DEFAULT_AUTHENTICATION_CLASSES": [
        "tns.cuentas.autenticacion.SesionAuthentication",
        "tns.api_keys.autenticacion.LlaveAuthentication",
    ],
    "DEFAULT_PERMISSION_CLASSES": ["tns.cuentas.permisos.PuedeVerOAdministrar"],
    "DEFAULT_RENDERER_CLASSES": ["tns.common.escritores.EscritorJSON"],
    "DEFAULT_PARSER_CLASSES": ["tns.common.lectores.LectorJSON"],
    "DEFAULT_SCHEMA_CLASS": "tns.common.esquema.Esquema",
    "DEFAULT_PAGINATION_CLASS": "tns.common.paginacion.Paginacion",
    "DEFAULT_FILTER_BACKENDS": [
        "tns.common.filtros.FiltrosSiHay",
        "rest_framework.filters.SearchFilter",
        "rest_framework.filters.OrderingFilter",
    ],
    "SEARCH_PARAM": "buscar",
    "ORDERING_PARAM": "orden",
    "EXCEPTION_HANDLER": "tns.common.problemas.manejar_excepcion",
    "TEST_REQUEST_DEFAULT_FORMAT": "json",
    "COERCE_DECIMAL_TO_STRING": False,
}
DESCRIPCION_API = """
Empresas, movimientos, llaves, pronósticos, VPN y facturación electrónica de Visual TNS.

**El recorrido, paso a paso**

1. Entre: `GET /api/auth/csrf/`, y con ese token `POST /api/auth/login/`.
2. Registre un servidor (`POST /api/servidores/`) y pruébelo (`POST /api/servidores/{id}/probar_conexion/`).
3. Descubra sus empresas: `POST /api/sistema/descubrir_empresas/` responde 202 con un `task_id`; siga el avance en
   `GET /api/sistema/estado-descubrimiento/?task_id=…`.
4. Extraiga los movimientos de una empresa: `POST /api/sistema/extraer_datos/`.
5. Genere la API key de su NIT: `POST /api/api-keys/generar_api_key/`. Los programas la envían en
   `Authorization: Api-Key sk_…` y leen solo los datos de ese NIT.
6. Entrene los modelos: `POST /api/ml/entrenar_modelos/`.
7. Pida el pronóstico: `POST /api/ml/predecir_demanda/`.

**Errores**: documentos de problema (RFC 9457) en español, con un `codigo` estable y `que_hacer`.
**Listas**: `pagina` y `tamano` (hasta 500), `orden` (con `-` al revés), `buscar` y los filtros de cada una.
**Fechas**: `AAAA-MM-DD`; las horas llevan su zona.
"""
SPECTACULAR_SETTINGS = {
    "TITLE": "TNS Core",
    "DESCRIPTION": DESCRIPCION_API,
    "VERSION": "1",
    "OAS_VERSION": "3.1.1",
    "SERVE_INCLUDE_SCHEMA": False,
    "SERVE_PERMISSIONS": ["rest_framework.permissions.AllowAny"],
    "SWAGGER_UI_DIST": "SIDECAR",
    "SWAGGER_UI_FAVICON_HREF": "SIDECAR",
    "REDOC_DIST": "SIDECAR",
    "COMPONENT_SPLIT_REQUEST": True,
    "ENUM_NAME_OVERRIDES": {
        "EstadoTareaEnum": "tns.tareas.models.EstadoTarea",
        "EstadoEjecucionEnum": "tns.extraccion.models.EstadoEjecucion",
        "EstadoAplicacionEnum": "tns.vpn.models.configuracion.EstadoAplicacion",
        "EstadoLlaveEnum": "tns.api_keys.models.EstadoLlave",
        "EstadoEnvioEnum": "tns.dian.models.EstadoEnvio",
        "EstadoModeloEnum": "tns.ml.models.EstadoModelo",
    },
    "POSTPROCESSING_HOOKS": [
        "drf_spectacular.hooks.postprocess_schema_enums",
        "tns.common.esquema.documentar",
        "tns.common.esquema.precisar",
    ],
}
FORM_RENDERER = "django.forms.renderers.DjangoTemplates"

# --- Files ------------------------------------------------------------------------------------------------------------
STATIC_URL = "static/"
STATIC_ROOT = env.str("STATIC_ROOT", "") or None
WHITENOISE_USE_FINDERS = True
# The console's files carry the hash of their content in their name: a browser never asks for one twice.
WHITENOISE_IMMUTABLE_FILE_TEST = r"/consola/assets/.+-[\w-]{8}\.\w+$"
MODELOS_ML_DIR = Path(env.str("MODELOS_ML_DIR", str(RAIZ / "manu" / "modelos_ml")))
TNS_MEDIOS_DIR = Path(env.str("TNS_MEDIOS_DIR", str(RAIZ / "manu" / "medios")))

# --- Neighbours -------------------------------------------------------------------------------------------------------
MLFLOW_TRACKING_URI: str = env.str("MLFLOW_TRACKING_URI", "")
MLFLOW_EXPERIMENTO: str = env.str("MLFLOW_EXPERIMENTO", "TNS_Demanda_Prediccion")
TNS_MLFLOW_LIMITE_S: int = env.int("TNS_MLFLOW_LIMITE_S", 180)  # the longest a training waits for MLflow
MODELOS_ML_VERSIONES: int = env.int("MODELOS_ML_VERSIONES", 3)  # versions of each model kept to go back to
TNS_TIEMPO_LIMITE_CONEXION: int = env.int("TNS_TIEMPO_LIMITE_CONEXION", 10)
DIAN_TIEMPO_LIMITE_S: float = env.float("DIAN_TIEMPO_LIMITE_S", 90.0)  # the longest the provider may take to answer
DIAN_ESPERA_CONSULTA_S: float = env.float("DIAN_ESPERA_CONSULTA_S", 300.0)  # until a silent request cannot be under way
DIAN_PERMITIR_HTTP: bool = env.bool("DIAN_PERMITIR_HTTP", False)  # a provider without TLS: only for tests
DIAN_RAICES: str = env.str("DIAN_RAICES", "")  # PEM of the roots whose signatures are trusted
TNS_TIEMPO_LIMITE_CONSULTA: int = env.int("TNS_TIEMPO_LIMITE_CONSULTA", 900)
TNS_TIEMPO_LIMITE_CONSULTA_PROPIA: int = env.int("TNS_TIEMPO_LIMITE_CONSULTA_PROPIA", 120)
TNS_TIEMPO_LIMITE_SILENCIO: int = env.int("TNS_TIEMPO_LIMITE_SILENCIO", 120)
TNS_EXTRACCIONES_POR_SERVIDOR: int = env.int("TNS_EXTRACCIONES_POR_SERVIDOR", 2)  # at once, of one customer's server

TNS_AVISOS_CORREO: list[str] = env.list("TNS_AVISOS_CORREO", default=[])
TNS_AVISOS_WEBHOOK: str = env.str("TNS_AVISOS_WEBHOOK", "")
DEFAULT_FROM_EMAIL: str = env.str("TNS_CORREO_REMITENTE", "tns@localhost")
globals().update(env.email_url("EMAIL_URL", default="smtp://localhost:25"))
EMAIL_TIMEOUT = 10
TNS_RETENCION_TAREAS_DIAS: int = env.int("TNS_RETENCION_TAREAS_DIAS", 90)
TNS_RETENCION_AUDITORIA_DIAS: int = env.int("TNS_RETENCION_AUDITORIA_DIAS", 0)

# --- Logs -------------------------------------------------------------------------------------------------------------
LOGGING = {
    "version": 1,
    "disable_existing_loggers": False,
    "filters": {"contexto": {"()": "tns.common.registros.ConContexto"}},
    "formatters": {
        "linea": {"format": "{asctime} {levelname} {name} [{quien}]: {message}", "style": "{"},
        "json": {"()": "tns.common.registros.FormatoJSON"},
    },
    "handlers": {
        "consola": {
            "class": "logging.StreamHandler",
            "formatter": "json" if env.str("LOG_FORMATO", "linea") == "json" else "linea",
            "filters": ["contexto"],
        }
    },
    # Uvicorn brings handlers of its own, whose lines no machine reads; without them its lines are like all others. Its
    # line per request knows no request id: `tns.acceso` writes ours.
    "loggers": {
        "uvicorn": {"handlers": [], "propagate": True},
        "uvicorn.access": {"handlers": [], "propagate": False},
    },
    "root": {"handlers": ["consola"], "level": env.str("LOG_LEVEL", "INFO")},
}
