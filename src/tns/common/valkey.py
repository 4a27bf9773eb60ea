"""The broker's own store for small shared things: counters, buffers. It is a help, never the truth."""

from __future__ import annotations

from functools import lru_cache

import redis
from django.conf import settings


@lru_cache(maxsize=1)
def cliente() -> redis.Redis:
    """One pooled client per process; raises redis.RedisError within two seconds when nobody answers."""
    return redis.Redis.from_url(settings.REDIS_URL, socket_timeout=2, socket_connect_timeout=2)
