"""The pages: their templates, what all of them are told, and the citizen's chat itself."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from fastapi import APIRouter, Request
from fastapi.responses import HTMLResponse, Response
from fastapi.templating import Jinja2Templates

from bot.safety.resources import Resource, load_resources
from handover import opening, widget
from handover.municipality import Municipality
from handover.texts import Texts

PAGES = Path(__file__).parent / "pages"


@dataclass(frozen=True)
class Site:
    templates: Jinja2Templates
    municipality: Municipality
    resources: Sequence[Resource]

    def page(self, request: Request, name: str, **context: Any) -> HTMLResponse:
        told = {
            "municipality": self.municipality.model_dump(mode="json", by_alias=True),
            "hours": opening.week_in_words(self.municipality.hours),
            "resources": self.resources,
            "exit_url": self.municipality.exit_address,
        }
        return self.templates.TemplateResponse(request, name, told | context)


def shown_resources(municipality: Municipality) -> list[Resource]:
    """The lines that help where this municipality's citizens live."""
    known = [r for r in load_resources() if not r.area or r.area in municipality.areas]
    return [*known, *municipality.own_resources]


def router(site: Site, texts: Texts) -> APIRouter:
    routes = APIRouter(include_in_schema=False)

    @routes.get("/", response_class=HTMLResponse)
    async def chat(request: Request) -> Response:
        return site.page(request, "chat.html")

    if site.municipality.widget.hosts:
        routes.add_api_route(widget.FRAME, chat, response_class=HTMLResponse)
        routes.routes.extend(widget.router(site.municipality, site.resources, texts).routes)
    return routes
