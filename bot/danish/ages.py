"""The age of the child or young person, in all the ways Danes say it.

A school class is not an age, nor is the time something has lasted.
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import dataclass

_ONES = (
    "nul|et,en,én,ét|to|tre|fire|fem|seks|syv,syw|otte,åtte|ni|ti|elleve,ellve|tolv,tol|tretten,trætten"
    "|fjorten|femten|seksten,sejsten|sytten|atten|nitten|tyve"
)
NUMBERS = {name: n for n, names in enumerate(_ONES.split("|")) for name in names.split(",")}
_WORDS = sorted((w for w, n in NUMBERS.items() if n > 1), key=len, reverse=True)
_N = r"(?:\d{1,2}|" + "|".join(_WORDS) + r")"
_HALF = r"(?: ?\||[.,]5| og (?:et )?(?:en )?halvt?| ?1/2)?"
_CHILD = (
    r"(?:barn|børn|dreng|pige|søn|datter|ung|unge|elev|barnebarn|niece|nevø|lillebror|lillesøster|storebror|storesøster"
    r"|bror|søster|kusine|fætter|veninde|ven|knægt|tøs|mand|teenager|tvilling|bonusdatter|bonussøn|plejebarn|plejedatter|plejesøn"
    r"|patient|pt|borger|guttermand|fyr|kæreste|kammerat|pigebarn|purk|yngste|ældste|mellemste|sønnike|datteren|sønnen|drengen|pigen)"
)
_WHO = r"(?:hun|han|jeg|hin|de|er|æ|den unge|barnet|drengen|pigen|eleven|datteren|sønnen|datter|søn|dreng|pige|lillebror|lillesøster)"
_ONE_OF = re.compile(r"\b(ældste|yngste|mellemste|største|mindste|en) af $")
_DURATION_BEFORE = re.compile(
    r"\b(i|for|de sidste|sidste|seneste|gennem|over|om|siden|på under|efter)\s+$"
)
_DURATION_AFTER = re.compile(r"^\s*(siden|i træk|tilbage|til\b|efter)")


@dataclass(frozen=True)
class Age:
    """An age in whole years and where in the text it stands (character offsets)."""

    years: int
    start: int
    end: int


_UNIT = (
    r"(?!\s?(?:kg|kilo|kilos|minut\w*|min\b|time\w*|dage?\b|uger?\b|måned\w*|mdr|gange?\b|elever|kvm|stk|kalorier|procent|%|kr\b"
    r"|børn\b|voksne|personer|år (?:siden|tilbage|i træk)|cm\b|meter|km|\.\s?(?:klasse|kl\b|gang|g\b|[abc]\b|plads|marts|maj|juni"
    r"|juli|august|januar|februar|april|september|oktober|november|december)|steder|ting\b|måder|opgaver|andre|af (?:dem|de|os)|ben\b|forskellige|klasse|sal\b))"
)
_FILL = r"(?:snart |lige |nu |kun |øh |bare |jo |altså |først |netop |omkring |ca\.? |om lidt )*"
_PATTERNS: tuple[tuple[int, re.Pattern[str]], ...] = tuple(
    (weight, re.compile(pattern))
    for weight, pattern in (
        (9, rf"\b(?:bliver|fylder|blir|snart)\s+{_FILL}(?P<next>{_N})\b{_UNIT}"),
        (9, rf"\b(?:fyldte?|blevet|blev)\s+{_FILL}(?P<n>{_N})\b{_UNIT}"),
        (9, rf"\bnu (?:er|e)\s+{_WHO}\s+{_FILL}(?P<n>{_N})\b{_UNIT}"),
        (
            8,
            rf"\b(?P<n>{_N}){_HALF}[ -]?(?:års|år|aar)[ -]?(?:ig|ige|gammel|alderen)\b|\b(?P<n2>\d{{1,2}})[ -]?åring\b",
        ),
        (7, rf"\b{_WHO}\s+(?:er|æ|e|var)\s+{_FILL}(?P<n>{_N})\b{_UNIT}"),
        (
            7,
            rf"\b{_CHILD}(?:en|n|et)?,?\s+(?:der |som |hun |han )?(?:er |på |paa |af )+{_FILL}(?P<n>{_N})\b{_UNIT}",
        ),
        (7, rf"\b(?:på|paa|age|alder(?:en)?:?)\s+{_FILL}(?P<n>{_N})\b{_UNIT}"),
        (6, rf"\b(?P<n>{_N}){_HALF}\s?(?:år|aar|year|years|yo)\b"),
        (5, rf"\b{_CHILD}(?:en|n|et)?,?\s*[(]?(?P<n>\d{{1,2}})\b{_UNIT}(?=\s*(?:$|[.,;:!?)]))"),
        (5, rf"\b(?:jeg|er|i'?m)\s+(?P<n>{_N})\b{_UNIT}(?=\s*(?:$|[.,;:!?)]|og\b|btw|år))"),
        (4, rf"^\W*(?P<n>[3-9]|1\d)\b{_UNIT}(?=\s*(?:[,;.!]|$|dreng|pige|år|m\b|k\b|og\b))"),
        (4, r"(?<=[.,;(] )(?P<n>[3-9]|1\d)\s*(?=[,;)]|$)"),
        (
            4,
            rf"\b(?:dreng|pige|m|k)\s*/?\s*(?P<n>\d{{1,2}})\b{_UNIT}|\b(?P<n2>\d{{1,2}})\s?/?\s?(?:dreng|pige)\b",
        ),
    )
)
_WHEN_SMALL = re.compile(
    r"\b(da|dengang|siden|fra)\s+(?:\w+\s+){0,3}(?:var|er)\s*(?:bare |kun |cirka |ca |omkring )*$|\b(da|dengang|siden)\s+(hun|han|jeg|de|vi)\s+(var|blev|fyldte)\b[^.;,]{0,14}$|\bsom\s+$|\b(team|hold|gruppe|familie|søskende|flok) på $|\bhavde\s+(?:en|et)\s+[^.]{0,20}$"
)


def _number(text: str) -> int | None:
    return int(text) if text.isdigit() else NUMBERS.get(text)


def _found(text: str) -> Iterator[tuple[int, Age]]:
    for weight, pattern in _PATTERNS:
        for match in pattern.finditer(text):
            name = next(k for k, v in match.groupdict().items() if v is not None)
            years = _number(match.group(name))
            if years is None:
                continue
            if name == "next":
                years -= 1
            start, end = match.span(name)
            if _possible(text, years, start, end, match.end()):
                yield weight, Age(years, start, end)


def _possible(text: str, years: int, start: int, end: int, match_end: int) -> bool:
    before, after = text[:start], text[end:]
    if not 0 <= years <= 25:
        return False
    if re.match(r"\s?\.\s?(klasse|kl\b|b\b|a\b|c\b)", after) or re.match(
        r"\s?(klasse|kl\.)", after
    ):
        return False
    if re.match(r"\s?\.\)", after) or re.search(r"\bu$", before):
        return False
    if re.match(r"\s?[.:]\s?\d", after) or re.match(
        r"\s?(%|kg|kilo|timer|minutter|dage|uger|måneder|gange|mdr|kr|cm|elever|børn\b|min\b)",
        after,
    ):
        return False
    if re.match(r"\s?år", after) and (
        _DURATION_BEFORE.search(before)
        or re.match(r"\s?år\s?(siden|i træk|tilbage|i streg)", after)
    ):
        return False
    if re.search(r"(kl\.?|klokken|art\.|§|§ )\s?$", before) or re.search(r"\d[.,/-]$", before):
        return False
    return not _WHEN_SMALL.search(before) and not _ONE_OF.search(before)


def find_ages(text: str) -> list[Age]:
    """Every age the text states, the surest first; offsets are those of ``text`` as written.

    ``find_ages("min datter på 13")[0].years == 13``
    """
    lowered = normal_same_length(text)
    best = sorted(_found(lowered), key=lambda pair: (-pair[0], pair[1].start))
    unique: list[Age] = []
    for _, age in best:
        if all(age.end <= other.start or age.start >= other.end for other in unique):
            unique.append(age)
    return unique


def find_age(text: str) -> Age | None:
    """The age the text states for the child or young person, or None."""
    ages = [a for a in find_ages(text) if a.years <= 20]
    return ages[0] if ages else None


def find_bare_age(text: str) -> Age | None:
    """The age in an answer to "how old": a bare number counts. ``find_bare_age("tolv")`` is 12."""
    stated = find_age(text)
    if stated:
        return stated
    lowered = normal_same_length(text)
    articles = ("en", "et") if len(lowered.split()) <= 3 else ("en", "et", "to")
    for match in re.finditer(rf"\b{_N}\b", lowered):
        years, after = _number(match.group()), lowered[match.end() :]
        a_class = re.match(r"\s?\.?\s?(klasse|kl\b)", after)
        if years is not None and years <= 20 and match.group() not in articles and not a_class:
            return Age(years, *match.span())
    return None


def normal_same_length(text: str) -> str:
    """Lower case without changing offsets; a half is no letter ("6½")."""
    low = (letter.lower() if len(letter.lower()) == 1 else letter for letter in text)
    return "".join(low).replace("½", "|")
