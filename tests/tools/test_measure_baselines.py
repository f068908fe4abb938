from __future__ import annotations

from pathlib import Path

import pytest
import yaml

from tools.measure import stock
from tools.measure.cases import SPEAKERS, TRACKS, Case, Prediction
from tools.measure.keywords import Keywords, age_in, matcher
from tools.measure.stock import QUESTIONS, labelled, prediction, training_data
from tools.staleness import Product


def case(text: str) -> Case:
    return Case("x", "alle", text, "web", "ingen", "ukendt", None, frozenset(), None)


@pytest.fixture
def keywords() -> Keywords:
    return Keywords.load()


def test_the_keyword_list_knows_exactly_the_labels_there_are(keywords: Keywords) -> None:
    assert list(keywords.risk) == ["alarm", "ask"]
    assert set(keywords.tracks) == set(TRACKS)
    assert set(keywords.speaker) == set(SPEAKERS) - {"ukendt"}


def test_plain_words_are_found_by_the_keyword_list(keywords: Keywords) -> None:
    text = "Min datter på 12 har angst og siger, at hun vil begå selvmord"
    expected = Prediction("x", "alarm", "forælder", 12, ("bekymring_tristhed",), None)
    assert keywords.predict(case(text)) == expected


def test_the_keyword_list_asks_where_it_does_not_alarm(keywords: Keywords) -> None:
    assert keywords.predict(case("der har været vold i hjemmet")).risk == "ask"


def test_a_keyword_counts_as_a_whole_word_and_a_star_for_any_ending() -> None:
    found = matcher(["fed", "selvskad*", "skærer i *"])
    assert found.search("jeg er FED")
    assert found.search("om selvskadende adfærd")
    assert found.search("hun skærer i sig")
    assert not found.search("det er fedt")


def test_a_greeting_is_a_topic_only_when_little_else_is_said(keywords: Keywords) -> None:
    assert keywords.predict(case("hej med jer")).topic == "hilsen"
    assert keywords.predict(case("hej min søn leger aldrig med de andre børn")).topic is None


@pytest.mark.parametrize(
    ("text", "age"),
    [("hun er 13-årig", 13), ("en dreng på 8", 8), ("jeg er 15 år", 15), ("jeg er 14", 14)],
)
def test_the_keyword_list_takes_a_plain_number_for_the_age(text: str, age: int) -> None:
    assert age_in(text) == age


def test_stock_rasa_learns_each_question_from_the_blocks_that_answer_it() -> None:
    answers = {question.name: question.label for question in QUESTIONS}
    assert answers["risk"]({"intent": "pris", "metadata": {"niveau": "ingen"}}) == "ingen"
    assert answers["risk"]({"intent": "pris"}) is None
    assert answers["topic"]({"intent": "pris"}) == "pris"


def test_stock_rasa_gets_the_very_lines_the_assistant_is_trained_on() -> None:
    document = yaml.safe_load(training_data(labelled(QUESTIONS[0])))
    rows = {row["intent"]: row["examples"].splitlines() for row in document["nlu"]}
    own = [line.strip() for path in NLU.glob("*.yml") for line in path.read_text().splitlines()]
    assert set(rows) == {"akut", "forhoejet", "ingen"}
    assert set(rows["akut"]) <= set(own)
    assert len(rows["akut"]) > 100


NLU = Path(stock.ROOT) / stock.LINES


def test_what_stock_rasa_says_becomes_a_prediction() -> None:
    labels = {"risk": "forhoejet", "topic": "klage"}
    assert prediction(case("..."), labels) == Prediction("x", "ask", topic="klage")
    assert prediction(case("..."), {"risk": "akut"}) == Prediction("x", "alarm")


def test_a_fallback_of_stock_rasa_means_nothing_was_understood() -> None:
    labels = {"risk": "nlu_fallback", "topic": "nlu_fallback"}
    assert prediction(case("..."), labels) == Prediction("x")


def test_stock_rasa_has_no_figure_for_what_it_has_no_model_for(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(stock, "MODELS", tmp_path)
    (tmp_path / "stock-risk.tar.gz").touch()
    nothing = {"speaker_accuracy", "age_accuracy", "track_f1", "topic_accuracy"}
    assert stock.unanswered() == nothing


def test_models_of_older_lines_are_told_apart(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(stock, "MODELS", tmp_path)
    risk, topic = QUESTIONS
    for question in (risk, topic):
        question.product.target.touch()
    fresh: Product = risk.product
    fresh.record(fresh.fingerprint())
    assert stock.outdated() == ["topic"]
