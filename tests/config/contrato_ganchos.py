"""What schemathesis is told before each request: whatever it invents, it knocks at no address but this machine's."""

from __future__ import annotations

from typing import Any

import schemathesis

_DIRECCIONES = {"host", "ssh_host", "endpoint_host", "url_proveedor"}


@schemathesis.hook
def map_body(context: Any, body: Any) -> Any:
    if isinstance(body, dict):
        return {campo: "127.0.0.1" if campo in _DIRECCIONES and valor else valor for campo, valor in body.items()}
    return body
