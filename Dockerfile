# The dashboard (the last stage, and so what `docker build .` makes) and, as the target `local`, the local Lightcone.
# Neither holds a key: secrets come with the environment or as files when a container starts (docs/deployment.md).
FROM python:3.11-slim-bookworm AS base
ENV PYTHONUNBUFFERED=1 \
    PYTHONDONTWRITEBYTECODE=1 \
    PATH=/opt/venv/bin:$PATH
RUN groupadd --gid 10001 lightdeck && \
    useradd --uid 10001 --gid lightdeck --home-dir /data --no-create-home --shell /usr/sbin/nologin lightdeck && \
    install -d -o lightdeck -g lightdeck -m 0700 /data
WORKDIR /srv/lightdeck

# Everything is a wheel: no compiler, and pip stays behind in this stage.
FROM base AS packages
RUN python -m venv /opt/venv
COPY requirements.txt .
RUN pip install --no-cache-dir --disable-pip-version-check --only-binary :all: --requirement requirements.txt

# Chromium and what isolates it; of our own code the local server alone. It runs as a user, so bubblewrap must work.
FROM base AS local
RUN apt-get update && \
    apt-get install --yes --no-install-recommends bubblewrap chromium fonts-liberation fonts-noto-color-emoji && \
    rm -rf /var/lib/apt/lists/*
COPY --from=packages /opt/venv /opt/venv
COPY local_lightcone local_lightcone
ENV LIGHTDECK_DATA_DIR=/data \
    LIGHTDECK_LOCAL_HOST=0.0.0.0 \
    LIGHTDECK_LOCAL_PORT=8100
USER lightdeck
VOLUME /data
EXPOSE 8100
HEALTHCHECK --interval=10s --timeout=5s --start-period=30s --retries=3 \
    CMD ["python", "-c", "import urllib.request as u; u.urlopen('http://127.0.0.1:8100/healthz', timeout=4)"]
CMD ["python", "-m", "local_lightcone"]

FROM base AS web
COPY --from=packages /opt/venv /opt/venv
COPY manage.py requirements.txt ./
COPY dashboard dashboard
COPY computers computers
COPY agents agents
COPY templates templates
COPY static static
ENV LIGHTDECK_DATA_DIR=/data \
    LIGHTDECK_STATIC_DIR=/srv/static \
    LIGHTDECK_HOST=0.0.0.0 \
    LIGHTDECK_PORT=8000
# Django will not load without these two; nothing is signed or encrypted here, and neither outlives this line.
RUN SECRET_KEY=unused FIELD_ENCRYPTION_KEYS=unused python manage.py collectstatic --noinput --verbosity 0
USER lightdeck
VOLUME /data
EXPOSE 8000
HEALTHCHECK --interval=10s --timeout=5s --start-period=20s --retries=3 \
    CMD ["python", "-c", "import urllib.request as u; u.urlopen('http://127.0.0.1:8000/healthz', timeout=4)"]
CMD ["python", "manage.py", "web"]
