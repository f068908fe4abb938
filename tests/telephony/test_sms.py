"""Conversations by SMS, through the signed webhooks and the official client."""

from __future__ import annotations

from tests.handover.conftest import entry

from .conftest import IDA, OLE, Station, Telephone


async def test_the_first_sms_says_what_this_is_and_the_telling_is_read(
    station: Station, ida: Telephone
) -> None:
    answer = await ida.text("min datter på 13 spiser næsten ikke")
    assert answer.headers["content-type"].startswith("text/xml")
    assert "<Message>" not in answer.text
    sms = await ida.gets("Læst: min datter på 13 spiser næsten ikke")
    assert "Jeg er en computer" in sms.body
    assert "sikker chat" in sms.body
    assert "Skriv med dine egne ord" not in sms.body, "what is answered is not asked"
    assert len(ida.got) == 1
    assert sms.callback.startswith("https://raad.example.dk/twilio/sms/status?id=")


async def test_the_conversation_goes_on_and_another_number_has_its_own(
    station: Station, ida: Telephone
) -> None:
    await ida.text("hej")
    await ida.gets("Læst: hej")
    await ida.text("jeg er 14")
    second = await ida.gets("Læst: jeg er 14")
    assert second.body == "Læst: jeg er 14"
    await station.telephone(OLE).text("min søn sover ikke")
    await station.telephone(OLE).gets("Læst: min søn sover ikke")
    assert len(await station.conversations()) == 2


async def test_the_same_sms_twice_has_one_effect(station: Station, ida: Telephone) -> None:
    sid = "SM" + "1" * 32
    for _ in range(3):
        await ida.text("hej", sid)
    await ida.gets("Læst: hej")
    await ida.text("og så videre")
    await ida.gets("Læst: og så videre")
    await ida.text("hej", sid)
    assert station.house.rasa.texts == ["hej", "og så videre"]
    assert len(await station.conversations()) == 1


async def test_a_number_stands_for_the_choice_that_was_sent_with_it(
    station: Station, ida: Telephone
) -> None:
    choices = [{"title": "Ung", "value": "ung"}, {"title": "Forælder", "value": "foraelder"}]
    station.house.rasa.answer = lambda text: entry(
        "Hvem er du?", question="henvender", choices=choices
    )
    await ida.text("hej")
    asked = await ida.gets("Hvem er du?")
    assert asked.body.endswith("Hvem er du?\n1 Ung\n2 Forælder")
    await ida.text(" 2. ")
    await ida.gets_more(2)
    assert station.house.rasa.texts[-1] == "foraelder"


async def test_danger_is_answered_at_once_and_handed_over(station: Station, ida: Telephone) -> None:
    station.house.rasa.status = 503
    await ida.text("jeg vil dø i aften")
    await ida.gets("Jeg er en computer")
    assert "112" in ida.got[0].body
    assert "Jeg er en computer" not in ida.got[0].body, "danger comes before who we are"
    async with await station.house.counsellor() as anna:
        [case] = (await anna.get("/api/handovers")).json()["items"]
    assert (case["priority"], case["channel"]) == ("akut", "sms")


async def test_what_a_counsellor_writes_goes_out(station: Station, ida: Telephone) -> None:
    station.house.screen.ALARMS = ("hjælp mig nu",)
    await ida.text("hjælp mig nu")
    await ida.gets("112")
    async with await station.house.counsellor() as anna:
        [case] = (await anna.get("/api/handovers")).json()["items"]
        path = f"/api/handovers/{case['handover_id']}"
        assert (await anna.post(f"{path}/claim")).status_code == 200
        said = "Hej – jeg er “rådgiver” her…"
        assert (await anna.post(f"{path}/messages", json={"text": said})).status_code == 201
        sms = await ida.gets("Hej - jeg er")
        assert 'Hej - jeg er "rådgiver" her...' in sms.body
        await ida.text("tak")
        await station.hears("tak")
        seen = (await anna.get(path)).json()
    assert seen["transcript"][-1]["text"] == "tak"
    assert IDA not in str(seen)
    assert IDA[3:] not in str(seen)


async def test_stop_is_kept_and_said_to_the_counsellor(station: Station, ida: Telephone) -> None:
    await ida.text("hej")
    await ida.gets("Læst: hej")
    answer = await ida.text("Stop.")
    assert "ikke flere sms" in answer.text
    assert (await station.said())[-1].text.startswith("Der blev skrevet stop")
    assert len(ida.got) == 1
    await ida.text("jeg vil gerne alligevel")
    await ida.gets("Læst: jeg vil gerne alligevel")
    assert len(await station.conversations()) == 1


async def test_help_says_what_this_is_and_the_words_are_read_too(
    station: Station, ida: Telephone
) -> None:
    await ida.text("hej")
    await ida.gets("Læst: hej")
    answer = await ida.text("hjælp")
    assert "112 eller BørneTelefonen 116 111" in answer.text
    await ida.gets("Læst: hjælp")


async def test_a_child_whose_first_word_is_help_is_answered(
    station: Station, ida: Telephone
) -> None:
    answer = await ida.text("Hjælp!")
    assert "112" in answer.text
