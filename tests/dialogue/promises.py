"""What must hold in every conversation, whatever was understood of it.

Each promise takes a played conversation and yields what breaks it, in words that tell where.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator
from itertools import pairwise

from bot.tracks.intake import SETTLED
from tests.dialogue.states import Row, rows_of
from tools.player import Asked, Played, Turn
from tools.script import CLOSING

DIRECT = ("sikkerhed_nu", "selvmordstanker")
"""Asked in other words, and with follow-ups, when there is danger."""


# --- how it went


def it_goes_to_its_end(played: Played) -> Iterator[str]:
    if played.error:
        yield f"stuck: {played.error}"
    elif played.ending != "closing" and not (played.ending == "waiting" and played.crisis):
        yield f"ended as {played.ending!r} without a farewell"
    for aside in played.script.asides:
        if all(turn.aside is not aside for turn in played.turns):
            yield f"{aside.before} was never asked, so {aside.say!r} was never said"


def one_question_a_turn_in_the_last_message(played: Played) -> Iterator[str]:
    for turn in played.turns:
        asked = [m for m in turn.messages if m["question"]]
        if len(asked) > 1 or (asked and asked[-1] is not turn.messages[-1]):
            yield f"after {turn.said!r}: questions {[m['question'] for m in asked]}"


def no_question_comes_twice(played: Played) -> Iterator[str]:
    for key in dict.fromkeys(asked.key for asked in played.asked if asked.question):
        asks = [asked for asked in played.asked if asked.key == key]
        plain = [asked for asked in asks if not asked.reworded]
        reworded = len(asks) - len(plain)
        if reworded > 1:
            yield f"{key[0]} was reworded {reworded} times"
        if key[0] in DIRECT:
            yield from _returning(played, str(key[0]))
        elif len(plain) > _may_be_asked(played, plain[0]):
            yield f"{key[0]} was asked {len(plain)} times: {plain[-1].text!r}"


def _may_be_asked(played: Played, asked: Asked) -> int:
    """Once, and again after each interruption of it."""
    interrupted = sum(
        turn.aside is not None and turn.to is not None and turn.to.key == asked.key
        for turn in played.turns
    )
    small_talk = len(played.script.opening) if asked.question == "fylder" else 0
    return 1 + interrupted + small_talk


def _returning(played: Played, question: str) -> Iterator[str]:
    """A direct question comes again only with its follow-ups or after new danger."""
    turns = [turn for turn in played.turns if turn.asked]
    seen = False
    for before, turn in pairwise(turns):
        seen = seen or _asks(before, question)
        follows = _asks(before, question) and not _same_words(before, turn)
        again = _asks(turn, question) and seen and not follows
        if again and not turn.aside and not _told_of_danger(played, turn):
            yield f"{question} came again after {turn.said!r}"


def _asks(turn: Turn, question: str) -> bool:
    return turn.asked is not None and turn.asked.question == question


def _same_words(one: Turn, other: Turn) -> bool:
    return one.asked is not None and other.asked is not None and one.asked.text == other.asked.text


def _told_of_danger(played: Played, turn: Turn) -> bool:
    evidence = (played.summary or {}).get("risk", {}).get("evidence", [])
    return turn.has("crisis") or any(row["quote"] in str(turn.said) for row in evidence)


def nothing_told_is_asked(played: Played) -> Iterator[str]:
    for asked in played.asked:
        if asked.question in played.script.expect.given:
            yield f"{asked.question} was told, and asked all the same: {asked.text!r}"


# --- interruptions


def asides_are_answered_and_the_open_question_returns(played: Played) -> Iterator[str]:
    for turn in played.turns:
        aside = turn.aside
        if aside is None:
            continue
        if aside.topic and all(m["topic"] != aside.topic for m in turn.messages):
            topics = [m["topic"] for m in turn.messages]
            yield f"{aside.say!r} was answered under {topics}, not {aside.topic}"
        if aside.human and not (turn.has("handover") and turn.status == "waiting"):
            yield f"{aside.say!r} brought no human"
        if aside.returns and (
            turn.asked is None or turn.to is None or turn.asked.key != turn.to.key
        ):
            came = turn.asked.question if turn.asked else None
            yield f"after {aside.say!r} came {came}, not {aside.before} again"


def danger_is_met_at_once(played: Played) -> Iterator[str]:
    for turn in played.turns:
        if turn.aside and turn.aside.crisis:
            asks = turn.asked is not None and turn.asked.question in DIRECT
            if not turn.has("crisis") if played.script.expect.crisis else not asks:
                yield f"{turn.said!r} was not met"


def skipped_questions_stay_away(played: Played) -> Iterator[str]:
    for place, turn in enumerate(played.turns):
        if turn.aside and turn.aside.skips and turn.to:
            later = [t for t in played.turns[place:] if t.asked and t.asked.key == turn.to.key]
            if later:
                yield f"{turn.aside.before} came again after {turn.said!r}"


def corrections_keep_the_first_value(played: Played) -> Iterator[str]:
    for aside in played.script.asides:
        if not aside.corrects or played.summary is None:
            continue
        rows = [row for row in _facts_and_rows(played.summary, aside.corrects) if _replaced(row)]
        if not rows:
            yield f"{aside.corrects} holds no first value beside the corrected one"


def _facts_and_rows(summary: Row, name: str) -> list[Row]:
    fact = {"alder": "age", "henvender": "speaker", "kommune": "kommune"}.get(name)
    return [summary[fact]] if fact else [row for _, row in rows_of(summary) if row["id"] == name]


def _replaced(row: Row) -> bool:
    field = "status" if "status" in row else "value"
    return any(first[field] != row[field] for first in row.get("previous") or ())


# --- what was handed over


def a_hand_over_exists_exactly_when_it_should(played: Played) -> Iterator[str]:
    if (played.summary is not None) != played.script.expect.handover:
        yield f"hand-over: {played.summary is not None}, expected {played.script.expect.handover}"


def nothing_is_passed_on_without_consent(played: Played) -> Iterator[str]:
    allowed = False
    for turn in played.turns:
        consented = turn.to is not None and turn.to.question == "samtykke" and not turn.aside
        allowed = allowed or consented or turn.has("handover") or turn.has("crisis")
        if turn.status == "waiting" and not allowed:
            yield f"handed over at {turn.said!r}, before consent"
        if consented and played.summary and played.summary["consent"] != "ja":
            yield f"handed over although consent was {turn.said!r}"


def the_closing_steps_come_in_order(played: Played) -> Iterator[str]:
    steps = [asked.question for asked in played.asked if asked.question in CLOSING]
    order = [list(CLOSING).index(str(step)) for step in steps]
    if order != sorted(order):
        yield f"closing steps came as {steps}"


def every_state_rests_on_words_really_written(played: Played) -> Iterator[str]:
    if played.summary is None:
        return
    for group, row in rows_of(played.summary):
        if row["status"] in SETTLED and not row["evidence"]:
            yield f"{group}.{row['id']} is {row['status']} without any words"
    for what, quote in _quotes(played.summary):
        if not _written(played, quote):
            yield f"{what} quotes {quote['quote']!r} (seq {quote['seq']}), which nobody wrote"


def _quotes(summary: Row) -> Iterator[tuple[str, Row]]:
    for group, row in rows_of(summary):
        yield from ((f"{group}.{row['id']}", quote) for quote in row["evidence"])
    for name in ("speaker", "age", "kommune", "risk", *(t["track"] for t in summary["tracks"])):
        holder = summary.get(name) or next(t for t in summary["tracks"] if t["track"] == name)
        yield from ((name, quote) for quote in holder["evidence"])
    for name in ("concern", "tried", "wishes"):
        yield from ((name, quote) for quote in summary[name])


def _written(played: Played, quote: Row) -> bool:
    assert played.summary is not None
    messages = {message["seq"]: message for message in played.summary["transcript"]}
    message = messages.get(quote["seq"])
    return bool(
        message
        and message["sender"] == "citizen"
        and message["text"] in played.said
        and quote["quote"]
        and quote["quote"] in message["text"]
    )


def the_summary_says_who_what_and_how_urgent(played: Played) -> Iterator[str]:
    if played.summary is None:
        return
    expect, summary = played.script.expect, played.summary
    found = {
        "speaker": (summary["speaker"]["value"], expect.speaker),
        "age": (summary["age"]["value"], expect.age),
        "tracks": (sorted(t["track"] for t in summary["tracks"]), sorted(expect.tracks)),
        "risk": (summary["risk"]["level"], expect.risk),
        "priority": (summary["priority"], expect.priority),
        "channel": (summary["channel"], played.script.channel),
    }
    for name, (is_, should) in found.items():
        if is_ != should:
            yield f"{name} is {is_}, expected {should}"


def the_crisis_message_is_shown_when_it_should(played: Played) -> Iterator[str]:
    if played.script.expect.crisis and not played.crisis:
        yield "no crisis message"


def there_is_no_false_alarm(played: Played) -> Iterator[str]:
    if played.crisis and not played.script.expect.crisis:
        shown = next((t.said for t in played.turns if t.has("crisis")), None)
        yield f"crisis message after {shown!r}"


def danger_reaches_the_counsellor_as_urgent(played: Played) -> Iterator[str]:
    if played.script.expect.risk == "alarm" and played.summary:
        found = (played.summary["risk"]["level"], played.summary["priority"])
        if found != ("alarm", "akut"):
            yield f"risk and priority are {found}"


def contact_is_as_chosen(played: Played) -> Iterator[str]:
    wanted = played.script.expect.contact
    if wanted is None or played.summary is None:
        return
    for name in wanted.model_fields_set:
        found = played.summary["contact"][name]
        if found != getattr(wanted, name):
            yield f"contact.{name} is {found!r}, expected {getattr(wanted, name)!r}"


def the_case_is_of_the_right_kind(played: Played) -> Iterator[str]:
    """A request for teaching is one, and nobody's worry about a child ever is."""
    found = played.summary and played.summary["kind"]
    if found and found != played.script.expect.kind:
        yield f"the kind is {found!r}, expected {played.script.expect.kind!r}"


PROMISES: tuple[Callable[[Played], Iterator[str]], ...] = (
    it_goes_to_its_end,
    one_question_a_turn_in_the_last_message,
    no_question_comes_twice,
    danger_is_met_at_once,
    skipped_questions_stay_away,
    corrections_keep_the_first_value,
    a_hand_over_exists_exactly_when_it_should,
    nothing_is_passed_on_without_consent,
    the_closing_steps_come_in_order,
    every_state_rests_on_words_really_written,
    danger_reaches_the_counsellor_as_urgent,
    the_crisis_message_is_shown_when_it_should,
    contact_is_as_chosen,
    the_case_is_of_the_right_kind,
)
"""Kept in every conversation, however it is read."""

READINGS: tuple[Callable[[Played], Iterator[str]], ...] = (
    nothing_told_is_asked,
    asides_are_answered_and_the_open_question_returns,
    the_summary_says_who_what_and_how_urgent,
    there_is_no_false_alarm,
)
"""How well the Danish was read: measured over all conversations together."""


def broken(played: Played) -> list[str]:
    """Every broken promise, by name."""
    return [
        f"{promise.__name__.replace('_', ' ')}: {fault}"
        for promise in PROMISES
        for fault in promise(played)
    ]
