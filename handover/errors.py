"""What goes wrong, said kindly: every error body is ``{"error": {"code", "message"}}``."""

from __future__ import annotations

import logging
from typing import Any

from fastapi import FastAPI, Request
from fastapi.exceptions import RequestValidationError
from fastapi.responses import JSONResponse
from starlette.exceptions import HTTPException

from handover.texts import Texts

log = logging.getLogger("handover")

_CODES = {
    400: "ugyldig",
    401: "ikke_logget_ind",
    403: "ikke_tilladt",
    404: "findes_ikke",
    405: "metode",
    406: "format",
    413: "for_stor",
    415: "format",
}


class Problem(Exception):
    """An answer other than success. ``code`` is both the error's code and, after ``fejl_``, the
    key of its Danish text, whose placeholders ``values`` fill; ``fields`` go into the body beside
    the error."""

    def __init__(
        self,
        status: int,
        code: str,
        *,
        headers: dict[str, str] | None = None,
        fields: dict[str, Any] | None = None,
        values: dict[str, str] | None = None,
    ) -> None:
        super().__init__(code)
        self.status, self.code = status, code
        self.headers, self.fields, self.values = headers or {}, fields or {}, values or {}


def body(code: str, message: str) -> dict[str, Any]:
    return {"error": {"code": code, "message": message}}


def install(app: FastAPI, texts: Texts) -> None:
    """Every error leaves as the one shape, in Danish."""

    def answer(status: int, code: str, **extra: Any) -> JSONResponse:
        headers, fields = extra.get("headers"), extra.get("fields") or {}
        content = body(code, texts.say(f"fejl_{code}", **(extra.get("values") or {})))
        return JSONResponse({**content, **fields}, status, headers=headers)

    @app.exception_handler(Problem)
    async def _problem(_: Request, error: Problem) -> JSONResponse:
        said = {"headers": error.headers, "fields": error.fields, "values": error.values}
        return answer(error.status, error.code, **said)

    @app.exception_handler(HTTPException)
    async def _http(_: Request, error: HTTPException) -> JSONResponse:
        code = _CODES.get(error.status_code, "ugyldig")
        return answer(error.status_code, code, headers=dict(error.headers or {}))

    @app.exception_handler(RequestValidationError)
    async def _validation(_: Request, error: RequestValidationError) -> JSONResponse:
        found = error.errors()
        if any(e["type"] == "json_invalid" for e in found):
            return answer(400, "ugyldig_json")
        return answer(422, "ugyldig", fields={"fields": [_place(e) for e in found]})

    @app.exception_handler(Exception)
    async def _unexpected(_: Request, error: Exception) -> JSONResponse:
        return answer(500, "uventet")


def _place(error: Any) -> str:
    """``body.text``: where it is wrong, never what was written there."""
    return ".".join(str(part) for part in error["loc"])
