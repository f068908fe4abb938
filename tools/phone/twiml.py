"""Whether a TwiML document is what Twilio documents, from the classes of its own library.

Each verb's method names its attributes and what may stand inside it:

    problems('<Response><Say colour="red">Hej</Say></Response>') == ["Say: colour is not known"]
"""

from __future__ import annotations

import inspect
import xml.etree.ElementTree as ET
from collections.abc import Hashable, Iterator, Mapping
from functools import cache
from typing import Any

from twilio.twiml import TwiML
from twilio.twiml.voice_response import VoiceResponse

LONGEST_SAY = 4096
_ENOUGH = "x"
_VALUES: Mapping[tuple[str, str], frozenset[str]] = {
    ("Gather", "input"): frozenset({"dtmf", "speech", "dtmf speech", "speech dtmf"}),
    ("Gather", "method"): frozenset({"GET", "POST"}),
    ("Gather", "bargeIn"): frozenset({"true", "false"}),
    ("Gather", "actionOnEmptyResult"): frozenset({"true", "false"}),
    ("Dial", "method"): frozenset({"GET", "POST"}),
    ("Number", "statusCallbackEvent"): frozenset({"initiated", "ringing", "answered", "completed"}),
    ("prosody", "rate"): frozenset({"x-slow", "slow", "medium", "fast", "x-fast"}),
}
_WHOLE = {("Gather", "timeout"), ("Gather", "numDigits"), ("Pause", "length"), ("Dial", "timeout")}


def problems(document: str) -> list[str]:
    """What Twilio does not document; empty for a good document."""
    try:
        root = ET.fromstring(document.encode())
    except ET.ParseError as error:
        return [f"not well-formed: {error}"]
    if root.tag != "Response":
        return [f"begins with {root.tag}"]
    return [*_children(root, VoiceResponse)]


def _children(element: ET.Element, kind: Any) -> Iterator[str]:
    inside = _known(kind)
    for child in element:
        if child.tag not in inside:
            yield f"{element.tag}: {child.tag} may not stand there"
            continue
        attributes, child_kind = inside[child.tag]
        yield from _attributes(child, attributes)
        yield from _children(child, child_kind)
        if child.tag == "Say" and not 0 < len("".join(child.itertext()).strip()) <= LONGEST_SAY:
            yield "Say: says nothing, or too much"


def _attributes(element: ET.Element, known: frozenset[str]) -> Iterator[str]:
    for name, value in element.attrib.items():
        place = (element.tag, name)
        if name not in known:
            yield f"{element.tag}: {name} is not known"
        elif place in _VALUES and value not in _VALUES[place]:
            yield f"{element.tag}: {name} cannot be {value!r}"
        elif place in _WHOLE and not (value.isdecimal() and int(value) > 0):
            yield f"{element.tag}: {name} is no whole number: {value!r}"


@cache
def _known(kind: Hashable) -> Mapping[str, tuple[frozenset[str], type[TwiML]]]:
    """The elements that may stand in one, each with its attributes, by the library's methods."""
    found: dict[str, tuple[frozenset[str], type[TwiML]]] = {}
    for name, method in inspect.getmembers(kind, inspect.isfunction):
        if name.startswith("_") or hasattr(TwiML, name):
            continue
        made = _made(kind, name, method)
        if made is not None:
            found[made.name] = (frozenset(made.attrs), type(made))
    return found


def _made(kind: Any, name: str, method: Any) -> TwiML | None:
    """The element that a method makes when everything it takes is given."""
    parent = _parent(kind)
    given = {
        parameter.name: _ENOUGH
        for parameter in list(inspect.signature(method).parameters.values())[1:]
        if parameter.kind is not inspect.Parameter.VAR_KEYWORD
    }
    made = getattr(parent, name)(**given)
    return made if isinstance(made, TwiML) else None


def _parent(kind: Any) -> TwiML:
    needed = [
        _ENOUGH
        for parameter in list(inspect.signature(kind.__init__).parameters.values())[1:]
        if parameter.default is inspect.Parameter.empty
        and parameter.kind is inspect.Parameter.POSITIONAL_OR_KEYWORD
    ]
    found: TwiML = kind(*needed)
    return found
