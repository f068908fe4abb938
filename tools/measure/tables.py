"""What a person reads of an evaluation: figures with intervals, risk confused, misses."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator, Mapping, Sequence
from typing import Any

from tools.measure.cases import ALARM, ASK, LEVELS, NONE, RISKS, Case, Prediction
from tools.measure.scores import FIGURES, LEVEL, Figure, Scores, counts

NAME_WIDTH, READER_WIDTH, COLUMN_WIDTH = 17, 12, 17
TEXT_LENGTH = 100
OVERALL = "overall"
EXPECTED = dict(zip(RISKS, (ALARM, ASK, NONE), strict=True))


def comparison(cases: Sequence[Case], readers: Mapping[str, Scores]) -> Iterator[str]:
    """Every figure in per cent with its interval: a column for each set, a line for each reader."""
    sets = sorted({case.set for case in cases})
    yield f"per cent [{LEVEL:.0f} % interval, bootstrap over the cases]"
    yield line("", "", (OVERALL, *sets))
    for name in counts(cases):
        sizes = [counts([case for case in cases if case.set == each])[name] for each in sets]
        yield line(name, "", (str(counts(cases)[name]), *map(str, sizes)))
    for figure in FIGURES:
        for number, (reader, scores) in enumerate(readers.items()):
            found = [scores.overall, *(scores.sets[each] for each in sets)]
            cells = tuple(cell(each[figure]) for each in found)
            yield line("" if number else figure, reader, cells)


def line(name: str, reader: str, cells: Sequence[str]) -> str:
    columns = (f"{text[: COLUMN_WIDTH - 2]:>{COLUMN_WIDTH}}" for text in cells)
    return f"{name:<{NAME_WIDTH}}{reader:<{READER_WIDTH}}{''.join(columns)}".rstrip()


def cell(figure: Figure | None) -> str:
    """``92.0 [85-97]``"""
    if figure is None:
        return "-"
    return f"{figure.value * 100:.1f} [{figure.low * 100:.0f}-{figure.high * 100:.0f}]"


def confusion(cases: Sequence[Case], predictions: Sequence[Prediction]) -> Iterator[str]:
    """How many cases of each risk got the alarm, the direct question, the ordinary path."""
    found = Counter((c.risk, p.risk) for c, p in zip(cases, predictions, strict=True))
    yield f"{'risk':<12}" + "".join(f"{level:>8}" for level in LEVELS)
    for risk in RISKS:
        yield f"{risk:<12}" + "".join(f"{found[risk, level]:>8}" for level in LEVELS)


def misses(cases: Sequence[Case], predictions: Sequence[Prediction]) -> Iterator[str]:
    """Every case that was not read as labelled: danger not met first, then the rest."""
    pairs = sorted(zip(cases, predictions, strict=True), key=lambda pair: urgency(*pair))
    for case, predicted in pairs:
        wrong = differences(case, predicted)
        if wrong:
            told = "; ".join(f"{name}: {shown(a)}, got {shown(b)}" for name, a, b in wrong)
            yield f"{case.id}  {shortened(case.text)}\n    {told}"


def urgency(case: Case, predicted: Prediction) -> tuple[int, int]:
    """Sorts by how much more danger there was than was met; then false alarms."""
    missed = LEVELS.index(predicted.risk) - LEVELS.index(EXPECTED[case.risk])
    return -max(missed, 0), -abs(missed)


def differences(case: Case, predicted: Prediction) -> list[tuple[str, Any, Any]]:
    compared = [
        ("risk", EXPECTED[case.risk], predicted.risk),
        ("speaker", case.speaker, predicted.speaker),
        ("age", case.age, predicted.age),
        ("tracks", sorted(case.tracks), sorted(predicted.tracks)),
        ("topic", case.topic, predicted.topic),
    ]
    return [(name, true, found) for name, true, found in compared if true != found]


def shown(value: Any) -> str:
    if isinstance(value, list):
        return "+".join(value) or "none"
    return "none" if value is None else str(value)


def shortened(text: str) -> str:
    """One line of at most TEXT_LENGTH characters."""
    flat = " ".join(text.split())
    return flat if len(flat) <= TEXT_LENGTH else f"{flat[: TEXT_LENGTH - 1]}…"
