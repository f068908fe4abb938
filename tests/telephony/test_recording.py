"""The talk between citizen and counsellor recorded: only where it is wanted, and with consent."""

from __future__ import annotations

from collections.abc import AsyncIterator
from datetime import timedelta
from pathlib import Path
from typing import Any

import httpx
import pytest
import yaml
from pydantic import ValidationError

from handover.municipality import Telephony
from handover.storage.calls import THROUGH
from handover.storage.trail import Wanted
from handover.telephony.voice import recording
from tests.handover.browsing import logged_in
from tests.handover.conftest import SUNDAY, FakeClock, RasaStandIn, WordScreen
from tests.patience import until
from tools.phone.line import Line
from tools.phone.recordings import Recording
from tools.phone.switchboard import presses, says_nothing

from .conftest import ANNA, BO, IDA, Station, opened, with_duty_phones
from .test_voice_human import the_case, wants_call, wants_human

ASKED = "Må din samtale med rådgiveren blive optaget?"
DANGER = "jeg vil dø i aften"


@pytest.fixture
async def studio(
    tmp_path: Path, rasa: RasaStandIn, clock: FakeClock, screen: WordScreen
) -> AsyncIterator[Station]:
    """An office whose municipality has turned recording on."""
    path = with_duty_phones(tmp_path)
    document = yaml.safe_load(path.read_text(encoding="utf-8"))
    document["telefoni"]["optagelse"] = {"slaaet_til": "ja", "slettes_efter_dage": 30}
    path.write_text(yaml.safe_dump(document, allow_unicode=True), encoding="utf-8")
    async with opened(tmp_path, rasa, clock, screen, municipality=path) as found:
        yield found


def kept(station: Station) -> list[Recording]:
    return list(station.exchange.recordings.kept.values())


async def talked(station: Station, answer: str = "1") -> Line:
    """Ida is asked, answers, and talks with Anna."""
    station.exchange.switchboard.phones = {ANNA: presses("1")}
    line = await wants_human(station)
    assert ASKED in line.text
    return await line.press(answer)


async def path_of(station: Station) -> str:
    case = await the_case(station)
    [one] = case["recordings"]
    return f"/api/handovers/{case['handover_id']}/recordings/{one['recording_id']}"


async def delete_due(station: Station) -> None:
    await station.house.app.state.phone.recorder.round()


# off


async def test_nothing_is_recorded_or_said_of_it_unless_the_municipality_turns_it_on(
    office: Station, clock: FakeClock
) -> None:
    heard: list[str] = []

    async def anna(line: Line) -> None:
        heard.append(line.text)
        await line.press("1")

    board = office.exchange.switchboard
    board.phones = {ANNA: anna, IDA: presses("")}
    line = await wants_human(office)
    clock.advance(minutes=1)
    board.phones = {ANNA: says_nothing}
    case = await wants_call(office)
    board.phones = {ANNA: anna, IDA: presses("")}
    async with await office.house.counsellor("Anna") as caller:
        await caller.post(f"/api/handovers/{case['handover_id']}/call", json={})
        await board.settle()
    assert len(board.bridges) == 2
    lines = [line, *board.lines.values()]
    documents = [document for one in lines for document in one.documents]
    assert documents
    assert not [one for one in documents if "record" in one.lower() or "consent" in one]
    assert "optage" not in " ".join([*documents, *heard])
    assert kept(office) == []


def test_off_is_what_a_file_without_it_means() -> None:
    assert Telephony.model_validate({}).recording.on is False
    assert Telephony.model_validate({"optagelse": {}}).recording.on is False


@pytest.mark.parametrize(
    "wrong",
    [
        {"slaaet_til": "måske"},
        {"slettes_efter_dage": 0},
        {"slettes_efter_dage": 366},
        {"til": "ja"},
    ],
)
def test_what_makes_no_sense_stops_the_start(wrong: dict[str, Any]) -> None:
    with pytest.raises(ValidationError, match="optagelse"):
        Telephony.model_validate({"optagelse": wrong})


# put through


