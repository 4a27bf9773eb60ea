# TNS Core for production: the web, the workers and the beat are this one image with different commands (compose.yaml).
FROM python:3.12-slim AS construccion
# Only here is there a compiler: the extraction's compiled part is built below and travels without it.
RUN apt-get update \
    && apt-get install --yes --no-install-recommends gcc libc6-dev \
    && pip install --no-cache-dir uv
WORKDIR /fuente
COPY pyproject.toml requirements.lock README.md ./
COPY src ./src
# The embedded stack of `tns up` stays out: here every part has a container of its own.
# Bytecode too, for whoever runs the image may not write there and would compile everything at each start.
RUN uv venv /opt/tns \
    && uv pip install --python /opt/tns/bin/python --no-cache --compile-bytecode --constraint requirements.lock . \
    && /opt/tns/bin/python -m tns.engines.loading.native

FROM python:3.12-slim
RUN apt-get update \
    && apt-get install --yes --no-install-recommends libfbclient2 libgomp1 \
    && rm -rf /var/lib/apt/lists/* \
    && useradd --uid 10001 --create-home tns \
    && install -d -o tns -g tns /datos/modelos_ml /datos/medios
COPY --from=construccion /opt/tns /opt/tns
ENV PATH=/opt/tns/bin:$PATH \
    PYTHONUNBUFFERED=1 \
    DJANGO_SETTINGS_MODULE=tns.config.settings \
    MODELOS_ML_DIR=/datos/modelos_ml \
    TNS_MEDIOS_DIR=/datos/medios \
    LOG_FORMATO=json
USER tns
WORKDIR /datos
EXPOSE 8000
HEALTHCHECK --interval=15s --timeout=5s --start-period=30s \
    CMD ["python", "-c", "import urllib.request; urllib.request.urlopen('http://127.0.0.1:8000/health/', timeout=4)"]
CMD ["uvicorn", "tns.config.asgi:application", "--host", "0.0.0.0", "--port", "8000", "--lifespan", "off", \
     "--timeout-graceful-shutdown", "5"]
