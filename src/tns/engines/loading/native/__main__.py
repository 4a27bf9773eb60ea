"""`python -m tns.engines.loading.native`: build the compiled part into the installation itself."""

from __future__ import annotations

import sys

from tns.engines.loading.native.building import SOURCE, build

try:
    sys.stdout.write(f"{build(SOURCE.parent)}\n")
except OSError as error:
    sys.stderr.write(f"La parte compilada no se construyó ({error}); se usará Python puro.\n")
