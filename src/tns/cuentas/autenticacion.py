"""Sessions of the console."""

from __future__ import annotations

from rest_framework.authentication import SessionAuthentication
from rest_framework.exceptions import PermissionDenied
from rest_framework.request import Request

from tns.common.problemas import CsrfRechazado


class SesionAuthentication(SessionAuthentication):
    """Django's session with CSRF, answering 401 (not 403) when nobody is signed in."""

    def authenticate_header(self, request: Request) -> str:
        return 'Api-Key realm="tns"'  # the one way in that a WWW-Authenticate header can tell; a session is a cookie

    def enforce_csrf(self, request: Request) -> None:
        try:
            super().enforce_csrf(request)
        except PermissionDenied as error:
            raise CsrfRechazado("La solicitud no trae el token CSRF de su sesión.") from error
