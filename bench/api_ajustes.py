"""Settings of bench/api.py: the program's own, with one more route that does nothing."""

from tns.config.settings import *  # noqa: F403

ROOT_URLCONF = "bench.api_rutas"
