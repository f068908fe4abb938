"""The intake summary, field for field."""

from __future__ import annotations

from datetime import UTC, datetime
from typing import Any

import pytest

from bot.tracks.catalogue import load_catalogue
from bot.tracks.intake import Intake
from handover.conversations.messages import CITIZEN, Draft, Message
from handover.handovers.possibilities import load_possibilities
from handover.handovers.summary import Case, summary
from handover.settings import Settings
from handover.storage.handovers import Handover, Judgement

NOW = datetime(2026, 11, 23, 9, 0, tzinfo=UTC)
CATALOGUE = load_catalogue()
POSSIBILITIES = load_possibilities(Settings().possibilities)
QUOTE = {"seq": 2, "quote": "min datter på 13"}
HANDOVER = Handover(
    "h", "c", "intake", "samtykke", 2, "waiting", None, None, None, NOW, NOW, None, None, "web"
)


def summed_up(intake: dict[str, Any], **more: Any) -> dict[str, Any]:
    case = Case(
        handover=HANDOVER,
        intake=Intake.from_json(intake),
        messages=[Message(2, NOW, Draft(CITIZEN, "min datter på 13"))],
        judgements=more.get("judgements", {}),
        notes=(),
        catalogue=CATALOGUE,
        possibilities=POSSIBILITIES,
        offered=more.get("offered", ("krop_mad",)),
        names={"tilbud_navn": "ROBUS"},
    )
    return summary(case)


def criterion(found: dict[str, Any], name: str) -> dict[str, Any]:
    rows = [*found["common"], *(c for t in found["tracks"] for c in t["criteria"])]
    return next(row for row in rows if row["id"] == name)


def test_an_empty_intake_has_every_field_of_the_contract_and_no_state_without_evidence() -> None:
    found = summed_up({})
    assert set(found) >= {
        "handover_id", "kind", "conversation_id", "created_at", "channel", "status", "claimed_by",
        "priority", "speaker", "age", "concern", "risk", "tracks", "common", "tried", "wishes",
        "contact", "possibilities", "transcript", "outcome",
    }  # fmt: skip
    assert found["speaker"] == {"value": "ukendt", "evidence": []}
    assert found["age"]["value"] is None
    nothing = dict.fromkeys(("phone", "name", "time", "window"))
    assert found["contact"] == {"wants": "none", **nothing}
    assert [row["id"] for row in found["common"]] == [c.id for c in CATALOGUE.common.criteria]
    assert not any(row["status"] in ("opfyldt", "ikke_opfyldt") for row in found["common"])


def test_facts_and_tellings_have_a_value_or_quotes_and_no_state() -> None:
    found = summed_up(
        {
            "speaker": {"value": "foraelder", "evidence": [QUOTE]},
            "age": {"value": 13, "evidence": [QUOTE]},
            "concern": [QUOTE],
        }
    )
    assert found["speaker"] == {"value": "foraelder", "evidence": [QUOTE]}
    assert found["age"] == {"value": 13, "evidence": [QUOTE]}
    assert found["concern"] == [QUOTE]
    row = criterion(found, "henvender")
    assert (row["value"], row["status"], row["reason"]) == ("foraelder", None, None)
    assert criterion(found, "fylder")["evidence"] == [QUOTE | {"question": None}]
    assert criterion(found, "kommune")["reason"] == "ikke_spurgt"


def test_a_criterion_shows_its_state_its_words_and_its_question() -> None:
    evidence = [QUOTE | {"question": "Hader hun sin krop?"}]
    answers = {"krop_mad.kropsutilfredshed": {"status": "opfyldt", "evidence": evidence}}
    found = summed_up({"tracks": [{"track": "krop_mad"}], "answers": answers})
    row = criterion(found, "kropsutilfredshed")
    assert (row["status"], row["reason"], row["evidence"]) == ("opfyldt", None, evidence)
    assert (row["kind"], row["group"], row["source"]) == ("inklusion", "tegn", "003")
    assert "kropsutilfredshed" not in found["tracks"][0]["open_questions"]
    assert "kan_spise_med_stoette" in found["tracks"][0]["open_questions"]


@pytest.mark.parametrize("reason", ["ved_ikke", "vil_ikke_svare", "uklart"])
def test_an_open_criterion_says_why(reason: str) -> None:
    answers = {"faelles.funktionsniveau": {"status": "uafklaret", "reason": reason}}
    row = criterion(summed_up({"answers": answers}), "funktionsniveau")
    assert (row["status"], row["reason"]) == ("uafklaret", reason)


def test_an_age_outside_the_track_is_said_and_changes_nothing_else() -> None:
    found = summed_up(
        {"tracks": [{"track": "uro"}], "age": {"value": 13, "evidence": [QUOTE]}}, offered=()
    )
    row = next(c for c in found["tracks"][0]["criteria"] if c["id"] == "alder")
    assert row["status"] == "ikke_opfyldt"
    assert row["evidence"] == [QUOTE | {"question": None}]
    assert len(found["tracks"][0]["criteria"]) == len(CATALOGUE.tracks["uro"].criteria)


def test_a_struck_answer_is_not_passed_on() -> None:
    answers = {
        "faelles.funktionsniveau": {"status": "opfyldt", "evidence": [QUOTE], "struck": True}
    }
    row = criterion(summed_up({"answers": answers}), "funktionsniveau")
    assert (row["status"], row["evidence"]) == ("uafklaret", [])


def test_a_correction_is_shown_with_what_was_said_first() -> None:
    age = {"value": 14, "evidence": [QUOTE], "previous": [{"value": 13, "evidence": []}]}
    assert summed_up({"age": age})["age"]["previous"] == [{"value": 13, "evidence": []}]


def test_the_counsellors_judgement_stands_beside_the_state() -> None:
    judgements = {("faelles", "funktionsniveau"): Judgement("ikke_opfyldt", "Anna", NOW)}
    row = criterion(summed_up({}, judgements=judgements), "funktionsniveau")
    assert row["status"] == "uafklaret"
    assert row["counsellor"] == {
        "status": "ikke_opfyldt", "by": "Anna", "at": "2026-11-23T09:00:00.000000Z",
    }  # fmt: skip


def test_what_the_municipality_does_not_offer_changes_only_the_possibilities() -> None:
    intake = {"tracks": [{"track": "krop_mad"}], "speaker": {"value": "foraelder"}}
    here, elsewhere = summed_up(intake), summed_up(intake, offered=())
    assert {p["id"] for p in here["possibilities"]} - {
        p["id"] for p in elsewhere["possibilities"]
    } == {"stime_afklarende_samtale"}
    assert here | {"possibilities": []} == elsewhere | {"possibilities": []}
    assert any("ROBUS" in p["text"] for p in here["possibilities"])


def test_the_transcript_is_the_conversation_in_order() -> None:
    [message] = summed_up({})["transcript"]
    assert (message["seq"], message["sender"], message["text"]) == (
        2,
        "citizen",
        "min datter på 13",
    )
