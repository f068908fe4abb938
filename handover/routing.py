"""How the routers of the service's parts become its routes."""

from __future__ import annotations

from fastapi import APIRouter, FastAPI


def add_routes(app: FastAPI, router: APIRouter) -> None:
    """The routes as they stand. ``include_router`` would analyse each of them a second time, when
    the first request comes, to lay a prefix or a dependency upon them: here they have theirs."""
    app.router.routes.extend(router.routes)
