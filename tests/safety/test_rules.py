"""Danger signs in running text: seen, denied, told as past, quoted, or only an expression."""

from __future__ import annotations

from copy import deepcopy
from pathlib import Path
from typing import Any

import pytest
import yaml
from hypothesis import given, settings
from hypothesis import strategies as st

from bot.safety.rules import ACUTE, FILE, NOTHING, RAISED, RuleError, Rules

RULES = Rules.load()


@pytest.mark.parametrize(
    "text",
    [
        "jeg vil tage mit eget liv i aften",
        "det er besluttet, i nat tager jeg livet af mig",
        "i morgen slår jeg mig selv ihjel",
        "jeg har besluttet mig for at dø i nat",
        "hun siger, at hun vil begå selvmord på fredag",
        "min søn har skrevet et afskedsbrev og lagt det på bordet",
        "farvel verden",
        "jeg har taget en hel pakke piller",
        "min datter har taget en masse piller for en time siden",
        "vi kan ikke vække hende, og hun er ligbleg",
        "hun vågner ikke, når jeg rusker i hende",
        "jeg kan ikke få ham til at vågne",
        "jeg står oppe på broen",
        "han har lige forsøgt at tage sit eget liv",
        "far slår mig, og min lillebror er bange",
        "jeg er nabo, og faren slår børnene lige nu",
        "far slår os",
        "jeg tør ikke gå hjem i dag",
        "min stedfar kommer ind på mit værelse om natten",
        "han siger, at han vil skyde alle i klassen i morgen",
        "en dreng i klassen har en kniv med i skolen",
        "hun har ikke spist noget i fem dage",
        "han er lige løbet ud foran bilerne med vilje",
        "stemmen siger, at jeg skal dø",
        "såret er dybt og bløder stadig",
        "jeg har planlagt min død",
        "hun giver sine ting væk og siger, at hun ikke vil leve",
        "hun spiser næsten ikke og er besvimet to gange",
        "hun ligger på gulvet og reagerer ikke",
        "hun svarer ikke, selvom jeg rusker i hende",
        "jeg står i vindueskarmen",
        "hun svarer ikke, når jeg råber til hende",
        "hun sidder i vindueskarmen på fjerde sal og vil ikke komme ned",
        "jeg har taget noget og kan ikke holde mig vågen, jeg er så træt",
    ],
)
def test_danger_now_is_acute(text: str) -> None:
    assert RULES.read(text).level == ACUTE


@pytest.mark.parametrize(
    "text",
    [
        "jeg gider ikke leve mere",
        "jeg er bange for, at hun tager livet af sig",
        "jeg vil bare dø",
        "jeg ønsker, at jeg aldrig var født",
        "min søn taler om døden hver aften",
        "hun skærer i sig selv",
        "jeg skærer mig, når det hele bliver for meget",
        "der er friske sår på hendes arme",
        "han har haft selvmordstanker i et par uger",
        "jeg kaster maden op efter hvert måltid",
        "hun har tabt ti kilo siden sommerferien",
        "jeg kan ikke se nogen mening med livet",
        "alle har det bedre uden mig",
        "jeg er træt af livet",
        "han har forsøgt selvmord før",
        "jeg hører stemmer",
    ],
)
def test_thoughts_of_not_living_self_harm_and_illness_are_raised(text: str) -> None:
    assert RULES.read(text).level == RAISED


@pytest.mark.parametrize(
    "text",
    [
        "jeg er ved at dø af grin",
        "jeg er dødtræt efter håndbold",
        "min mor dræber mig, hvis jeg kommer for sent hjem",
        "vi fik tæsk i fodbold i går",
        "batteriet er dødt",
        "matematik tager livet af mig",
        "jeg tager ikke livet af mig",
        "nu tager jeg mit liv tilbage",
        "hun tager ikke livet af sig",
        "i dag slår jeg mig selv på skulderen",
        "vi slog tiden ihjel i toget",
        "jeg keder mig ihjel",
        "jeg har spist som en hest",
        "han brændte sig på ovnen",
        "hun skar sig på en brødkniv, da hun lavede mad",
        "vores hund er død, og han savner den",
        "han er bange for, at jeg skal dø",
        "jeg har ikke taget noget, jeg er bare træt",
        "jeg sidder bare i vindueskarmen",
        "han svarer ikke, når samtalen nærmer sig skolen",
        "jeg har taget noget tid fri, så vi kan øve os, når han ikke er helt så træt",
    ],
)
def test_an_expression_an_accident_or_a_loss_is_no_danger(text: str) -> None:
    assert RULES.read(text).level == NOTHING


@pytest.mark.parametrize(
    "text",
    [
        "hun har aldrig haft tanker om selvmord",
        "han har ikke skåret sig selv",
        "selvmordstanker har hun ikke",
        "jeg har aldrig tænkt på at dø",
        "hun har ikke taget en overdosis",
        "hun har ikke skrevet et afskedsbrev",
        "hun vil ikke tage sit liv, det er jeg sikker på",
        "nej hun skærer ikke i sig selv",
        "hun har aldrig tænkt på at skære i sig selv",
    ],
)
def test_a_denial_is_heard_as_one(text: str) -> None:
    reading = RULES.read(text)
    assert reading.level == NOTHING
    assert reading.denied or reading.denial