async def test_with_a_yes_the_talk_alone_is_recorded_and_the_counsellor_knows_before(
    studio: Station,
) -> None:
    heard = []

    async def anna(line: Line) -> None:
        heard.append(line.text)
        assert kept(studio) == [], "not before both are to be connected"
        await line.press("1")

    async def while_they_talk() -> None:
        [one] = kept(studio)
        assert one.status == "in-progress"
        assert (await the_case(studio))["calls"][-1]["recorded"] is True

    board = studio.exchange.switchboard
    board.phones, board.during = {ANNA: anna}, while_they_talk
    line = await wants_human(studio)
    assert line.text.count(ASKED) == 1
    assert "højst 30 dage" in line.text
    assert board.rung == []
    await line.press("1")
    assert "Tak. Samtalen bliver optaget." in line.documents[-2]
    assert "Samtalen bliver optaget. Borgeren har sagt ja." in heard[0]
    [one] = kept(studio)
    assert one.call_sid != line.sid, "the counsellor's part of the call, which ends with the talk"
    case = await the_case(studio)
    [row] = case["recordings"]
    assert (row["seconds"], row["call_id"]) == (61, case["calls"][-1]["call_id"])
    said = [(m["sender"], m["text"]) for m in case["transcript"]]
    place = next(n for n, (_, text) in enumerate(said) if ASKED in text)
    assert said[place + 1] == ("citizen", "ja")


@pytest.mark.parametrize("answer", ["2", "3", ""])
async def test_without_a_plain_yes_they_talk_unrecorded_and_the_counsellor_knows(
    studio: Station, answer: str
) -> None:
    heard = []

    async def anna(line: Line) -> None:
        heard.append(line.text)
        await line.press("1")

    studio.exchange.switchboard.phones = {ANNA: anna}
    line = await wants_human(studio)
    await (line.press(answer) if answer else line.silence())
    assert len(studio.exchange.switchboard.bridges) == 1
    assert "Samtalen bliver ikke optaget." in heard[0]
    assert kept(studio) == []
    case = await the_case(studio)
    assert (case["recordings"], case["calls"][-1]["recorded"]) == ([], False)


async def test_yes_can_be_said_but_not_on_a_bad_line(studio: Station) -> None:
    studio.exchange.switchboard.phones = {ANNA: presses("1")}
    await (await wants_human(studio)).say("ja", confidence=0.2)
    assert kept(studio) == []
    other = await wants_human(studio, BO)
    await other.say("ja tak")
    assert len(kept(studio)) == 1


async def test_danger_is_put_through_unasked_and_unrecorded(studio: Station) -> None:
    studio.exchange.switchboard.phones = {ANNA: presses("1")}
    line = await studio.exchange.ring(IDA)
    await line.say(DANGER)
    await line.press("0")
    assert len(studio.exchange.switchboard.bridges) == 1
    assert all(ASKED not in one for one in line.documents)
    assert kept(studio) == []


async def test_danger_said_to_the_question_is_met_at_once(studio: Station) -> None:
    studio.exchange.switchboard.phones = {ANNA: presses("1")}
    line = await wants_human(studio)
    await line.say(DANGER)
    assert (await the_case(studio))["priority"] == "akut"
    assert kept(studio) == []


async def test_a_yes_from_before_the_danger_records_nothing(studio: Station) -> None:
    heard = []

    async def anna(line: Line) -> None:
        heard.append(line.text)
        await line.press("1")

    line = await talked_to_nobody(studio)
    studio.exchange.switchboard.phones = {ANNA: anna}
    await line.say(DANGER)
    await line.press("0")
    assert len(studio.exchange.switchboard.bridges) == 1
    assert "Samtalen bliver ikke optaget." in heard[0]
    assert kept(studio) == []
    assert (await the_case(studio))["calls"][-1]["recorded"] is False


async def talked_to_nobody(station: Station) -> Line:
    """Ida has said yes, and no telephone was taken."""
    station.exchange.switchboard.phones = {ANNA: presses("2"), BO: presses("2")}
    line = await wants_human(station)
    await line.press("1")
    assert "Samtalen bliver optaget." in " ".join(line.documents)
    return line


async def test_nobody_is_asked_when_nobody_can_be_called(studio: Station, clock: FakeClock) -> None:
    clock.now = SUNDAY
    line = await wants_human(studio)
    assert ASKED not in line.text
    assert "når der er åbent" in line.text


