"""From cases and predictions to figures, each with a bootstrap interval.

Every figure is a fraction whose two parts are sums over cases, so that a resample of the cases is
one weighted sum. A figure without anything to divide by (no akut line in the set) is None.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

import numpy as np

from tools.measure.cases import ACUTE, ALARM, ASK, NO_RISK, RAISED, RISKS, Case, Prediction

RESAMPLES = 2000
SEED = 20
LEVEL = 95.0  # per cent of the resamples that lie inside an interval
DIGITS = 4

Fraction = tuple[int, int]
FIGURES = (
    "akut_alarm",
    "akut_caught",
    "forhoejet_caught",
    "ingen_alarm",
    "ingen_ask",
    "speaker_accuracy",
    "age_accuracy",
    "track_f1",
    "topic_accuracy",
)


@dataclass(frozen=True)
class Figure:
    """``value`` between 0 and 1, and the ends of its interval."""

    value: float
    low: float
    high: float


Figures = Mapping[str, Figure | None]


def fractions(case: Case, predicted: Prediction) -> dict[str, Fraction]:
    """What one case adds to numerator and denominator of every figure."""
    caught = predicted.risk in (ALARM, ASK)
    return {
        "akut_alarm": of(case.risk == ACUTE, predicted.risk == ALARM),
        "akut_caught": of(case.risk == ACUTE, caught),
        "forhoejet_caught": of(case.risk == RAISED, caught),
        "ingen_alarm": of(case.risk == NO_RISK, predicted.risk == ALARM),
        "ingen_ask": of(case.risk == NO_RISK, predicted.risk == ASK),
        "speaker_accuracy": of(True, predicted.speaker == case.speaker),
        "age_accuracy": of(True, predicted.age == case.age),
        "track_f1": f1(case.tracks, frozenset(predicted.tracks)),
        "topic_accuracy": of(True, predicted.topic == case.topic),
    }


def of(counts: bool, right: bool) -> Fraction:
    return int(counts and right), int(counts)


def f1(true: frozenset[str], found: frozenset[str]) -> Fraction:
    """Micro F1 = 2 TP / (2 TP + FP + FN) = 2 TP / (all true + all found)."""
    return 2 * len(true & found), len(true) + len(found)


def figures(cases: Sequence[Case], predictions: Sequence[Prediction]) -> dict[str, Figure | None]:
    """Every figure over these cases; the predictions stand in the same order."""
    rows = [fractions(c, p) for c, p in zip(cases, predictions, strict=True)]
    weights = resamples(len(rows))
    return {name: figure([row[name] for row in rows], weights) for name in FIGURES}


def resamples(cases: int) -> np.ndarray[Any, Any]:
    """How often each case is drawn in each resample: the same for the same number of cases."""
    drawn = np.random.default_rng(SEED).multinomial(cases, [1 / cases] * cases, RESAMPLES)
    return np.asarray(drawn)


def figure(parts: Sequence[Fraction], weights: np.ndarray[Any, Any]) -> Figure | None:
    above, below = np.array(parts).T
    if not below.sum():
        return None
    drawn_above, drawn_below = weights @ above, weights @ below
    drawn = drawn_above[drawn_below > 0] / drawn_below[drawn_below > 0]
    low, high = np.percentile(drawn, [50 - LEVEL / 2, 50 + LEVEL / 2])
    return Figure(float(above.sum() / below.sum()), float(low), float(high))


@dataclass(frozen=True)
class Scores:
    """Figures of one reader: overall, and for every set of cases by name."""

    overall: Figures
    sets: Mapping[str, Figures]


def score(
    cases: Sequence[Case], predictions: Sequence[Prediction], without: Collection[str] = ()
) -> Scores:
    """``without``: figures the reader has nothing to say about."""
    pairs = list(zip(cases, predictions, strict=True))
    sets = {}
    for name in sorted({case.set for case in cases}):
        own = [(case, predicted) for case, predicted in pairs if case.set == name]
        found = figures([case for case, _ in own], [predicted for _, predicted in own])
        sets[name] = leave_out(found, without)
    return Scores(leave_out(figures(cases, predictions), without), sets)


def leave_out(found: Figures, names: Collection[str]) -> Figures:
    return {name: None if name in names else figure for name, figure in found.items()}


def counts(cases: Sequence[Case]) -> dict[str, int]:
    """``{"cases": 316, "akut": 75, "forhoejet": 63, "ingen": 178}``"""
    by_risk = Counter(case.risk for case in cases)
    names = ("akut", "forhoejet", "ingen")
    return {"cases": len(cases), **dict(zip(names, (by_risk[r] for r in RISKS), strict=True))}


def to_json(scores: Scores, cases: Sequence[Case]) -> dict[str, Any]:
    sets = {}
    for name, found in scores.sets.items():
        own = [case for case in cases if case.set == name]
        sets[name] = {"counts": counts(own), **values(found)}
    return {"overall": {"counts": counts(cases), **values(scores.overall)}, "sets": sets}


def values(found: Figures) -> dict[str, float | None]:
    return {name: f if f is None else round(f.value, DIGITS) for name, f in found.items()}
