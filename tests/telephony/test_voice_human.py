"""Put through to a counsellor, or called back."""

from __future__ import annotations

import xml.etree.ElementTree as ET
from datetime import timedelta
from typing import Any

import pytest

from tests.handover.conftest import SUNDAY, FakeClock
from tools.phone.line import Line
from tools.phone.switchboard import BUSY, FAILED, NO_ANSWER, hangs_up, presses, says_nothing

from .conftest import ANNA, BO, IDA, NUMBER, Station
from .test_voice import YES_NO, asks, told


async def wants_human(station: Station, number: str = IDA) -> Line:
    line = await station.exchange.ring(number)
    return await line.press("0")


async def the_case(station: Station) -> dict[str, Any]:
    found = await station.case()
    assert found is not None
    return found


@pytest.mark.parametrize(
    "words", ["menneske", "Jeg vil gerne tale med et rigtigt menneske, tak.", "en rådgiver"]
)
async def test_by_word_as_by_key(office: Station, words: str) -> None:
    line = await office.exchange.ring(IDA)
    await line.say(words)
    assert office.exchange.switchboard.rung == [ANNA, BO]
    case = await the_case(office)
    assert (case["reason"], case["consent"]) == ("menneske", "ja")


async def test_a_telling_that_names_a_human_is_no_wish_for_one(office: Station) -> None:
    line = await office.exchange.ring(IDA)
    await line.say("hun kan ikke tale med nogen om det, heller ikke med en rådgiver på skolen")
    await line.silence()
    assert office.exchange.switchboard.rung == []
    assert await office.case() is None


async def test_the_counsellor_hears_alone_whom_it_is_about_and_takes_it(office: Station) -> None:
    board, heard = office.exchange.switchboard, []

    async def anna(line: Line) -> None:
        heard.append(line.text)
        assert (await the_case(office))["status"] == "waiting"
        await line.press("1")

    async def while_they_talk() -> None:
        case = await the_case(office)
        assert (case["status"], case["claimed_by"]) == ("claimed", "Anna")
        assert [(leg["name"], leg["state"]) for leg in case["calls"]] == [("Anna", "talking")]

    board.phones, board.during = {ANNA: anna}, while_they_talk
    line = await wants_human(office)
    assert heard == [
        "Opkald fra ROBUS. Ukendt henvender. Emnet er ikke kendt endnu. Der er ikke hørt tegn på "
        "fare. Tryk 1 for at tale med borgeren. Tryk 2, hvis du ikke kan nu."
    ]
    [bridge] = board.bridges
    assert (bridge.one, bridge.other, bridge.shown) == (IDA, ANNA, NUMBER)
    assert line.over
    assert [leg["state"] for leg in (await the_case(office))["calls"]] == ["ended"]


async def test_the_summary_knows_who_what_and_how_urgent(office: Station) -> None:
    heard = []

    async def anna(line: Line) -> None:
        heard.append(line.text)
        await line.press("1")

    office.exchange.switchboard.phones = {ANNA: anna}
    line = await office.exchange.ring(IDA)
    await line.say("jeg er 14 år, og jeg vil dø i aften")
    await line.press("0")
    assert "Den unge selv, 14 år." in heard[0]
    assert "Akut. Der kan være fare for liv eller sikkerhed." in heard[0]
    assert "jeg vil dø" not in heard[0]


@pytest.mark.parametrize(
    ("first", "state"),
    [
        (NO_ANSWER, "no_answer"), (BUSY, "busy"), (FAILED, "failed"), (presses("2"), "declined"),
        (says_nothing, "declined"), (hangs_up, "declined"),
    ],
)  # fmt: skip
async def test_the_next_is_called_when_one_does_not_take_it(
    office: Station, first: Any, state: str
) -> None:
    office.exchange.switchboard.phones = {ANNA: first, BO: presses("1")}
    await wants_human(office)
    case = await the_case(office)
    assert case["claimed_by"] == "Bo"
    assert [leg["state"] for leg in case["calls"]] == [state, "ended"]


async def test_the_caller_hangs_up_while_it_rings(office: Station) -> None:
    line = await office.exchange.ring(IDA)

    async def anna(phone: Line) -> None:
        await line.hang_up()
        await phone.hang_up()

    office.exchange.switchboard.phones = {ANNA: anna, BO: presses("1")}
    await line.press("0")
    case = await the_case(office)
    assert (case["status"], case["on_phone"]) == ("waiting", False)
    assert [leg["state"] for leg in case["calls"]] == ["no_answer"]


