# The server alone, for a PostgreSQL and an S3 store elsewhere; GraphiQL and the client page are built in and off
# unless FICHA_GRAPHIQL=on and FICHA_WEB=on.

FROM python:3.13-slim AS build
WORKDIR /app
COPY requirements/app.txt requirements/local.txt requirements/
RUN python -m venv /venv && /venv/bin/pip install --no-cache-dir --require-hashes -r requirements/app.txt
# A second environment, as the pages' build needs Node and the server does not.
RUN python -m venv /build && /build/bin/pip install --no-cache-dir --require-hashes -r requirements/local.txt
COPY graphiql graphiql
COPY web web
COPY operations operations
COPY schema.graphql .
RUN /build/bin/python graphiql/build.py && /build/bin/python web/build.py && rm -rf */node_modules

FROM python:3.13-slim
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
ENV PATH=/venv/bin:$PATH PYTHONPATH=/app PYTHONDONTWRITEBYTECODE=1 PYTHONUNBUFFERED=1 FICHA_HOST=0.0.0.0 FICHA_DATA_DIR=/data
USER ficha
VOLUME /data
EXPOSE 8000
ENTRYPOINT ["ficha"]
CMD ["serve"]
