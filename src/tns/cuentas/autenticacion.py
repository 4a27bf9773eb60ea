"""Sessions of the console."""

from __future__ import annotations

from rest_framework.authentication import SessionAuthentication
from rest_framework.request import Request


class SesionAuthentication(SessionAuthentication):
    """Django's session with CSRF, answering 401 (not 403) when nobody is signed in."""

    def authenticate_header(self, request: Request) -> str:
        return "Session"