@pytest.mark.parametrize(
    ("text", "level"),
    [
        ("nej, jeg vil bare dø", RAISED),
        ("nej jeg vil bare dø", RAISED),
        ("nej jeg gider ikke leve mere", RAISED),
        ("nej jeg vil tage mit liv i aften", ACUTE),
        ("nej far slår mig hver dag", ACUTE),
        ("nej hun skærer i sig selv", RAISED),
        ("jeg kan ikke lade være med at skære i mig selv", RAISED),
        ("jeg får lyst til at skære i mig selv, når de råber", RAISED),
        ("nej men jeg vil dø", RAISED),
        ("hun går ikke i skole og skærer i sig selv", RAISED),
        ("han er ikke i skole og vil tage sit liv", ACUTE),
        ("hun er aldrig glad og har selvmordstanker", RAISED),
        ("vi har ingen hjælp, og hun skærer i sig selv", RAISED),
        ("hun er ikke sig selv og taler om selvmord", RAISED),
        ("jeg har ingen venner og vil dø", RAISED),
        ("hun går ikke i skole, hun skærer i sig selv", RAISED),
        ("det går ikke, hun vil tage sit liv", ACUTE),
        ("det går slet ikke, far slår hende hver dag", ACUTE),
        ("nej det tror jeg ikke, hun skærer i sig selv", RAISED),
        ("han svarer ikke og har taget en masse piller", ACUTE),
        ("jeg kan ikke lade være, jeg skærer i mig selv", RAISED),
        ("jeg har ikke sagt det til nogen, men jeg vil dø", RAISED),
        ("han ved ikke, at jeg skærer i mig selv", RAISED),
        ("jeg tør ikke sige, at jeg skærer i mig selv", RAISED),
        ("hun spiser ikke, fordi hun vil dø", RAISED),
    ],
)
def test_a_no_to_something_else_denies_no_danger(text: str, level: str) -> None:
    assert RULES.read(text).level == level


@pytest.mark.parametrize(
    ("text", "level"),
    [
        ("for tre år siden prøvede hun at tage sit liv", RAISED),
        ("hun skar i sig selv sidste år, men det er overstået nu", NOTHING),
        ("jeg er holdt op med at skære i mig selv", NOTHING),
        ("min far slog mig, da jeg var lille", RAISED),
        ("min stedfar slog os, dengang vi boede hos ham", RAISED),
        ("for to år siden skrev hun et afskedsbrev", RAISED),
        ("hun havde taget en masse piller sidste år", RAISED),
        ("for et år siden skar hun i sig selv, og nu er hun begyndt igen", RAISED),
    ],
)
def test_what_is_told_as_past_is_less_and_not_nothing_when_it_may_come_again(
    text: str, level: str
) -> None:
    assert RULES.read(text).level == level


@pytest.mark.parametrize(
    "text",
    [
        "jeg skal lave en fremlæggelse om selvskade",
        "vi skal se en film i dansk om en dreng, der begår selvmord",
        "jeg skal skrive en opgave om selvmord i dansk",
        "i fortnite blev jeg dræbt fem gange",
    ],
)
def test_homework_films_and_games_are_softer(text: str) -> None:
    reading = RULES.read(text)
    assert reading.level == NOTHING
    assert reading.softened


@pytest.mark.parametrize(
    "text",
    [
        "jeg vil doe i nat",
        "JEG VIL DØ I NAT",
        "jeg vil døøøøø i nat",
        "jeg vil dø i nat 😢😢",
        "jg vl dø inat",
        "jeg vil tage mit liv iaften",
        "selvmrd i nat",
        "hun har skrevet afskedbrev",
        "jeg har taget en hel pakke 💊",
        "far slaar mig",
    ],
)
def test_danger_is_seen_however_it_is_typed(text: str) -> None:
    assert RULES.read(text).level == ACUTE


@pytest.mark.parametrize(
    "text", ["min søn siger 'jeg vil dø', når han taber", "hun skrev: jeg vil bare dø"]
)
def test_danger_in_somebody_elses_words_is_danger(text: str) -> None:
    assert RULES.read(text).level == RAISED


def test_a_hit_points_at_the_citizens_own_letters() -> None:
    text = "Hej. Min datter SKÆRER i sig selv. Hun er 13."
    [hit] = RULES.read(text).at(RAISED)
    assert text[hit.start : hit.end] == "SKÆRER i sig selv"
    assert hit.group == "selvskade"
    assert hit.phrase


TALK = ("jeg", "vil", "ikke", "dø", "nej", "skærer", "mig", "selv", "i nat", "💊", ".", ",", "liv")