async def test_asked_once_however_many_are_called(studio: Station) -> None:
    studio.exchange.switchboard.phones = {ANNA: presses("2"), BO: presses("1")}
    line = await wants_human(studio)
    await line.press("1")
    assert sum(ASKED in document for document in line.documents) == 1
    assert len(kept(studio)) == 1


async def test_a_recording_that_does_not_begin_holds_nobody_up(studio: Station) -> None:
    told = []

    async def anna(line: Line) -> None:
        await line.press("1")
        told.append(line.text)

    studio.exchange.recordings.down = True
    studio.exchange.switchboard.phones = {ANNA: anna}
    line = await wants_human(studio)
    await line.press("1")
    assert len(studio.exchange.switchboard.bridges) == 1
    assert told == ["Optagelsen kom ikke i gang. Samtalen bliver ikke optaget."]
    assert (await the_case(studio))["calls"][-1]["recorded"] is False


async def test_what_was_recorded_though_the_answer_got_lost_is_deleted(studio: Station) -> None:
    studio.exchange.recordings.lost = True
    await talked(studio)
    [one] = kept(studio)
    assert (await the_case(studio))["recordings"] == []
    await delete_due(studio)
    assert studio.exchange.recordings.deleted == [one.sid]


# called back


@pytest.mark.parametrize(
    ("citizen", "said", "recorded"),
    [
        (presses("1"), "Tak. Samtalen bliver optaget.", 1),
        (presses("2"), "Samtalen bliver ikke optaget.", 0),
        (says_nothing, "Samtalen bliver ikke optaget.", 0),
    ],
)
async def test_called_back_the_citizen_is_asked_alone(
    studio: Station, citizen: Any, said: str, recorded: int
) -> None:
    board, heard = studio.exchange.switchboard, []
    line = await wants_human(studio)
    await line.press("2")
    for key in ("1", "1", "1"):
        await line.press(key)
    case = await the_case(studio)

    async def anna(phone: Line) -> None:
        heard.append(phone.text)
        await phone.press("1")

    async def ida(phone: Line) -> None:
        heard.append(phone.text)
        assert kept(studio) == []
        await citizen(phone)
        heard.append(phone.text)

    board.phones = {ANNA: anna, IDA: ida}
    async with await studio.house.counsellor("Anna") as counsellor:
        await counsellor.post(f"/api/handovers/{case['handover_id']}/claim")
        await counsellor.post(f"/api/handovers/{case['handover_id']}/call", json={})
        await board.settle()
    assert "spørger jeg først, om samtalen må optages" in heard[0]
    assert ASKED in heard[1]
    assert said in heard[2]
    assert len(board.bridges) == 1
    assert len(kept(studio)) == recorded
    assert (await the_case(studio))["calls"][-1]["recorded"] is bool(recorded)


# webhooks that come again, or from somebody else


async def test_every_webhook_twice_is_one_recording(
    studio: Station, monkeypatch: pytest.MonkeyPatch
) -> None:
    exchange, call = studio.exchange, studio.exchange.call

    async def twice(path: str, fields: Any, signature: str | None = None) -> httpx.Response:
        first = await call(path, fields, signature)
        again = await call(path, fields, signature)
        assert again.status_code == first.status_code
        return first

    monkeypatch.setattr(exchange, "call", twice)
    await talked(studio)
    assert len(kept(studio)) == 1
    assert len((await the_case(studio))["recordings"]) == 1


async def test_forged_reports_change_nothing(studio: Station) -> None:
    await talked(studio)
    [one] = kept(studio)
    before, path = await the_case(studio), one.callback.removeprefix(studio.exchange.public_url)
    fields = {"RecordingSid": "RE" + "f" * 32, "RecordingStatus": "absent", "CallSid": "CA"}
    forged = await studio.exchange.call(path, fields, "not Twilio's")
    assert forged.status_code == 403
    other = {**fields, "AccountSid": "AC" + "9" * 32}
    assert (await studio.exchange.call(path, other)).status_code == 403
    for odd in (fields, {**fields, "RecordingSid": "../../Calls"}, {}):
        assert (await studio.exchange.call(path, odd)).status_code == 204
    unknown = path.split("?")[0] + "?id=nobody"
    assert (await studio.exchange.call(unknown, fields)).status_code == 204
    assert (await the_case(studio))["recordings"] == before["recordings"]


