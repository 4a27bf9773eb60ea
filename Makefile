# TNS Core. `make help` lists what there is to do.
SHELL := /bin/sh
PY := .venv/bin/python
UV := .venv/bin/uv
PROCESOS ?= 2
COMPILE := $(UV) pip compile pyproject.toml --universal --python-version 3.11 --generate-hashes --no-emit-index-url --quiet

.DEFAULT_GOAL := help
.PHONY: help run demo up stop estado test e2e revisar pruebas openapi bench-api bench-dian bench-pronostico bench-extraccion bench-consola capturas lock console limpiar entorno entorno-dev

help: ## Muestra esta ayuda
	@echo "TNS Core. Órdenes:"
	@sed -n 's/^\([a-z0-9-]*\):.*## \(.*\)/\1|\2/p' Makefile | awk -F'|' '{printf "  make %-12s %s\n", $$1, $$2}'

run: entorno ## Lo prepara todo, recorre el flujo de demostración y queda en marcha (Ctrl-C lo detiene)
	@exec .venv/bin/tns demo --seguir

demo: entorno ## Lo mismo que run, y termina: código 0 y una última línea DEMO OK
	@exec .venv/bin/tns demo

up: entorno ## Inicia solo la pila local, sin demostración
	@exec .venv/bin/tns up

stop: ## Detiene la pila local
	@.venv/bin/tns stop

estado: ## Muestra las partes de la pila local
	@.venv/bin/tns estado

test: entorno-dev revisar pruebas ## Revisa el código y pasa todas las pruebas contra partes reales

revisar: entorno-dev ## Estilo, tipos y capas
	.venv/bin/ruff check
	.venv/bin/mypy
	.venv/bin/lint-imports

pruebas: entorno-dev ## Solo las pruebas; ARGS="tests/empresas -k algo" elige, PROCESOS=0 las pasa una tras otra
	.venv/bin/pytest -n $(PROCESOS) --no-loadscope-reorder $(ARGS)

e2e: entorno-dev ## Solo las pruebas de la consola en un navegador de verdad
	.venv/bin/pytest -m navegador tests/e2e $(ARGS)

openapi: entorno-dev ## Vuelve a escribir docs/openapi.yaml
	SECRET_KEY=ninguna TNS_ENV=/dev/null DJANGO_SETTINGS_MODULE=tns.config.settings \
	  $(PY) -m django spectacular --validate --fail-on-warn --file docs/openapi.yaml

console: ## Construye la consola (necesita Node); lo construido viaja en el paquete
	cd consola && npm ci --no-progress && npm run build

capturas: entorno-dev ## Retrata cada página de la consola con los datos de la demostración, en consola/capturas/
	$(PY) -m bench.capturas $(ARGS)

bench-consola: entorno-dev ## Mide la consola en un navegador: tiempos, pesos y barreras
	$(PY) -m bench.consola

bench-api: entorno-dev ## Mide la API con un millón de movimientos, junto a una vista vacía
	$(PY) -m bench.api $(ARGS)

bench-dian: entorno-dev ## Mide la lectura, la verificación y el envío de documentos electrónicos
	$(PY) bench/dian.py $(ARGS)

bench-extraccion: entorno-dev ## Mide la extracción junto a las vías habituales y a su límite (ARGS=--largo: 5 millones)
	$(UV) pip install --quiet --python $(PY) --target .venv/bench-extraccion --require-hashes --requirements requirements-bench-extraccion.lock
	$(PY) bench/extraccion.py $(ARGS)

bench-pronostico: entorno-dev ## Mide el pronóstico: puntaje, cobertura, tiempo y memoria, junto a sus pares
	$(UV) pip install --quiet --python $(PY) --require-hashes --requirements requirements-bench.lock
	$(PY) -m bench.pronostico $(ARGS)

lock: entorno-dev ## Vuelve a resolver las versiones de los paquetes (ARGS=--upgrade las sube)
	$(COMPILE) --extra local --extra dev --output-file requirements-dev.lock $(ARGS)
	$(COMPILE) --extra local --constraint requirements-dev.lock --output-file requirements.lock
	$(COMPILE) --extra bench --constraint requirements-dev.lock --output-file requirements-bench.lock
	$(UV) pip compile --group bench-extraccion --universal --python-version 3.11 --generate-hashes --no-emit-index-url --quiet \
	  --constraint requirements-dev.lock --output-file requirements-bench-extraccion.lock $(ARGS)

limpiar: ## Detiene la pila y borra el entorno, los datos locales y los archivos de paso
	@if [ -x .venv/bin/tns ]; then .venv/bin/tns limpiar; fi
	rm -rf .venv .pytest_cache .mypy_cache .ruff_cache .hypothesis .import_linter_cache dist
	find src tests bench -name __pycache__ -type d -prune -exec rm -rf {} + 2>/dev/null || true

entorno:
	@sh scripts/entorno.sh requirements.lock

entorno-dev:
	@sh scripts/entorno.sh requirements-dev.lock