@settings(deadline=None)
@given(text=st.text(max_size=60) | st.lists(st.sampled_from(TALK), max_size=12).map(" ".join))
def test_whatever_is_written_hits_lie_inside_the_text(text: str) -> None:
    reading = RULES.read(text)
    for hit in reading.hits:
        assert 0 <= hit.start < hit.end <= len(text)
    assert reading.level in (ACUTE, RAISED, NOTHING)


# the file


SMALL: dict[str, Any] = {
    "lister": {"jeg": ["jeg", "hun"]},
    "grupper": [
        {
            "id": "doed",
            "navn": "vil dø",
            "niveau": "akut",
            "tema": "selvmord",
            "negation": "ja",
            "fortid": "forhoejet",
            "kontekst": "ja",
            "moenstre": ["<jeg> vil dø"],
        }
    ],
    "kombinationer": [
        {"id": "k", "navn": "k", "grupper": ["doed"], "niveau": "akut", "tema": "selvmord"}
    ],
    "udtryk": {"moenstre": []},
    "sammenhaenge": {"film": ["(film)"]},
    "fortid": ["for længe siden"],
    "nutid": ["igen"],
    "raskmeldt": [],
    "benaegtelse": [],
    "negation": {"ord": ["ikke"], "stop": ["men"], "afstand": 4, "undtagelser": []},
}


def spoilt(*path: str | int, value: Any = None) -> dict[str, Any]:
    """SMALL with one place changed, or taken out when there is no value."""
    document = deepcopy(SMALL)
    place: Any = document
    for step in path[:-1]:
        place = place[step]
    if value is None:
        del place[path[-1]]
    else:
        place[path[-1]] = value
    return document


def complaint(tmp_path: Path, document: Any) -> str:
    path = tmp_path / FILE.name
    path.write_text(yaml.safe_dump(document), "utf-8")
    with pytest.raises(RuleError) as caught:
        Rules.load(path)
    return str(caught.value)


def test_the_small_file_is_right() -> None:
    assert Rules(SMALL).read("jeg vil dø").level == ACUTE
    assert Rules(SMALL).read("jeg vil ikke dø").level == NOTHING


@pytest.mark.parametrize(
    ("document", "place", "reason"),
    [
        (spoilt("grupper", 0, "niveau", value="slemt"), "grupper.doed", "niveau is 'slemt'"),
        (spoilt("grupper", 0, "niveau"), "grupper.doed", "niveau is None"),
        (spoilt("grupper", 0, "tema", value="vejr"), "grupper.doed", "tema is 'vejr'"),
        (spoilt("grupper", 0, "fortid", value="akut"), "grupper.doed", "fortid is 'akut'"),
        (spoilt("grupper", 0, "negation", value=True), "grupper.doed", "negation is True"),
        (spoilt("grupper", 0, "kontekst", value="måske"), "grupper.doed", "kontekst is 'måske'"),
        (spoilt("grupper", 0, "moenstre", value=["(dø"]), "grupper.doed", "ends too early"),
        (spoilt("grupper", 0, "moenstre", value=["<hvem> dør"]), "grupper.doed", "<hvem> is not"),
        (spoilt("grupper", 0, "moenstre"), "", "moenstre"),
        (spoilt("grupper", 0, "id"), "", "id"),
        (spoilt("grupper", value=[*SMALL["grupper"], *SMALL["grupper"]]), "doed", "twice"),
        (spoilt("grupper", value="ingen"), "grupper", "list of mappings"),
        (spoilt("kombinationer", 0, "grupper", value=["liv"]), "k", "unknown group"),
        (spoilt("kombinationer", 0, "niveau", value="tegnet"), "kombinationer.k", "niveau is"),
        (spoilt("udtryk", "moenstre", value=["mig)"]), "udtryk", "unexpected"),
        (spoilt("sammenhaenge", "film", value=["?"]), "sammenhaenge.film", "unexpected"),
        (spoilt("negation", "undtagelser", value=["(a"]), "negation.undtagelser", "too early"),
        (spoilt("udtryk"), "udtryk", "missing"),
        (spoilt("negation", "ord"), "ord", "missing"),
        (spoilt("nutid"), "nutid", "missing"),
        (["grupper"], "rules.yml", "not a mapping"),
    ],
)
def test_what_is_wrong_stops_with_file_place_and_reason(
    tmp_path: Path, document: Any, place: str, reason: str
) -> None:
    said = complaint(tmp_path, document)
    assert "rules.yml" in said
    assert place in said
    assert reason in said


def test_a_file_that_is_no_yaml_stops(tmp_path: Path) -> None:
    path = tmp_path / FILE.name
    path.write_text("grupper: [", "utf-8")
    with pytest.raises(RuleError, match="not readable as YAML"):
        Rules.load(path)


def test_every_list_is_used_and_every_group_has_a_pattern() -> None:
    text = FILE.read_text("utf-8")
    assert [name for name in RULES.lists if f"<{name}>" not in text] == []
    assert all(group.phrases for group in RULES.groups)