@pytest.mark.parametrize("odd", ["", "abc", "-1", "9" * 40, "١٢"])
async def test_a_length_that_is_none_is_not_believed(studio: Station, odd: str) -> None:
    await talked(studio)
    [one] = kept(studio)
    path = one.callback.removeprefix(studio.exchange.public_url)
    fields = {"RecordingSid": one.sid, "RecordingStatus": "completed", "RecordingDuration": odd}
    assert (await studio.exchange.call(path, fields)).status_code == 204
    [shown] = (await the_case(studio))["recordings"]
    assert not shown["seconds"]


# hearing


async def test_the_counsellor_who_has_the_case_hears_it_and_this_is_noted(studio: Station) -> None:
    await talked(studio)
    [one], path = kept(studio), await path_of(studio)
    async with await studio.house.counsellor("Anna") as anna:
        answer = await anna.get(path)
        part = await anna.get(path, headers={"Range": "bytes=5-8"})
    assert (answer.status_code, answer.content) == (200, one.sound)
    assert answer.headers["content-type"] == "audio/mpeg"
    assert answer.headers["cache-control"] == "no-store"
    assert (part.status_code, part.content) == (206, one.sound[5:9])
    assert part.headers["content-range"] == f"bytes 5-8/{len(one.sound)}"
    async with studio.house.app.state.store.read() as work:
        lines = await work.trail.lines(Wanted(action="heard"), 10)
    assert [(line.actor, line.action) for line in lines] == [("Anna", "heard")] * 2


async def test_nobody_else_hears_it(studio: Station) -> None:
    await talked(studio)
    path = await path_of(studio)
    assert (await studio.house.http.get(path)).status_code == 401
    async with await studio.house.counsellor("Bo") as bo:
        assert (await bo.get(path)).status_code == 409
        other = path.rsplit("/", 1)[0] + "/nothing"
        assert (await bo.get(other)).status_code == 404
        assert (await bo.delete(path)).status_code == 409
    assert len(kept(studio)) == 1


@pytest.mark.parametrize(
    ("roles", "status"), [(("raadgiver", "leder"), 200), (("leder",), 403), (("raadgiver",), 409)]
)
async def test_a_leader_hears_it_who_is_a_counsellor_too(
    studio: Station, roles: tuple[str, ...], status: int
) -> None:
    await talked(studio)
    async with logged_in(studio.house, "Lis", *roles) as lis:
        assert (await lis.go(await path_of(studio))).status_code == status


async def test_twilio_away_is_said_kindly(studio: Station) -> None:
    await talked(studio)
    studio.exchange.recordings.down = True
    async with await studio.house.counsellor("Anna") as anna:
        answer = await anna.get(await path_of(studio))
    assert answer.status_code == 503
    assert "kan ikke hentes" in answer.json()["error"]["message"]


async def test_what_finds_it_at_twilio_stands_nowhere_in_plain(
    studio: Station, caplog: pytest.LogCaptureFixture
) -> None:
    await talked(studio)
    [one] = kept(studio)
    async with await studio.house.counsellor("Anna") as anna:
        await anna.get(await path_of(studio))
    assert one.sid not in str(await the_case(studio))
    files = [path.read_bytes() for path in studio.house.var.rglob("*") if path.is_file()]
    assert any(content.startswith(b"SQLite format 3") for content in files)
    assert not [content for content in files if one.sid.encode() in content]
    assert one.sid not in "\n".join(
        record.getMessage() for record in caplog.records if record.name.startswith("handover")
    )


# deleting


async def erase(station: Station) -> None:
    conversation_id = (await station.called())[-1]
    await station.house.app.state.phone.talk.conversations.erase(conversation_id)


