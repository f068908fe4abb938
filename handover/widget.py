"""The chat on a municipality's own site: the script that one line of HTML includes.

The script is a launcher and nothing else. The chat itself is our own page in a frame of our own
origin, which the page around it can neither read nor touch (docs/decisions/0018).
"""

from __future__ import annotations

import json
from collections.abc import Sequence
from functools import cache
from pathlib import Path
from typing import Annotated

from fastapi import APIRouter, Header
from fastapi.responses import Response

from bot.safety.resources import Resource
from handover.municipality import Municipality
from handover.texts import Texts

FRAME, SCRIPT = "/widget", "/widget.js"
SOURCES = Path(__file__).parent / "pages" / "static" / "widget"
PARTS = ("given.js", "wishes.js", "frame.js", "leave.js", "panel.js", "launcher.js")
SMALL = "(max-width: 40em), (max-height: 30em)"
"""The screens that the open chat fills."""
WORDS = {
    "open": "widget_aabn",
    "title": "widget_titel",
    "close": "widget_luk",
    "leave": "widget_forlad",
    "danger": "widget_fare",
    "emergency": "widget_ring_112",
    "opening": "widget_aabner",
    "failed": "widget_fejl",
    "again": "widget_igen",
    "call": "widget_ring",
    "news": "widget_ny",
    "unread": "widget_ulaest",
}
CACHED = "public, max-age=300, stale-while-revalidate=86400, stale-if-error=86400"
"""Kept for a day by those who have been here: the launcher and its number outlive a break-down."""


def router(municipality: Municipality, resources: Sequence[Resource], texts: Texts) -> APIRouter:
    routes = APIRouter(include_in_schema=False)
    hosts = municipality.widget.hosts

    @routes.get(SCRIPT)
    async def launcher(origin: Annotated[str, Header()] = "") -> Response:
        """Any page may include it; it shows itself on the listed sites only."""
        headers = {
            "Cache-Control": CACHED,
            "Cross-Origin-Resource-Policy": "cross-origin",
            "Vary": "Origin",
        }
        if origin in hosts:
            headers["Access-Control-Allow-Origin"] = origin
        body = script(municipality, resources, texts)
        return Response(body, media_type="text/javascript", headers=headers)

    return routes


def script(municipality: Municipality, resources: Sequence[Resource], texts: Texts) -> str:
    """The launcher's parts as one classic script, with everything it says and knows in front."""
    given = {
        "frame": FRAME,
        "hosts": municipality.widget.hosts,
        "exit": municipality.exit_address,
        "small": SMALL,
        "texts": {name: texts.say(key) for name, key in WORDS.items()},
        "lines": [{"name": r.name, "when": r.when, "number": r.number} for r in resources],
        "sheet": _source("launcher.css").replace("/*small*/", SMALL),
    }
    parts = "\n".join(_source(name) for name in PARTS)
    return f'(() => {{\n"use strict";\nconst GIVEN = {json.dumps(given)};\n{parts}}})();\n'


@cache
def _source(name: str) -> str:
    return (SOURCES / name).read_text(encoding="utf-8")
