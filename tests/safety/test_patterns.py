"""The small language of rules.yml: what a pattern finds, and which ones are refused."""

from __future__ import annotations

import pytest

from bot.safety.patterns import PatternError, compile_phrase
from bot.safety.spelling import Spelling, rendered

LISTS = {"jeg": ("jeg", "hun", "min søn"), "nu": ("nu", "i dag")}
SPELLING = Spelling({}, [])


def finds(pattern: str, text: str) -> bool:
    line, _ = rendered(SPELLING.tokens(text), set())
    return any(True for _ in compile_phrase(pattern, LISTS).spans(line))


@pytest.mark.parametrize(
    ("pattern", "text"),
    [
        ("skære* sig", "hun skærer sig"),
        ("skære* .. selv", "hun skærer i sig selv"),
        ("(mig|sig) selv", "mig selv"),
        ("(mig|sig) selv", "SIG SELV!"),
        ("vil (bare)? dø", "jeg vil dø"),
        ("vil (bare)? dø", "jeg vil bare dø"),
        ("vil bare? dø", "jeg vil dø"),
        ("<jeg> vil hjem", "min søn vil hjem"),
        ("<jeg> vil ..2 hjem", "hun vil så gerne hjem"),
        ("^ farvel $", "Farvel."),
        ("^ farvel", "farvel, mor"),
        ("ikke mere", "ikke, mere"),
        ("død", "doed"),
        ("*kniv", "hun har en brødkniv"),
    ],
)
def test_a_pattern_finds_what_it_says(pattern: str, text: str) -> None:
    assert finds(pattern, text)


@pytest.mark.parametrize(
    ("pattern", "text"),
    [
        ("skære* sig", "hun skar sig"),
        ("dø", "døren er lukket"),
        ("skære* .. selv", "skærer en to tre fire fem selv"),
        ("vil ..2 dø", "vil en to tre dø"),
        ("vil ..0 dø", "vil ikke dø"),
        ("vil .. dø", "hun vil ikke. dø er et ord"),
        ("ikke mere", "ikke! mere"),
        ("^ farvel $", "farvel mor"),
        ("^ farvel", "hun sagde farvel"),
        ("(mig|sig) selv", "ham selv"),
        ("<nu> igen", "i morgen igen"),
    ],
)
def test_a_pattern_finds_nothing_else(pattern: str, text: str) -> None:
    assert not finds(pattern, text)


@pytest.mark.parametrize(
    ("pattern", "reason"),
    [
        ("(mig|sig selv", "ends too early"),
        ("mig) selv", "unexpected ')'"),
        ("mig | sig", "unexpected '|'"),
        ("? mig", "unexpected '?'"),
        ("<hvem> vil", "the list <hvem> is not defined"),
    ],
)
def test_a_pattern_that_cannot_be_read_is_refused_with_the_reason(
    pattern: str, reason: str
) -> None:
    with pytest.raises(PatternError) as caught:
        compile_phrase(pattern, LISTS)
    assert pattern in str(caught.value)
    assert reason in str(caught.value)


def test_the_place_that_is_found_is_the_place_in_the_text() -> None:
    text = "Hej. Hun skærer, tror jeg, SIG SELV."
    tokens = SPELLING.tokens(text)
    line, offsets = rendered(tokens, set())
    [(start, end)] = compile_phrase("skære* .. selv", LISTS).spans(line)
    first = max(i for i, at in enumerate(offsets) if at <= start)
    last = max(i for i, at in enumerate(offsets) if at < end)
    assert text[tokens[first].start : tokens[last].end] == "skærer, tror jeg, SIG SELV"
