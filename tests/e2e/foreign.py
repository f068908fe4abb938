"""A municipality's own site, at an origin of its own and as strict as such a site can be."""

from __future__ import annotations

from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from dataclasses import dataclass, field
from typing import Any

from fastapi import FastAPI
from fastapi.responses import HTMLResponse

from tests.handover.conftest import serving
from tools.ports import free_port

PAGE = """<!doctype html>
<html lang="da"><head><meta charset="utf-8"><title>Byens side</title>
<meta name="viewport" content="width=device-width, initial-scale=1">
<link rel="icon" href="data:,">
{head}</head>
<body><header><h1>Byens side</h1></header>
<main><p>Her står noget om <a href="/anden">skoler</a>.</p><input aria-label="Søg"></main>
{body}</body></html>"""


def policy(service: str) -> str:
    """What docs/paa-jeres-side.md asks of a site, and nothing more."""
    return (
        f"default-src 'none'; script-src {service}; frame-src {service}; img-src data:; "
        "base-uri 'none'; form-action 'none'; require-trusted-types-for 'script'"
    )


@dataclass
class Site:
    """``head`` and ``body`` are put into every page; one that is not strict has no policy."""

    service: str = ""
    head: str = ""
    body: str = ""
    strict: bool = True
    port: int = field(default_factory=free_port)

    @property
    def url(self) -> str:
        """Another origin of the service's site, as www.kommune.dk is beside chat.kommune.dk."""
        return f"http://127.0.0.1:{self.port}"

    @property
    def far_url(self) -> str:
        """Another site altogether: this Chromium refuses the frame its storage there."""
        return f"http://localhost:{self.port}"

    def line(self, **wishes: str) -> str:
        """The one line, with ``data-`` attributes."""
        more = "".join(f' data-{name}="{value}"' for name, value in wishes.items())
        return f'<script src="{self.service}/widget.js" async{more}></script>'

    @asynccontextmanager
    async def open(self) -> AsyncIterator[None]:
        app = FastAPI()

        @app.get("/{path:path}")
        async def page(path: str) -> Any:
            html = PAGE.format(head=self.head, body=self.body)
            rules = {"Content-Security-Policy": policy(self.service)} if self.strict else {}
            return HTMLResponse(html, headers=rules)

        async with serving(app, self.port):
            yield
