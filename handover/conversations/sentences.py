"""What the edge itself says, as drafts: greeting, break-down, human on the way, end."""

from __future__ import annotations

from collections.abc import Mapping

from handover import opening
from handover.conversations.messages import ASSISTANT, SYSTEM, Draft
from handover.handovers.desk import Human
from handover.municipality import Municipality
from handover.settings import Settings
from handover.texts import OWN, Texts, load_texts

HUMAN, WAIT = "menneske", "vent"
"""What the choices of the break-down message send back."""

SHARED = (
    "velkomst", "velkomst_spoergsmaal", "velkommen_tilbage", "cpr_skjult", "sammenbrud",
    "valg_sammenbrud_ja", "valg_sammenbrud_nej", "menneske_nu", "menneske_senere",
    "menneske_senere_ukendt", "slettet", "slettet_akut",
)  # fmt: skip
"""Sentences of the assistant that the edge says too."""

OWN_KEYS = (
    "sammenbrud_stadig", "sammenbrud_venter", "tilbage_igen", "raadgiver_her", "raadgiver_slap",
    "raadgiver_vaek", "raadgiver_skifter", "assistent_igen", "sag_lukket", "samtale_lukket",
    "fejl_ugyldig", "fejl_ugyldig_json", "fejl_ikke_logget_ind", "fejl_ikke_tilladt",
    "fejl_ikke_din_rolle",
    "fejl_findes_ikke", "fejl_metode", "fejl_format", "fejl_for_stor", "fejl_tom_besked",
    "fejl_besked_for_lang", "fejl_uventet", "fejl_ukendt_kode", "fejl_for_mange_forsoeg",
    "fejl_optaget", "fejl_ikke_din", "fejl_allerede_lukket", "fejl_forkert_login",
    "spoerg_tilfreds", "spoerg_anbefale_ung", "spoerg_anbefale_foraelder",
    "spoerg_anbefale_paaroerende", "spoerg_anbefale_fagperson", "spoerg_anbefale_ukendt",
    "fejl_ikke_din_rolle", "fejl_foerst_kontoen", "fejl_navn_ugyldigt", "fejl_navn_optaget",
    "fejl_vist_navn_ugyldigt", "fejl_mail_ugyldig",
    "fejl_vaelg_rolle", "fejl_sidste_administrator", "fejl_kommunens_login_styrer",
    "fejl_login_udloebet", "fejl_forkert_kode", "fejl_forkert_adgangskode",
    "fejl_adgangskode_kort", "fejl_adgangskode_forskellig", "fejl_adgangskode_navn",
    "fejl_adgangskode_samme", "fejl_koder_ikke_begyndt", "fejl_ingen_rolle", "fejl_konto_lukket",
    "fejl_kommunens_login_nede", "fejl_kommunens_login_afbrudt",
    "raadgiver_her_navn", "raadgiver_skifter_navn", "koe_naeste", "koe_en_foer", "koe_flere_foer",
    "fejl_aabent_opkald", "fejl_ny_tid", "fejl_intet_opkald", "fejl_telefonnummer",
    "fejl_optagelse_mangler",
    "fejl_ikke_i_koe", "noteret_call", "noteret_sms",
    "koe_tid", "koe_tid_ens", "koe_lukker", "koe_lukket", "koe_lukket_ukendt",
    "fejl_csrf", "fejl_underretning_dato", "fejl_opfoelgning_dato",
    "fejl_opfoelgning_slettet", "fejl_ikke_slut",
    "widget_aabn", "widget_titel", "widget_luk", "widget_forlad", "widget_fare", "widget_ring_112",
    "widget_aabner", "widget_fejl", "widget_igen", "widget_ring", "widget_ny", "widget_ulaest",
)  # fmt: skip


def load_sentences(settings: Settings, municipality: Municipality) -> Texts:
    """Raises TextError with file and key when a sentence is missing."""
    shared = load_texts(settings.assistant_texts, SHARED)
    return Texts({**shared, **load_texts(OWN, OWN_KEYS)}, names_of(municipality))


def names_of(municipality: Municipality) -> dict[str, str]:
    """What the municipality's placeholders stand for in every text."""
    retention = municipality.retention
    return {
        "tilbud_navn": municipality.offer_name,
        "kommune_navn": municipality.authority,
        "aabningstider": opening.week_in_words(municipality.hours),
        "slettes_efter_dage": str(retention.days_after_closing),
        "slettes_uden_videregivelse_timer": str(retention.hours_without_handover),
    }


def greeting(texts: Texts, channel: str) -> list[Draft]:
    return [
        Draft(ASSISTANT, texts.say("velkomst", channel)),
        Draft(ASSISTANT, texts.say("velkomst_spoergsmaal", channel), "question", "fylder"),
    ]


def breakdown(texts: Texts, channel: str, again: bool) -> Draft:
    """The assistant is down: said so, with a human offered."""
    choices = [
        {"title": texts.say("valg_sammenbrud_ja", channel), "value": HUMAN},
        {"title": texts.say("valg_sammenbrud_nej", channel), "value": WAIT},
    ]
    key = "sammenbrud_stadig" if again else "sammenbrud"
    return Draft(SYSTEM, texts.say(key, channel), choices=choices)


def human_comes(texts: Texts, channel: str, human: Human) -> Draft:
    values: Mapping[str, object] = {
        "aabner": human.opens or "",
        "plads": human.waiting + 1,
        "kode": human.resume_code,
    }
    if human.open_now:
        key = "menneske_nu"
    else:
        key = "menneske_senere" if human.opens else "menneske_senere_ukendt"
    return Draft(SYSTEM, texts.say(key, channel, **values), "handover")


def said(texts: Texts, key: str, channel: str, kind: str = "text", **values: object) -> Draft:
    return Draft(SYSTEM, texts.say(key, channel, **values), kind)
