"""The program's routes and an empty view behind the same middleware: what the server costs by itself."""

from django.http import HttpRequest, HttpResponse
from django.urls import path

from tns.config.urls import handler400, handler403, handler404, handler500, urlpatterns

__all__ = ["handler400", "handler403", "handler404", "handler500", "urlpatterns"]


def vacia(request: HttpRequest) -> HttpResponse:
    return HttpResponse(b"{}", content_type="application/json")


urlpatterns = [path("vacia/", vacia), *urlpatterns]
