"""The parts without a database: opening hours, the vault, codes, masking, limits, wishes."""

from __future__ import annotations

import string
from datetime import UTC, date, datetime, timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from handover.clock import COPENHAGEN
from handover.conversations.access import ALPHABET, code_digest, digest, new_resume_code
from handover.conversations.assistant import drafts
from handover.conversations.masking import MASK, masked
from handover.conversations.wish import read_wish
from handover.errors import Problem
from handover.limits import Limit
from handover.municipality import Hours, load_municipality
from handover.opening import in_words, next_opening, open_now, opens, spans, week_in_words
from handover.settings import ROOT
from handover.storage.vault import Vault, VaultError

HOURS = load_municipality(ROOT / "config" / "kommune.yml", {"krop_mad": None}).hours
FIRST = datetime(2026, 1, 1, tzinfo=UTC)
MOMENTS = st.integers(0, 4 * 365 * 24 * 60).map(lambda minutes: FIRST + timedelta(minutes=minutes))


def at(text: str) -> datetime:
    return datetime.fromisoformat(text).replace(tzinfo=COPENHAGEN)


@pytest.mark.parametrize(
    ("moment", "is_open"),
    [
        ("2026-11-23T09:00", True),
        ("2026-11-23T08:59", False),
        ("2026-11-23T15:00", False),
        ("2026-11-22T12:00", False),
        ("2026-12-24T12:00", False),  # closed by the municipality
        ("2026-12-25T12:00", False),  # public holiday
        ("2027-05-17T12:00", False),  # anden pinsedag
        ("2027-04-23T12:00", True),  # store bededag is no holiday since 2024
    ],
)
def test_it_is_open_by_the_hours_except_on_closed_days_and_holidays(
    moment: str, is_open: bool
) -> None:
    assert open_now(HOURS, at(moment)) is is_open


@pytest.mark.parametrize(
    ("moment", "words"),
    [
        ("2026-11-22T12:00", "mandag den 23. november kl. 9"),
        ("2026-11-23T07:00", "mandag den 23. november kl. 9"),
        ("2026-11-27T14:00", "mandag den 30. november kl. 9"),
        ("2026-12-23T16:00", "mandag den 28. december kl. 9"),
        ("2026-03-28T12:00", "mandag den 30. marts kl. 9"),  # summer time begins in between
        ("2026-11-23T10:00", None),
    ],
)
def test_the_next_opening_is_told_in_danish_words(moment: str, words: str | None) -> None:
    assert opens(HOURS, at(moment)) == words


@given(MOMENTS)
def test_the_next_opening_is_open_and_nothing_opens_before_it(moment: datetime) -> None:
    found = next_opening(HOURS, moment)
    assert found is not None
    assert found > moment
    assert open_now(HOURS, found)
    assert not open_now(HOURS, found - timedelta(minutes=1))
    day = moment.astimezone(COPENHAGEN).date() + timedelta(days=1)
    while day < found.date():
        assert not spans(HOURS, day)
        day += timedelta(days=1)


@given(MOMENTS)
def test_either_it_is_open_or_an_opening_is_told(moment: datetime) -> None:
    assert open_now(HOURS, moment) is (opens(HOURS, moment) is None)


def test_half_hours_and_the_week_are_written_as_danes_write_them() -> None:
    assert in_words(at("2026-11-23T09:30")).endswith("kl. 9.30")
    assert week_in_words(HOURS) == "mandag til torsdag kl. 9-15, fredag kl. 9-14"


def test_when_nothing_ever_opens_nothing_is_promised() -> None:
    never = HOURS.model_copy(update={"weekdays": dict.fromkeys(HOURS.weekdays, ())})
    assert isinstance(never, Hours)
    assert next_opening(never, at("2026-11-23T10:00")) is None
    assert opens(never, at("2026-11-23T10:00")) is None


@given(st.text(), st.text(alphabet=string.ascii_letters, min_size=1))
def test_what_is_sealed_opens_only_in_its_place(words: str, place: str) -> None:
    words = words.encode("utf-8", "ignore").decode()
    sealer, wrapped = Vault(b"k" * 32).new("one")
    sealed = sealer.seal(words, place)
    assert Vault(b"k" * 32).unwrap("one", wrapped).open(sealed, place) == words
    with pytest.raises(VaultError):
        sealer.open(sealed, place + "x")


