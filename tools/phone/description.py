"""Twilio's published description of its API, and whether a request is what it allows.

``twilio_api_v2010.json`` holds the paths that we use, taken unchanged but for their prose from the
OpenAPI description that Twilio publishes (npm ``@twilio/cli-core`` 8.3.2, Apache 2.0).
"""

from __future__ import annotations

import json
import re
from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import Any

import phonenumbers
from jsonschema import Draft202012Validator, FormatChecker
from jsonschema.exceptions import ValidationError

DOCUMENT: Mapping[str, Any] = json.loads(
    (Path(__file__).parent / "twilio_api_v2010.json").read_text(encoding="utf-8")
)
FORM = "application/x-www-form-urlencoded"
formats = FormatChecker()


@formats.checks("phone-number")
def _phone_number(value: object) -> bool:
    if not isinstance(value, str) or not re.fullmatch(r"\+[1-9]\d{6,14}", value):
        return False
    return bool(phonenumbers.is_possible_number(phonenumbers.parse(value)))


@formats.checks("uri")
def _uri(value: object) -> bool:
    return isinstance(value, str) and re.fullmatch(r"https?://[^\s_/]+(/\S*)?", value) is not None


def problems(path: str, fields: Sequence[tuple[str, str]]) -> list[str]:
    """What the description does not allow in a POST to the path: ``["Body: is missing", ...]``.

    ``path`` as in the description, with ``{AccountSid}``. Raises KeyError for an unknown path.
    """
    schema = DOCUMENT["paths"][path]["post"]["requestBody"]["content"][FORM]["schema"]
    known: Mapping[str, Any] = schema["properties"]
    found = [f"{name}: is not known" for name, _ in fields if name not in known]
    values = {
        name: _typed([v for n, v in fields if n == name], _resolved(known[name]))
        for name in dict.fromkeys(n for n, _ in fields)
        if name in known
    }
    checked = {**schema, "components": DOCUMENT["components"]}
    validator = Draft202012Validator(checked, format_checker=formats)
    return found + [_said(error) for error in validator.iter_errors(values)]


def _resolved(schema: Mapping[str, Any]) -> Mapping[str, Any]:
    name = schema.get("$ref", "").rsplit("/", 1)[-1]
    return DOCUMENT["components"]["schemas"][name] if name else schema


def _typed(given: list[str], schema: Mapping[str, Any]) -> Any:
    """A form's text as what the description says it is; left as text where it is not."""
    kind, text = schema.get("type"), given[-1]
    if kind == "array":
        return given
    if kind == "boolean" and text in ("true", "false", "True", "False"):
        return text.lower() == "true"
    if kind in ("integer", "number") and re.fullmatch(r"-?\d+", text):
        return int(text)
    return text


def _said(error: ValidationError) -> str:
    place = ".".join(str(part) for part in error.absolute_path)
    return f"{place}: {error.message}" if place else str(error.message)
