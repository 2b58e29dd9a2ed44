# The server alone, for a PostgreSQL and an S3 store elsewhere; GraphiQL and the client page are built in and off
# unless FICHA_GRAPHIQL=on and FICHA_WEB=on.
# For amd64 and arm64: docker buildx build --platform linux/amd64,linux/arm64 .
# It runs as uid 10001 and writes to /data and /tmp only, so that its root may be read-only.

# Any image with Python 3.11 or later and glibc, as one from a registry of your own.
ARG PYTHON_IMAGE=python:3.13-slim

FROM ${PYTHON_IMAGE} AS build
WORKDIR /app
COPY requirements/app.txt requirements/local.txt requirements/
RUN python -m venv /venv && /venv/bin/pip install --no-cache-dir --require-hashes -r requirements/app.txt
# A second environment, as the pages' build needs Node and the server does not.
RUN python -m venv /build && /build/bin/pip install --no-cache-dir --require-hashes -r requirements/local.txt
COPY graphiql graphiql
COPY web web
COPY clients clients
COPY operations operations
COPY schema.graphql .
RUN /build/bin/python graphiql/build.py && /build/bin/python web/build.py && rm -rf */node_modules

FROM ${PYTHON_IMAGE}
RUN useradd --system --uid 10001 --home-dir /data --create-home --shell /usr/sbin/nologin ficha
WORKDIR /app
COPY --from=build /venv /venv
COPY --from=build /app/graphiql graphiql
COPY --from=build /app/web web
COPY . .
# As nothing is written later, or each start would compile our own modules: a sixth of its CPU.
RUN /venv/bin/python -m compileall -q .
# The command without an installation: the rooms are importable from here.
RUN printf '#!/bin/sh\nexec /venv/bin/python -m server.command.cli "$@"\n' > /usr/local/bin/ficha && chmod 755 /usr/local/bin/ficha
ENV PATH=/venv/bin:$PATH PYTHONPATH=/app PYTHONDONTWRITEBYTECODE=1 PYTHONUNBUFFERED=1 PORT=8000 FICHA_HOST=0.0.0.0 FICHA_DATA_DIR=/data
USER 10001
VOLUME /data
EXPOSE 8000
STOPSIGNAL SIGTERM
# Docker restarts nothing that is unhealthy by itself; orchestrators with probes of their own ignore this.
HEALTHCHECK --interval=10s --timeout=5s --start-period=30s --retries=3 \
    CMD ["python", "-c", "import os, urllib.request as u; u.urlopen(f\"http://127.0.0.1:{os.environ['PORT']}/health/ready\", timeout=4)"]
ENTRYPOINT ["ficha"]
CMD ["serve"]