async def test_erased_it_is_deleted_at_twilio_also_when_twilio_is_down_at_first(
    studio: Station, clock: FakeClock
) -> None:
    await talked(studio)
    [one], path = kept(studio), await path_of(studio)
    studio.exchange.recordings.down = True
    await erase(studio)
    await delete_due(studio)
    async with await studio.house.counsellor("Anna") as anna:
        assert (await anna.get(path)).status_code == 404, "gone here at once"
    assert kept(studio) == [one]
    studio.exchange.recordings.down = False
    await delete_due(studio)
    assert kept(studio) == [one], "not asked again before its time"
    clock.advance(minutes=2)
    await delete_due(studio)
    assert studio.exchange.recordings.deleted == [one.sid]
    async with studio.house.app.state.store.read() as work:
        assert await work.recordings.due() == []
    await studio.exchange.recordings.report(one)
    clock.advance(days=1)
    await delete_due(studio)
    assert studio.exchange.recordings.deleted == [one.sid]


async def test_erased_while_they_talk_it_is_deleted_when_it_can_be(
    studio: Station, clock: FakeClock
) -> None:
    async def while_they_talk() -> None:
        await erase(studio)
        await delete_due(studio)

    studio.exchange.switchboard.during = while_they_talk
    await talked(studio)
    assert len(kept(studio)) == 1
    clock.advance(minutes=2)
    await delete_due(studio)
    assert kept(studio) == []


async def test_what_has_been_deleted_at_twilio_by_hand_is_done(studio: Station) -> None:
    await talked(studio)
    studio.exchange.recordings.kept.clear()
    await erase(studio)
    await delete_due(studio)
    async with studio.house.app.state.store.read() as work:
        assert await work.recordings.due() == []


async def test_an_urgent_case_that_is_erased_but_for_its_danger_keeps_no_recording(
    studio: Station,
) -> None:
    async def while_they_talk() -> None:
        async with await studio.house.counsellor("Anna") as anna:
            handover = (await the_case(studio))["handover_id"]
            assert (await anna.post(f"/api/handovers/{handover}/release")).status_code == 200

    studio.exchange.switchboard.during = while_they_talk
    await talked(studio)
    [one] = kept(studio)
    conversation_id = (await studio.called())[-1]
    async with studio.house.app.state.store.read() as work:
        conversation = await work.conversations.get(conversation_id)
        token = conversation.keys()["token"]
    await studio.house.app.state.phone.talk.turns.say(conversation_id, token, "1", DANGER)
    await erase(studio)
    assert (await the_case(studio))["recordings"] == []
    await delete_due(studio)
    assert studio.exchange.recordings.deleted == [one.sid]


async def test_too_old_it_goes_though_the_case_is_open(studio: Station, clock: FakeClock) -> None:
    await talked(studio)
    clock.advance(days=29)
    await delete_due(studio)
    assert len(kept(studio)) == 1
    clock.advance(days=1, seconds=1)
    await delete_due(studio)
    assert kept(studio) == []
    assert (await the_case(studio))["recordings"] == []


async def test_the_counsellor_deletes_it_when_the_citizen_wants_that(studio: Station) -> None:
    await talked(studio)
    path = await path_of(studio)
    async with await studio.house.counsellor("Anna") as anna:
        assert (await anna.delete(path)).status_code == 204
        assert (await anna.get(path)).status_code == 404
    await delete_due(studio)
    assert kept(studio) == []


async def test_the_worker_deletes_by_itself(
    studio: Station, monkeypatch: pytest.MonkeyPatch
) -> None:
    await talked(studio)
    await erase(studio)
    studio.house.app.state.telephony.wake()
    await until(lambda: not kept(studio), "nobody deleted it")


async def test_what_twilio_never_tells_of_is_said_in_the_log(
    studio: Station, clock: FakeClock, caplog: pytest.LogCaptureFixture
) -> None:
    await wants_human(studio)
    async with studio.house.app.state.store.write() as work:
        conversation_id = (await studio.called())[-1]
        leg_id = await work.calls.add_leg(conversation_id, THROUGH, "Anna", True)
        await work.recordings.add(conversation_id, leg_id)
    clock.advance(seconds=(recording.REPORTED_WITHIN + timedelta(minutes=1)).total_seconds())
    await delete_due(studio)
    assert "see Twilio's list" in caplog.text
