"""What is wrong with a value that somebody has entered: where, and what kind of wrong."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any

from pydantic import ValidationError

Place = tuple[str | int, ...]
"""``("kaldes", 0, "mail")``"""


@dataclass(frozen=True)
class Fault:
    """``kind``: its words stand in ``ord.yml`` under ``indstilling_fejl``; ``told`` fills them."""

    place: Place
    kind: str
    told: Mapping[str, Any] = field(default_factory=dict)


class WrongError(Exception):
    """A value that is refused, with everything that is wrong with it."""

    def __init__(self, *faults: Fault) -> None:
        super().__init__(", ".join(f"{fault.place}: {fault.kind}" for fault in faults))
        self.faults = faults


def wrong(error: ValidationError) -> WrongError:
    """The same in places and kinds, whatever model has refused it."""
    return WrongError(*(_fault(one) for one in error.errors(include_url=False)))


def _fault(one: Any) -> Fault:
    kind, place, told = one["type"], tuple(one["loc"]), dict(one.get("ctx") or {})
    if kind == "spans_overlap":
        place = (*place, "dage", told["name"])
    elif kind == "steps_out_of_order":
        place = (*place, "kaldes", told["number"], "efter_minutter")
    elif kind == "string_pattern_mismatch":
        kind = str(place[-1])
    elif kind in ("greater_than_equal", "less_than_equal") or kind.startswith("int_"):
        kind = "minutter"
    elif kind.startswith("date_"):
        kind = "dato"
    return Fault(place, kind, told)
