"""Whole cases as an intake leaves them, for pages that have something to show."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, field
from typing import Any

from tests.handover.conftest import Citizen, House, entry

Json = dict[str, Any]
YES_NO = [
    {"title": "Ja", "value": "ja"},
    {"title": "Nej", "value": "nej"},
    {"title": "Ved ikke", "value": "ved_ikke"},
]


@dataclass
class Telling:
    """What a citizen says, and what is asked then; the quotes find their ``seq`` by themselves."""

    house: House
    citizen: Citizen
    seqs: dict[str, int] = field(default_factory=dict)
    asked: str | None = None
    answered: dict[str, str | None] = field(default_factory=dict)

    async def say(self, text: str, question: str = "", then: str = "", track: str = "") -> None:
        """Say ``text``; the assistant goes on with the question ``then``."""
        choices = YES_NO if question and question not in ("alder", "proevet", "oensker") else []
        custom = {"question": question or None, "track": track or None, "choices": choices}
        self.house.rasa.answer = lambda _: entry(then or "Tak.", **(custom if question else {}))
        self.house.clock.advance(seconds=40)
        new = await self.citizen.say(text)
        own = [m for m in (await self.citizen.read())["messages"] if m["sender"] == "citizen"]
        self.seqs[text], self.answered[text] = own[-1]["seq"], self.asked
        self.asked = next((m["text"] for m in reversed(new) if m["question"]), None)

    def quote(self, text: str, part: str | None = None) -> Json:
        asked = None if part else self.answered[text]
        return {"seq": self.seqs[text], "quote": part or text, "question": asked}

    def state(self, status: str, text: str, part: str | None = None, **more: Any) -> Json:
        return {"status": status, "evidence": [self.quote(text, part)], **more}


MOTHER = (
    "Min datter på 13 er holdt op med at spise sammen med os. Hun siger, at hun er for tyk, og hun "
    "løber hver eneste aften, også når det regner."
)
MEALS = "Hun spiser lidt, hvis jeg sidder ved siden af hende og snakker om noget andet"
SCHOOL = "Ja, hun er begyndt at blive hjemme fra skole om mandagen"
TRIED = "Vi har været hos egen læge for tre uger siden, og skolen ved det godt"
WISH = "At nogen kan fortælle os, hvad vi skal gøre derhjemme"
AGE = "Hun er forresten lige fyldt 14, ikke 13"


CONVERSATION = (
    (MOTHER, "sikkerhed_nu", "Er din datter eller en anden i fare lige nu?"),
    ("nej", "selvmordstanker", "Har din datter sagt, at hun ikke har lyst til at leve?"),
    ("Nej, det har hun ikke", "funktionsniveau", "Går det ud over skole eller venner?"),
    (SCHOOL, "krop_mad.kan_spise_med_stoette", "Kan hun spise, når du sidder med ved bordet?"),
    (MEALS, "krop_mad.tidl_beh_spiseforstyrrelse", "Har hun før fået behandling i psykiatrien?"),
    ("Nej, aldrig", "krop_mad.betydeligt_vaegttab", "Har hun tabt sig meget i den seneste tid?"),
    ("Ja, tøjet er for stort", "krop_mad.svaer_komorbiditet", "Er der andet, der er meget svært?"),
    ("Det vil jeg ikke svare på", "proevet", "Hvad har I prøvet, og hvem er allerede med?"),
    (AGE, "proevet", "Tak. Hvad har I prøvet, og hvem er allerede med?"),
    (TRIED, "oensker", "Hvad håber du på, at der sker nu?"),
    (WISH, "", ""),
)
"""What the mother says, and what she is asked then."""


async def mother(house: House) -> str:
    """A parent about krop_mad, finished: corrections, exclusions, open questions, a call wanted."""
    citizen = await house.citizen()
    talk = Telling(house, citizen)
    for text, question, then in CONVERSATION:
        track, _, name = question.rpartition(".")
        await talk.say(text, name, then, track)
    await house.change_intake(citizen, **_what_the_mother_said(talk))
    return await house.hand_over(citizen)


def _what_the_mother_said(talk: Telling) -> Json:
    body = talk.quote(MOTHER, "Hun siger, at hun er for tyk")
    unknown = {"status": "uafklaret", "reason": "ved_ikke", "evidence": []}
    answers = {
        "faelles.sikkerhed_nu": talk.state("ikke_opfyldt", "nej"),
        "faelles.selvmordstanker": talk.state("ikke_opfyldt", "Nej, det har hun ikke"),
        "faelles.funktionsniveau": talk.state("opfyldt", SCHOOL),
        "faelles.psykiatriens_maalgruppe": unknown,
        "krop_mad.kropsutilfredshed": {"status": "opfyldt", "evidence": [body]},
        "krop_mad.spiseadfaerd": talk.state("opfyldt", MOTHER, "hun løber hver eneste aften"),
        "krop_mad.kan_spise_med_stoette": talk.state("opfyldt", MEALS, previous=[unknown]),
        "krop_mad.tidl_beh_spiseforstyrrelse": talk.state("ikke_opfyldt", "Nej, aldrig"),
        "krop_mad.betydeligt_vaegttab": talk.state("opfyldt", "Ja, tøjet er for stort"),
        "krop_mad.svaer_komorbiditet": talk.state(
            "uafklaret", "Det vil jeg ikke svare på", reason="vil_ikke_svare"
        ),
    }
    contact = {"wants": "call", "phone": "12345678", "name": None, "time": "efter kl. 15"}
    return {
        "speaker": {"value": "foraelder", "evidence": [talk.quote(MOTHER, "Min datter på 13")]},
        "age": {
            "value": 14,
            "evidence": [talk.quote(AGE, "hun er lige fyldt 14")],
            "previous": [{"value": 13, "evidence": [talk.quote(MOTHER, "Min datter på 13")]}],
        },
        "kommune": {"value": "København", "evidence": []},
        "tracks": [{"track": "krop_mad", "evidence": [body]}],
        "concern": [talk.quote(MOTHER)],
        "tried": [talk.quote(TRIED)],
        "wishes": [talk.quote(WISH)],
        "asked": ["faelles.sikkerhed_nu", "faelles.selvmordstanker"],
        "answers": answers,
        "closing": {"consent": "ja", "contact": contact},
    }


TIRED = "Jeg kan ikke sove, og jeg græder i timerne"
DARK = "Jeg er 15, og jeg er så træt af det hele. Jeg vil dø i aften"


async def in_danger(house: House, citizen: Citizen | None = None) -> str:
    """A young person whose words set off the alarm."""
    citizen = citizen or await house.citizen()
    talk = Telling(house, citizen)
    await talk.say(TIRED, "selvmordstanker", "Har du tanker om ikke at ville leve?")
    await talk.say(DARK)
    await house.change_intake(
        citizen,
        speaker={"value": "ung", "evidence": [talk.quote(DARK, "Jeg er 15")]},
        age={"value": 15, "evidence": [talk.quote(DARK, "Jeg er 15")]},
        tracks=[{"track": "bekymring_tristhed", "evidence": [talk.quote(DARK)]}],
        concern=[talk.quote(TIRED)],
    )
    found = await house.handover_of(citizen)
    assert found is not None, "danger makes a hand-over by itself"
    return str(found["handover_id"])


async def teller(
    house: House, text: str, speaker: str, age: int | None, tracks: Sequence[str], **more: Any
) -> str:
    """A short case with what the queue shows of it."""
    citizen = await house.citizen(channel=more.pop("channel", "web"))
    talk = Telling(house, citizen)
    await talk.say(text)
    quote = talk.quote(text)
    changes: Json = {
        "speaker": {"value": speaker, "evidence": [quote]},
        "age": {"value": age, "evidence": [quote]} if age else None,
        "tracks": [{"track": track, "evidence": [quote]} for track in tracks],
        "concern": [quote],
        **more,
    }
    await house.change_intake(citizen, **changes)
    return await house.hand_over(citizen)