def test_another_key_another_conversation_and_a_changed_byte_open_nothing() -> None:
    vault = Vault(b"k" * 32)
    sealer, wrapped = vault.new("one")
    sealed = sealer.seal("words", "message 1")
    with pytest.raises(VaultError):
        Vault(b"x" * 32).unwrap("one", wrapped)
    with pytest.raises(VaultError):
        vault.unwrap("two", wrapped)
    with pytest.raises(VaultError):
        sealer.open(sealed[:-1] + bytes([sealed[-1] ^ 1]), "message 1")


def test_a_resume_code_is_easy_to_read_and_may_be_written_in_any_way() -> None:
    code = new_resume_code()
    assert set(code.replace("-", "")) <= set(ALPHABET)
    key = b"key"
    assert code_digest(code, key) == code_digest(code.lower().replace("-", " "), key)
    assert code_digest(code, key) != code_digest(code, b"other")
    assert len(digest(code)) == 32


@pytest.mark.parametrize(
    ("text", "kept"),
    [
        ("010213-1234", MASK),
        ("0102131234", MASK),
        ("hun er født 010213 1234, tror jeg", f"hun er født {MASK}, tror jeg"),
        ("ring på 12345678", "ring på 12345678"),
        ("ring +45 12 34 56 78", "ring +45 12 34 56 78"),
        ("991313-1234", "991313-1234"),
        ("den 01-02-2013", "den 01-02-2013"),
    ],
)
def test_what_looks_like_a_cpr_number_is_masked_and_a_telephone_number_is_not(
    text: str, kept: str
) -> None:
    assert masked(text) == kept


@given(st.dates(date(1930, 1, 1), date(2029, 12, 31)), st.integers(0, 9999), st.text("ab ,."))
def test_no_cpr_number_survives_whatever_stands_around_it(
    born: date, serial: int, around: str
) -> None:
    number = f"{born:%d%m%y}-{serial:04}"
    assert number not in masked(f"{around}{number}{around}")


class Tick:
    def __init__(self) -> None:
        self.now = datetime(2026, 1, 1, tzinfo=UTC)

    def __call__(self) -> datetime:
        return self.now


@given(st.lists(st.integers(0, 120), max_size=40))
def test_in_no_window_more_is_let_through_than_allowed_and_never_less(steps: list[int]) -> None:
    tick, through = Tick(), []
    limit = Limit(3, timedelta(seconds=60), tick)
    for step in steps:
        tick.now += timedelta(seconds=step)
        if len([t for t in through if tick.now - t < timedelta(seconds=60)]) >= 3:
            with pytest.raises(Problem) as refused:
                limit.check("key")
            assert int(refused.value.headers["Retry-After"]) >= 1
        else:
            limit.check("key")
            limit.failed("key")
            through.append(tick.now)


@pytest.mark.parametrize(
    ("text", "offered", "wish"),
    [
        ("menneske", True, "menneske"),
        ("ja", True, "menneske"),
        ("ja tak", True, "menneske"),
        ("ja", False, None),
        ("kan jeg tale med en rådgiver", False, "menneske"),
        ("jeg vil snakke med nogen", False, "menneske"),
        ("vent", True, "vent"),
        ("nej tak", True, "vent"),
        ("nej", False, None),
        ("jeg vil ikke tale med et menneske", True, "vent"),
        ("min søn er ked af det", True, None),
        ("hallo", True, None),
    ],
)
def test_what_a_citizen_wants_is_read_without_the_assistant(
    text: str, offered: bool, wish: str | None
) -> None:
    assert read_wish(text, offered) == wish


def test_rasas_entries_become_drafts() -> None:
    answer = [
        {"text": "a"},
        {"text": "b", "buttons": [{"title": "Ja", "payload": "ja"}]},
        {"custom": {"kind": "question", "question": "alder"}},
    ]
    first, second = drafts(answer)
    assert (first.kind, first.question) == ("text", None)
    assert (second.kind, second.question) == ("question", "alder")
    assert second.choices == [{"title": "Ja", "value": "ja"}]


@pytest.mark.parametrize("answer", [{}, "text", [1], [{"text": "a", "custom": {"kind": "odd"}}]])
def test_what_is_no_answer_of_rasa_is_refused(answer: object) -> None:
    with pytest.raises(ValueError, match=r"not a list|unknown kind"):
        drafts(answer)
