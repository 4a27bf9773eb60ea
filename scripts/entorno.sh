#!/bin/sh
# Creates or updates .venv with exactly what a lock file says: sh scripts/entorno.sh requirements.lock
# Does nothing when .venv already is that (or requirements-dev.lock, which holds all of requirements.lock).
# PYTHON=/path/to/python chooses the interpreter.
set -eu

cd "$(dirname "$0")/.."
candado=${1:-requirements.lock}
venv=.venv

di() { printf '%s\n' "$*" >&2; }
huella() { cat "$1" pyproject.toml | sha256sum | cut -d' ' -f1; }
al_dia() { [ -x "$venv/bin/tns" ] && [ "$(cat "$venv/.$1.huella" 2>/dev/null)" = "$(huella "$1")" ]; }

if al_dia "$candado" || al_dia requirements-dev.lock; then
    exit 0
fi
inicio=$(date +%s)

sirve() { "$1" -c 'import sys; sys.exit(sys.version_info < (3, 11))' >/dev/null 2>&1; }
if [ ! -x "$venv/bin/python" ] || ! sirve "$venv/bin/python"; then
    python=
    for candidato in "${PYTHON:-python3}" python3.13 python3.12 python3.11 python3.14; do
        if sirve "$candidato"; then python=$candidato; break; fi
    done
    if [ -z "$python" ]; then
        di "Se necesita Python 3.11 o posterior; aquí hay: $(python3 --version 2>&1 || echo ninguno)."
        di "Instálelo (en Debian 12 o Ubuntu 24.04: apt install python3 python3-venv) o indique uno con PYTHON=/ruta/python."
        exit 1
    fi
    di "Creando $venv con $("$python" --version)…"
    rm -rf "$venv"
    if ! "$python" -m venv "$venv" >/dev/null 2>&1; then
        # Debian without python3-venv: an environment without pip, which the system's pip can fill.
        rm -rf "$venv"
        if ! "$python" -m pip --version >/dev/null 2>&1 || ! "$python" -m venv --without-pip "$venv" >/dev/null 2>&1; then
            di "A este Python le falta el módulo venv o pip. En Debian o Ubuntu: apt install python3-venv"
            exit 1
        fi
    fi
fi

en_venv_pip() {
    if "$venv/bin/python" -m pip --version >/dev/null 2>&1; then
        "$venv/bin/python" -m pip --disable-pip-version-check "$@"
    else
        "${python:-python3}" -m pip --disable-pip-version-check --python "$venv/bin/python" "$@"
    fi
}

# uv is in the lock like everything else: the same version, the same hashes.
version_uv=$(sed -n 's/^uv==\([0-9.]*\).*/\1/p' "$candado")
if [ "$("$venv/bin/uv" --version 2>/dev/null | cut -d' ' -f2)" != "$version_uv" ]; then
    solo_uv=$(mktemp)
    trap 'rm -f "$solo_uv"' EXIT
    awk '/^uv==/ {copia = 1} copia && !/^uv==/ && /^[^ ]/ {exit} copia' "$candado" > "$solo_uv"
    en_venv_pip install --quiet --require-hashes --requirement "$solo_uv"
fi

# Like pip and the system: the machine's own certificates, where a company may have put its proxy's.
if [ -r /etc/ssl/certs/ca-certificates.crt ]; then export UV_SYSTEM_CERTS="${UV_SYSTEM_CERTS:-true}"; fi
di "Instalando los paquetes de ${candado}…"
"$venv/bin/uv" pip sync --quiet --python "$venv/bin/python" --require-hashes "$candado"
"$venv/bin/uv" pip install --quiet --python "$venv/bin/python" --no-deps --editable .
# uv leaves the packages uncompiled, and where PYTHONDONTWRITEBYTECODE is set every process would compile them anew:
# several seconds of each `tns pronosticar`, web process and worker. Importing them once compiles just what is used.
env -u PYTHONDONTWRITEBYTECODE "$venv/bin/python" -c 'import celery.app, django.core.management, django.db.models, \
    prophet, pyarrow.parquet, tns.cli, tns.engines.forecasting.files, tns.engines.forecasting.training, xgboost' 2>/dev/null ||
    di "Los paquetes quedaron sin precompilar: el primer arranque tardará un poco más."
rm -f "$venv"/.*.huella
huella "$candado" > "$venv/.$candado.huella"
di "Entorno listo en $(($(date +%s) - inicio)) s."
