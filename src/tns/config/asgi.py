"""ASGI entry point: the API, the admin and the live streams of events."""

from __future__ import annotations

import os

os.environ.setdefault("DJANGO_SETTINGS_MODULE", "tns.config.settings")

from django.core.asgi import get_asgi_application

from tns.config.arranque import exigir

application = get_asgi_application()
exigir()
