"""The secrets of one embedded stack: made at its first start, kept in a private file of its data directory."""

from __future__ import annotations

import base64
import json
import os
import secrets
from dataclasses import asdict, dataclass, field, fields
from pathlib import Path

SECRETS_FILE = "secretos.json"


def _password() -> str:
    return secrets.token_hex(16)


@dataclass(frozen=True, repr=False)
class Secrets:
    """Never printed: it has no repr."""

    secret_key: str = field(default_factory=lambda: secrets.token_urlsafe(48))
    claves_cifrado: str = field(default_factory=lambda: base64.urlsafe_b64encode(secrets.token_bytes(32)).decode())
    postgresql: str = field(default_factory=_password)
    valkey: str = field(default_factory=_password)
    firebird: str = field(default_factory=_password)

    @classmethod
    def load(cls, directory: Path) -> Secrets:
        """The stored ones, completed with new ones for what an older version did not know."""
        path = directory / SECRETS_FILE
        stored = json.loads(path.read_text(encoding="utf-8")) if path.exists() else {}
        known = {item.name for item in fields(cls)}
        found = cls(**{name: value for name, value in stored.items() if name in known})
        if asdict(found) != stored:
            write_private(path, json.dumps(asdict(found), indent=2))
        return found


def write_private(path: Path, text: str) -> None:
    """Replace the file at once: a cut leaves the old secrets or the new ones, never half a file."""
    draft = path.with_suffix(".nuevo")
    draft.unlink(missing_ok=True)
    with os.fdopen(os.open(draft, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600), "w", encoding="utf-8") as file:
        file.write(text)
        file.flush()
        os.fsync(file.fileno())
    draft.replace(path)
