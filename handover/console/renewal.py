"""A session that began at the municipality's login is renewed there when a page is opened: the
browser goes there and back without being asked anything. Whatever fails leaves all as it was."""

from typing import Any
from urllib.parse import quote, urlsplit

from fastapi import Request

from handover.console.places import HOME, LOGIN

COOKIE = "handover_vej"
"""Says that this browser came in by the municipality's login, and nothing else."""
PLACE = f"{LOGIN}/kommune"


def possible(request: Request) -> bool:
    """Somebody opens a page (a script that fetches one cannot leave our site), and the last way
    there and back succeeded."""
    opens = request.method == "GET" and request.headers.get("Sec-Fetch-Mode") == "navigate"
    return opens and COOKIE in request.cookies


def address(request: Request) -> str:
    """The way there; it leads back to the page that was asked for."""
    asked = request.url.path + (f"?{request.url.query}" if request.url.query else "")
    return f"{PLACE}?stille=1&til={quote(asked)}"


def own_place(given: str) -> str:
    """Only a page of the console: the address of this comes from outside."""
    parts: Any = urlsplit(given)
    inside = parts.path == HOME or parts.path.startswith(f"{HOME}/")
    known = inside and not parts.scheme and not parts.netloc and "\\" not in given
    return given if known and not parts.path.startswith(LOGIN) else HOME
