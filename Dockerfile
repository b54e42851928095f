# The image of web, worker, beat, sentinel, deliverer and migrate. Base images come from wherever the builder's engine is set to.
ARG PYTHON=3.13

FROM python:${PYTHON}-slim-bookworm AS packages
WORKDIR /app
COPY requirements.txt ./
RUN python -m venv /venv && /venv/bin/pip install --no-cache-dir --require-hashes -r requirements.txt

FROM python:${PYTHON}-slim-bookworm AS app
RUN apt-get update \
    && apt-get install -y --no-install-recommends gdal-bin gettext libpango-1.0-0 libpangoft2-1.0-0 libharfbuzz-subset0 \
       fontconfig fonts-noto-cjk \
    && rm -rf /var/lib/apt/lists/* \
    && useradd --system --uid 10001 --home-dir /app --shell /usr/sbin/nologin sanji \
    && install -d -o sanji -g sanji /srv/media /srv/anchors /srv/static
ENV PATH=/venv/bin:$PATH PYTHONUNBUFFERED=1 PYTHONDONTWRITEBYTECODE=1 \
    STATIC_ROOT=/srv/static MEDIA_ROOT=/srv/media
WORKDIR /app
COPY --from=packages /venv /venv
COPY . .
# Neither command touches a database or a broker; the values stand in for settings that only a running system has.
RUN find locale -name '*.po' -exec sh -c 'msgfmt --check-format -o "${1%.po}.mo" "$1"' _ {} \; \
    && SECRET_KEY=only-for-collecting-static-files-0123456789 DEMO=1 \
       DATABASE_URL=postgis://none@localhost/none REDIS_URL=redis://localhost/0 \
       python manage.py collectstatic --noinput --verbosity 0 \
    && chown -R sanji:sanji /srv/static
USER sanji
EXPOSE 8000
CMD ["uvicorn", "emergency.asgi:application", "--host", "0.0.0.0", "--port", "8000", "--workers", "2", "--timeout-worker-healthcheck", "30", "--ws", "websockets-sansio", "--ws-per-message-deflate", "false", "--log-level", "warning", "--no-access-log", "--no-server-header", "--timeout-graceful-shutdown", "2"]