async def test_the_caller_hangs_up_at_the_end_of_the_talk(
    office: Station, clock: FakeClock
) -> None:
    line = await office.exchange.ring(IDA)

    async def they_talk_for_an_hour() -> None:
        clock.advance(minutes=60)
        async with office.house.app.state.store.read() as work:
            before = clock() - timedelta(minutes=20)
            assert await work.handovers.vanished(before) == [], "on the telephone is not away"
        await line.hang_up()

    board = office.exchange.switchboard
    board.phones, board.during = {ANNA: presses("1")}, they_talk_for_an_hour
    await line.press("0")
    case = await the_case(office)
    assert (case["claimed_by"], case["calls"][0]["state"]) == ("Anna", "ended")


async def test_somebody_takes_it_in_the_console_while_it_rings(office: Station) -> None:
    async def anna(line: Line) -> None:
        async with await office.house.counsellor("Cilla") as cilla:
            case = await the_case(office)
            await cilla.post(f"/api/handovers/{case['handover_id']}/claim")
        await line.press("1")
        assert "En anden rådgiver har allerede taget samtalen" in line.text

    office.exchange.switchboard.phones = {ANNA: anna, BO: presses("1")}
    line = await wants_human(office)
    case = await the_case(office)
    assert case["claimed_by"] == "Cilla"
    assert office.exchange.switchboard.bridges == []
    assert "En rådgiver har din henvendelse" in line.text


async def test_who_has_taken_the_case_is_called(office: Station) -> None:
    office.house.rasa.answer = asks("Spiser hun morgenmad?", choices=YES_NO)
    line = await wants_human(office)
    async with await office.house.counsellor("Bo") as bo:
        case = await the_case(office)
        await bo.post(f"/api/handovers/{case['handover_id']}/claim")
    office.exchange.switchboard.phones = {BO: presses("1")}
    await line.press("0")
    assert office.exchange.switchboard.rung[-1] == BO
    assert len(office.exchange.switchboard.bridges) == 1


async def test_nobody_there_is_a_call_back_on_the_number_they_call_from(office: Station) -> None:
    line = await wants_human(office)
    assert "Skal en rådgiver ringe dig op?" in line.text
    await line.say("ja tak")
    assert "det nummer, du ringer fra" in line.text
    await line.press("1")
    await line.say("efter klokken 14")
    assert "to nul, et to, tre fire, fem seks" in line.text
    case = await the_case(office)
    window = {"from": "2026-11-23T13:00:00.000000Z", "to": "2026-11-23T14:00:00.000000Z"}
    assert case["contact"] == {
        "wants": "call", "phone": "20123456", "name": None, "time": "efter klokken 14",
        "window": window,
    }  # fmt: skip
    assert (case["callback"]["way"], case["callback"]["done_at"]) == ("call", None)
    assert case["status"] == "waiting"
    await line.silence()
    assert line.over


@pytest.mark.parametrize("sender", [IDA, ""])
async def test_another_number_is_typed_or_said_and_read_back(office: Station, sender: str) -> None:
    line = await wants_human(office, sender)
    await line.press("1")
    if sender:
        await line.press("2")
    else:
        assert "det nummer, du ringer fra" not in line.text
    await line.press("21123456")
    assert "Jeg hørte: to et, et to, tre fire, fem seks" in line.text
    await line.say("nej")
    await line.say("enogtyve tolv fireogtredive syvoghalvtreds")
    assert "to et, et to, tre fire, fem syv" in line.text
    await line.press("1")
    await line.press("2")
    contact = (await the_case(office))["contact"]
    assert (contact["phone"], contact["time"]) == ("21123457", "om formiddagen")


async def test_no_to_the_call_back_leaves_no_number(office: Station) -> None:
    line = await wants_human(office)
    await line.press("2")
    assert (await the_case(office))["contact"]["phone"] is None


async def test_a_number_that_is_never_understood_ends(office: Station) -> None:
    line = await wants_human(office, "")
    await line.press("1")
    for turn in range(9):
        if line.over:
            break
        await line.say(f"skrat {turn}")
    assert line.over
    assert "kan ikke ringe tilbage uden et nummer" in line.text


async def test_closed_is_a_call_back_without_ringing(office: Station, clock: FakeClock) -> None:
    clock.now = SUNDAY
    line = await wants_human(office)
    assert office.exchange.switchboard.rung == []
    assert "når der er åbent" in line.text


async def test_no_number_is_shown_written_or_in_an_address(
    office: Station, caplog: pytest.LogCaptureFixture
) -> None:
    office.exchange.switchboard.phones = {ANNA: presses("1")}
    line = await wants_human(office)
    for document in line.documents:
        root = ET.fromstring(document.encode())
        assert IDA not in document
        for element in root.iter():
            addresses = [v for v in element.attrib.values() if v.startswith("http")]
            assert not [one for one in addresses if "203030" in one or "2012" in one]
    case = await the_case(office)
    assert "20123456" not in str(case)
    assert "20123456" not in caplog.text
    assert "30303030" not in caplog.text


# called back from the console


