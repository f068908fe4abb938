"""The times that are offered, and the ones that are read, all lie in the opening hours."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from bot.tracks.catalogue import load_catalogue
from bot.tracks.intake import Contact
from handover.clock import from_rfc3339
from handover.handovers.windows import Window, in_words, offered, read, settle
from handover.municipality import load_municipality
from handover.opening import open_between
from handover.settings import ROOT

HOURS = load_municipality(ROOT / "config" / "kommune.yml", load_catalogue().tracks).hours
MONDAY = datetime(2026, 11, 23, 9, 20, tzinfo=UTC)  # 10.20 in Copenhagen, open until 15
CHRISTMAS = datetime(2026, 12, 23, 14, 30, tzinfo=UTC)  # closed for today, and until the 28th
moments = st.datetimes(
    datetime(2026, 1, 1),  # noqa: DTZ001 (as Hypothesis wants)
    datetime(2027, 12, 1),  # noqa: DTZ001
    timezones=st.just(UTC),
)


def titles(now: datetime) -> list[str]:
    return [window["title"] for window in offered(HOURS, now)]


def test_the_next_three_are_offered() -> None:
    assert titles(MONDAY) == ["I dag kl. 11-12", "I dag kl. 12-15", "I morgen kl. 9-12"]


def test_over_closed_days_and_holidays_the_next_day_is_offered() -> None:
    assert titles(CHRISTMAS)[0] == "Mandag kl. 9-12"


@given(moments)
def test_what_is_offered_is_open_still_to_come_and_read_back_from_its_title(now: datetime) -> None:
    for window in offered(HOURS, now):
        start, end = from_rfc3339(window["from"]), from_rfc3339(window["to"])
        assert start >= now
        assert open_between(HOURS, start, end) == end - start >= timedelta(hours=1)
        found = read(HOURS, now, window["title"])
        if found:  # a date is not read from words
            assert found.to_json() == {"from": window["from"], "to": window["to"]}


@pytest.mark.parametrize(
    ("words", "said"),
    [
        ("efter kl 14", "I dag kl. 14-15"),
        ("i morgen formiddag", "I morgen kl. 9-12"),
        ("tirsdag", "I morgen kl. 9-15"),
        ("mandag mellem 8 og 10", "Mandag den 30. november kl. 9-10"),
        ("efter klokken 17", None),  # nobody is there then
        ("lørdag", None),
        ("når jeg har fri", None),
    ],
)
def test_a_wish_is_read_where_it_is_certain(words: str, said: str | None) -> None:
    found = read(HOURS, MONDAY, words)
    assert (in_words(found, MONDAY) if found else None) == said


def test_at_night_tomorrow_is_not_certain() -> None:
    assert read(HOURS, datetime(2026, 11, 24, 1, 0, tzinfo=UTC), "i morgen formiddag") is None


@given(moments, st.sampled_from(["efter kl 14", "i morgen", "fredag", "om formiddagen", "kl. 10"]))
def test_a_window_that_is_read_is_never_over_and_never_closed(now: datetime, words: str) -> None:
    found = read(HOURS, now, words)
    if found:
        assert found.start >= now - timedelta(seconds=1)
        assert open_between(HOURS, found.start, found.end) == found.end - found.start


def test_words_are_read_once_and_mean_the_day_they_were_said() -> None:
    contact = Contact("call", "12345678", None, "i morgen")
    settle(contact, Contact(), HOURS, MONDAY)
    first = dict(contact.window or {})
    settle(contact, Contact(**vars(contact)), HOURS, MONDAY + timedelta(days=1))
    assert contact.window == first
    before = Contact(**vars(contact))
    contact.window = None
    settle(contact, before, HOURS, MONDAY + timedelta(days=1))
    assert contact.window == first
    assert Window.of(first).start.date().isoformat() == "2026-11-24"
