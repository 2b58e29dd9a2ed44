"""Puts the application together: settings in, an ASGI application out."""

import contextlib
import logging
from collections.abc import AsyncGenerator
from pathlib import Path
from typing import Any

import psycopg
from psycopg import AsyncConnection
from psycopg_pool import AsyncConnectionPool, PoolTimeout
from starlette.applications import Starlette
from starlette.requests import Request
from starlette.responses import JSONResponse, Response
from starlette.routing import BaseRoute, Route

from loaders.reader import Pool
from server import tokens
from server.graphiql import graphiql_routes
from server.graphql import Endpoint
from server.identity import Identity
from server.settings import Settings
from storage import MinioStore

ROOT = Path(__file__).resolve().parent.parent

APPLICATION_ROLE = "ficha_app"
"""Owns nothing and bypasses nothing; every connection of the application takes it on. See the first migration."""

# jit costs more than it saves in statements of a few milliseconds.
SESSION = f"-c role={APPLICATION_ROLE} -c timezone=UTC -c jit=off -c search_path=public"


def open_pool(url: str, size: int) -> Pool:
    """The application's connections, not yet opened."""
    return AsyncConnectionPool(
        url,
        min_size=min(2, size),
        max_size=size,
        open=False,
        kwargs={"autocommit": True, "options": SESSION, "prepare_threshold": 1},
        connection_class=AsyncConnection[tuple[Any, ...]],
    )


def create_app(settings: Settings) -> Starlette:
    """The application. It starts nothing: database and store are where the settings say."""
    logging.getLogger("ficha").setLevel(settings.log_level.upper())
    pool = open_pool(settings.database_url, settings.database_pool_size)
    store = MinioStore(
        settings.s3_endpoint,
        access_key=settings.s3_access_key,
        secret_key=settings.s3_secret_key,
        bucket=settings.s3_bucket,
        region=settings.s3_region,
        public_endpoint=settings.s3_public_endpoint,
    )

    @contextlib.asynccontextmanager
    async def lifespan(_: Starlette) -> AsyncGenerator[None]:
        await store.ensure_bucket()
        async with pool:
            await pool.wait()
            yield
        store.close()

    async def live(_: Request) -> Response:
        return JSONResponse({"status": "ok"})

    async def ready(_: Request) -> Response:
        try:
            async with pool.connection(timeout=2) as connection:
                await connection.execute("select 1")
        except (psycopg.Error, PoolTimeout):
            return JSONResponse({"status": "unavailable", "database": "unreachable"}, 503)
        return JSONResponse({"status": "ok"})

    routes: list[BaseRoute] = [
        Route("/graphql", Endpoint(pool, Identity(settings, pool), store).answer, methods=["POST"]),
        Route("/health/live", live),
        Route("/health/ready", ready),
    ]
    if settings.graphiql:
        routes += graphiql_routes(
            dist=ROOT / "graphiql" / "dist", operations=ROOT / "operations", token=lambda: demo_token(settings)
        )
    return Starlette(routes=routes, lifespan=lifespan)


def demo_token(settings: Settings) -> str | None:
    """The token that GraphiQL starts with: none where tokens come from a real issuer."""
    if settings.jwt_issuer:
        return None
    try:
        return tokens.issue(settings, "admin@demo.mx", 1)
    except tokens.CollaboratorUnknownError:
        return None