async def wants_call(station: Station) -> dict[str, Any]:
    line = await wants_human(station)
    for key in ("1", "1", "1"):
        await line.press(key)
    await line.hang_up()
    case = await the_case(station)
    async with await station.house.counsellor("Anna") as anna:
        await anna.post(f"/api/handovers/{case['handover_id']}/claim")
    station.exchange.switchboard.rung.clear()
    return case


async def test_who_is_to_be_called_may_tell_more_meanwhile(station: Station) -> None:
    station.house.rasa.answer = asks("Spiser du morgenmad?", choices=YES_NO)
    line = await told(station)
    for key in ("0", "1", "1", "1"):
        await line.press(key)
    assert "kan du fortælle mig mere imens" in line.text
    assert "Spiser du morgenmad?" in line.text
    await line.press("2")
    assert station.house.rasa.texts[-1] == "nej"
    assert "Spiser du morgenmad?" in line.text, "it goes on"
    assert not line.over


@pytest.mark.parametrize("words", ["", "nej tak"])
async def test_who_has_no_more_to_tell_gets_a_farewell(station: Station, words: str) -> None:
    line = await wants_human(station)
    await line.press("2")
    assert "Fortæl med dine egne ord" in line.text
    await (line.say(words) if words else line.silence())
    assert "Pas godt på dig selv" in line.text
    assert line.over
    assert station.house.rasa.texts == []


async def test_a_counsellor_calls_back_and_neither_sees_the_others_number(office: Station) -> None:
    case = await wants_call(office)
    board = office.exchange.switchboard
    board.phones = {ANNA: presses("1"), IDA: presses("")}

    async def while_they_talk() -> None:
        assert (await the_case(office))["calls"][-1]["state"] == "talking"

    board.during = while_they_talk
    async with await office.house.counsellor("Anna") as anna:
        answer = await anna.post(f"/api/handovers/{case['handover_id']}/call", json={})
        assert answer.status_code == 201, answer.text
        await board.settle()
    assert board.rung == [ANNA, IDA]
    [bridge] = board.bridges
    assert (bridge.other, bridge.shown) == (IDA, NUMBER)
    assert board.asked[0]["From"] == NUMBER
    assert (await the_case(office))["calls"][-1]["state"] == "ended"


@pytest.mark.parametrize(
    ("phones", "state"),
    [
        ({ANNA: NO_ANSWER}, "no_answer"), ({ANNA: BUSY}, "busy"), ({ANNA: hangs_up}, "declined"),
        ({ANNA: presses("1"), IDA: NO_ANSWER}, "unanswered"),
        ({ANNA: presses("2")}, "declined"),
    ],
)  # fmt: skip
async def test_how_the_call_back_went_is_seen(
    office: Station, phones: dict[str, Any], state: str
) -> None:
    case = await wants_call(office)
    office.exchange.switchboard.phones = phones
    async with await office.house.counsellor("Anna") as anna:
        await anna.post(f"/api/handovers/{case['handover_id']}/call", json={})
        await office.exchange.switchboard.settle()
        assert (await the_case(office))["calls"][-1]["state"] == state
        again = await anna.post(f"/api/handovers/{case['handover_id']}/call", json={})
        assert again.status_code == 201, "it can be tried again"


async def test_who_may_call_and_from_where(office: Station) -> None:
    case = await wants_call(office)
    path = f"/api/handovers/{case['handover_id']}/call"
    async with await office.house.counsellor("Bo") as bo:
        assert (await bo.post(path, json={})).status_code == 409
    assert (await office.house.http.post(path, json={})).status_code in (401, 403)
    async with await office.house.counsellor("Anna") as anna:
        assert (await anna.post(path, json={"phone": "ikke et nummer"})).status_code == 422
        office.exchange.switchboard.phones = {"+4540404040": hangs_up}
        assert (await anna.post(path, json={"phone": "40 40 40 40"})).status_code == 201
        await office.exchange.switchboard.settle()
    assert office.exchange.switchboard.rung == ["+4540404040"]


async def test_no_number_no_call(office: Station) -> None:
    line = await told(office)
    await line.press("0")
    case = await the_case(office)
    async with await office.house.counsellor("Anna") as anna:
        await anna.post(f"/api/handovers/{case['handover_id']}/claim")
        answer = await anna.post(f"/api/handovers/{case['handover_id']}/call", json={})
    assert answer.status_code == 422
    assert office.exchange.switchboard.asked == []


async def test_what_twilio_refuses_is_seen(office: Station) -> None:
    case = await wants_call(office)
    office.exchange.failures = [(400, 21215)]
    async with await office.house.counsellor("Anna") as anna:
        answer = await anna.post(f"/api/handovers/{case['handover_id']}/call", json={})
    assert answer.json()["state"] == "failed"
