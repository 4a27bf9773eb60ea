"""ASGI entry point: the API, the admin and the live streams of events."""

from __future__ import annotations

import os

os.environ.setdefault("DJANGO_SETTINGS_MODULE", "tns.config.settings")

from tns.config.arranque import exigir
from tns.config.puerta import abrir

application = abrir()
exigir()
