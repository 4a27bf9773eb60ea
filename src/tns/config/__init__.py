"""Where the pieces are put together: settings, routes, Celery, ASGI. Only entry points import this package."""

# Whoever reads the settings may enqueue a task: the configured application must exist by then, or Celery would quietly
# use one of its own with another broker.
from tns.config.celery import app as app_celery

__all__ = ["app_celery"]
