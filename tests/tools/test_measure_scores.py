from __future__ import annotations

from collections.abc import Sequence
from typing import Any

import pytest

from tools.measure.cases import Case, Prediction
from tools.measure.scores import Figure, counts, figures, score, to_json
from tools.measure.tables import comparison, confusion, misses


def case(name: str, risk: str = "ingen", group: str = "alle", **labels: Any) -> Case:
    known = {"speaker": "ukendt", "age": None, "tracks": (), "topic": None, **labels}
    known["tracks"] = frozenset(known["tracks"])
    return Case(id=name, set=group, text=f"sag {name}", channel="web", risk=risk, **known)


def got(name: str, risk: str = "none", tracks: Sequence[str] = (), **rest: Any) -> Prediction:
    return Prediction(name, risk, tracks=tuple(tracks), **rest)


# Eight cases and what each was taken for; the figures below are counted by hand.
CASES = [
    case("1", "akut", "unge", speaker="ung", age=14, tracks=["selvskade"]),
    case("2", "akut", "unge", speaker="ung", tracks=["bekymring_tristhed", "krop_mad"]),
    case("3", "akut", "foraeldre", speaker="forælder", age=9),
    case("4", "forhøjet", "foraeldre", speaker="forælder", tracks=["krop_mad"]),
    case("5", "forhøjet", "unge", topic="raad_nu"),
    case("6", "ingen", "foraeldre", age=6, tracks=["uro"]),
    case("7", "ingen", "unge", topic="pris"),
    case("8", "ingen", "foraeldre", speaker="fagperson"),
]
GOT = [
    got("1", "alarm", speaker="ung", age=14, tracks=["selvskade", "uro"]),
    got("2", "ask", speaker="ung", tracks=["krop_mad"]),
    got("3", "none", age=8),
    got("4", "alarm", speaker="forælder", tracks=["krop_mad"]),
    got("5", "none", topic="tegn"),
    got("6", "alarm", age=6, tracks=[]),
    got("7", "ask", topic="pris"),
    got("8", "none", speaker="fagperson", topic="hilsen"),
]
BY_HAND = {
    "akut_alarm": 1 / 3,  # 1; not 2 and 3
    "akut_caught": 2 / 3,  # 1, 2; not 3
    "forhoejet_caught": 1 / 2,  # 4; not 5
    "ingen_alarm": 1 / 3,  # 6
    "ingen_ask": 1 / 3,  # 7
    "speaker_accuracy": 7 / 8,  # all but 3
    "age_accuracy": 7 / 8,  # all but 3, that no age was told counts as right
    "track_f1": 2 * 3 / (5 + 4),  # right: selvskade, krop_mad twice; 5 are true, 4 were found
    "topic_accuracy": 6 / 8,  # all but 5 and 8
}


@pytest.mark.parametrize("name", BY_HAND)
def test_a_figure_is_what_counting_by_hand_gives(name: str) -> None:
    found = score(CASES, GOT).overall[name]
    assert found is not None
    assert found.value == pytest.approx(BY_HAND[name])


def test_every_set_has_figures_of_its_own() -> None:
    sets = score(CASES, GOT).sets
    assert list(sets) == ["foraeldre", "unge"]
    assert values(sets["unge"]) == pytest.approx(
        {
            "akut_alarm": 1 / 2,
            "akut_caught": 1.0,
            "forhoejet_caught": 0.0,
            "ingen_alarm": 0.0,
            "ingen_ask": 1.0,
            "speaker_accuracy": 1.0,
            "age_accuracy": 1.0,
            "track_f1": 2 * 2 / (3 + 3),
            "topic_accuracy": 3 / 4,
        }
    )


def values(found: Any) -> dict[str, float]:
    return {name: figure.value for name, figure in found.items()}


def test_a_figure_with_nothing_to_divide_by_is_none() -> None:
    found = figures(CASES[5:], GOT[5:])
    assert found["akut_alarm"] is None
    assert found["forhoejet_caught"] is None
    assert found["ingen_alarm"] is not None


def test_a_reader_without_a_figure_has_none_anywhere() -> None:
    scores = score(CASES, GOT, without={"age_accuracy"})
    everywhere = [scores.overall, *scores.sets.values()]
    assert [found["age_accuracy"] for found in everywhere] == [None, None, None]
    assert None not in [found["topic_accuracy"] for found in everywhere]


def test_the_same_cases_give_the_same_intervals_every_time() -> None:
    assert score(CASES, GOT) == score(CASES, GOT)


def test_an_interval_holds_its_figure_and_is_wide_where_cases_are_few() -> None:
    few, many = akut_alarm(CASES[:3], GOT[:3]), akut_alarm(CASES[:3] * 100, GOT[:3] * 100)
    assert few.value == many.value == pytest.approx(1 / 3)
    assert (few.low, few.high) == (0.0, 1.0)
    # 300 draws with chance 1/3: standard error 0.0272, so 0.280 to 0.387
    assert many.low == pytest.approx(0.280, abs=0.01)
    assert many.high == pytest.approx(0.387, abs=0.01)


def akut_alarm(cases: Sequence[Case], predictions: Sequence[Prediction]) -> Figure:
    found = figures(cases, predictions)["akut_alarm"]
    assert found is not None
    return found


def test_a_figure_that_no_resample_can_change_has_no_width() -> None:
    assert akut_alarm(CASES[:1], GOT[:1]) == Figure(1.0, 1.0, 1.0)


def test_predictions_of_other_cases_are_refused() -> None:
    with pytest.raises(ValueError, match="shorter"):
        score(CASES, GOT[:-1])


def test_the_json_holds_counts_and_figures_for_each_set_and_overall() -> None:
    shown = to_json(score(CASES, GOT), CASES)
    assert shown["overall"]["counts"] == {"cases": 8, "akut": 3, "forhoejet": 2, "ingen": 3}
    assert shown["sets"]["unge"]["counts"] == {"cases": 4, "akut": 2, "forhoejet": 1, "ingen": 1}
    assert shown["overall"]["akut_alarm"] == 0.3333
    assert shown["sets"]["unge"]["akut_caught"] == 1.0
    assert list(shown["overall"]) == ["counts", *BY_HAND]
    assert counts(CASES)["cases"] == 8


def test_the_confusion_counts_what_each_risk_was_met_with() -> None:
    rows = [line.split() for line in confusion(CASES, GOT)]
    assert rows == [
        ["risk", "alarm", "ask", "none"],
        ["akut", "1", "1", "1"],
        ["forhøjet", "1", "0", "1"],
        ["ingen", "1", "1", "1"],
    ]


def test_misses_begin_with_the_danger_that_was_met_with_nothing() -> None:
    told = list(misses(CASES, GOT))
    assert told[0].startswith("3  sag 3\n")
    assert "risk: alarm, got none; speaker: forælder, got ukendt; age: 9, got 8" in told[0]
    assert "tracks: bekymring_tristhed+krop_mad, got krop_mad" in next(
        row for row in told if row.startswith("2 ")
    )


def test_the_table_has_a_line_for_each_reader_under_each_figure() -> None:
    scores = score(CASES, GOT)
    rows = list(comparison(CASES, {"assistant": scores, "keywords": scores}))
    at = next(number for number, row in enumerate(rows) if row.startswith("akut_caught"))
    assert rows[1].split() == ["overall", "foraeldre", "unge"]
    assert rows[at].split()[:3] == ["akut_caught", "assistant", "66.7"]
    assert rows[at + 1].split()[:2] == ["keywords", "66.7"]
