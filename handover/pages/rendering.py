"""The templates, with the few words that they may use."""

from __future__ import annotations

from collections.abc import Mapping
from hashlib import blake2b
from pathlib import Path
from typing import Any

from fastapi.templating import Jinja2Templates

from bot.tracks.catalogue import Catalogue
from handover.clock import Clock, danish_day, rfc3339
from handover.handovers import windows
from handover.pages import moments
from handover.pages.overview import month_name
from handover.pages.words import Words

HERE = Path(__file__).parent


def open_templates(
    folder: Path, words: Words, catalogue: Catalogue, clock: Clock
) -> Jinja2Templates:
    """``{{ item.channel | ord("kanal") }}``, ``{{ item.created_at | ventet }}``"""
    templates, titles = Jinja2Templates(directory=folder), button_titles(catalogue)
    templates.env.trim_blocks = templates.env.lstrip_blocks = True
    templates.env.auto_reload = False  # a build is one look: see build()
    templates.env.filters |= {
        "ord": words.say,
        "sagt": lambda quote: titles.get(quote, quote),
        "kilde": words.source,
        "klokken": moments.clock,
        "hvornaar": lambda moment: moments.when(moment, clock()),
        "tidspunkt": lambda moment: moments.when(rfc3339(moment), clock()),
        "siden": lambda moment: moments.since(moment, clock()),
        "tidsrum": lambda span: windows.in_words(windows.Window.of(span), clock()),
        "laengde": lambda seconds: _length(seconds, words),
        "maal": lambda target: _target(target, words),
        "dagen": lambda day: moments.named_day(day, danish_day(clock())),
        "maaned": month_name,
        "tal": number,
        "ventet": lambda since: moments.waited(since, clock()),
    }
    templates.env.globals["hvem"] = words.who
    templates.env.globals["i_dag"] = lambda: danish_day(clock()).isoformat()
    templates.env.globals["udfald"] = words.groups["udfald"]
    return templates


def build() -> str:
    """Names what rows look like: the same in every process of one build, another in the next."""
    sources = sorted(path for path in HERE.rglob("*") if path.suffix in (".html", ".yml"))
    return blake2b(b"".join(path.read_bytes() for path in sources), digest_size=6).hexdigest()


def _length(seconds: int, words: Words) -> str:
    return moments.span(seconds // 60) or words.say("under_et_minut", "optagelse")


def _target(target: Mapping[str, Any], words: Words) -> str:
    """``over målet på 30 min i åbningstiden``"""
    span = moments.span(target["minutes"])
    if target["open_hours_only"]:
        span = words.say("i_aabningstid", "ventetid", tid=span)
    return words.say("over" if target["over"] else "maal", "ventetid", tid=span)


def number(count: int) -> str:
    """``1.250``"""
    return f"{count:,}".replace(",", ".")


def button_titles(catalogue: Catalogue) -> dict[str, str]:
    """What a pressed button said, where the conversation is not at hand: ``krop_mad``."""
    groups = (catalogue.common, *catalogue.tracks.values())
    choices = (c for group in groups for criterion in group.criteria for c in criterion.choices)
    return {choice.value: choice.title for choice in choices}
