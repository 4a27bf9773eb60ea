"""Where the pieces are put together: settings, routes, Celery, ASGI. Only entry points import this package."""
