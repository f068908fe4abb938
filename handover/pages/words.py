"""What an id is called on the counsellors' pages, from ``ord.yml``, which a professional edits."""

from __future__ import annotations

import re
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any, get_args

import yaml

from bot.tracks.catalogue import KINDS, SOURCES, SPEAKERS, UNKNOWN
from bot.tracks.intake import INTAKE
from handover.accounts.roles import NOBODYS, ROLES
from handover.conversations.schemas import Recommends, Satisfied
from handover.statistics.facts import ERASED, LONGER, NONE, OPEN
from handover.statistics.overview import WAYS
from handover.storage.calls import BACK, LEG_STATES, THROUGH
from handover.storage.handovers import CLAIMED, CLOSED, PRIORITIES, WAITING
from handover.storage.trail import STEPWISE
from handover.texts import TextError, fill

FILE = Path(__file__).parent / "ord.yml"
_SPEAKERS = (*SPEAKERS, UNKNOWN)
_STATES = ("opfyldt", "ikke_opfyldt", "uafklaret")
_KINDS = tuple(kind for kind in KINDS if kind not in ("fakta", "fritekst"))
NEEDED: Mapping[str, tuple[str, ...]] = {
    "prioritet": PRIORITIES,
    "prioritet_betyder": PRIORITIES,
    "henvender": _SPEAKERS,
    "hvem_med_alder": _SPEAKERS,
    "hvem_uden_alder": _SPEAKERS,
    "oplysning": ("henvender", "alder", "kommune", "proevet", "oensker"),
    "kvittering": ("sendt", "leveret", "set"),
    "sms": ("queued", "failed", "blocked", "stop", "sendes"),
    "kanal": ("web", "sms", "phone"),
    "status": (WAITING, CLAIMED, CLOSED),
    "filter": ("priority", "channel", "kind", "track", "speaker", "mine", "kun_mine"),
    "filter_alle": ("priority", "channel", "kind", "track", "speaker"),
    "ventetid": ("maal", "over", "i_aabningstid"),
    "varsel": ("sent", "waiting", "waiting_forsoegt", "dropped"),
    "varsel_vej": ("mail", "webhook"),
    "vagtbesked": ("tekst", "emne"),
    "paamindelse": (
        "emne_en", "emne_flere", "egen_en", "egen_flere", "ledig_en", "ledig_flere",
    ),
    "vist_navn": ("navn", "fortaelles", "skjules"),
    "samtale": ("assistant", "waiting", "counsellor", "closed"),
    "aarsag": ("samtykke", "menneske", "alarm", "sammenbrud"),
    "sagstype": ("intake", "undervisning", "vejledning"),
    "kontakt": ("chat", "call", "sms", "none", "ikke_spurgt"),
    "oenske": ("titel", "hvem", "hvor", "hvornaar", "emne", "ikke_oplyst"),
    "i_telefonen": ("nu", "kommer_her"),
    "opkald_vej": (THROUGH, BACK),
    "opkald": LEG_STATES,
    "optagelse": (
        "titel", "undervejs", "under_et_minut", "med_optagelse", "slet", "slet_hvad", "slet_knap",
        "hvem", "kun_den",
    ),
    "ring_op": (
        "overdue", "now", "anytime", "later", "done", "ingen", "ingen_now", "ingen_later", "aftalt",
        "uden_tid", "aaben", "luk_alligevel", "luk_advarsel", "knap", "dit_nummer", "dit_eget",
        "hvordan",
    ),
    "forsoeg": ("talte", "intet_svar", "aftalt_ny_tid", "ingen", "i_alt"),
    "forsoeg_knap": ("talte", "intet_svar", "aftalt_ny_tid"),
    "samtykke": ("ja", "nej", "ikke_spurgt"),
    "risiko": ("alarm", "ask", "none"),
    "risiko_betyder": ("alarm", "ask", "none", "spurgt", "ikke_spurgt", "taget_tilbage"),
    "fund": (
        "vaegt", "ja_til", "svar_paa", "sikkerhed_nu", "selvmordstanker", "tanker", "plan",
        "forberedt", "hvornaar",
    ),
    **{f"tilstand_{kind}": _STATES for kind in _KINDS},
    "grund": ("ikke_spurgt", "ved_ikke", "vil_ikke_svare", "uklart", "ikke_noedvendigt"),
    "kriterietype": _KINDS,
    "kriterietype_betyder": _KINDS,
    "peger_paa": ("egen_laege", "boerne_og_ungdomspsykiatrien", "krise"),
    "kilde": SOURCES,
    "afsender": ("citizen", "assistant", "counsellor", "system"),
    "beskedtype": ("question", "crisis", "answer", "summary", "handover", "closing"),
    "lukketrin": ("opsummering", "samtykke", "kontaktform", "telefonnummer", "navn", "tidspunkt"),
    "udfald": (
        "raadgivet", "afklarende_samtale", "ppr_netvaerksmoede", "egen_laege", "psykiatrien",
        "undervisning", "andet",
    ),
    "ellers": (NONE, OPEN, ERASED),
    "aabent": ("aaben", "lukket"),
    "tilfreds": get_args(Satisfied),
    "anbefale": get_args(Recommends),
    "vej": WAYS,
    "opgoerelse": (
        "way", "channel", "speaker", "track", "outcome", "priority", "kind", "hours",
        "tilfreds", "anbefale",
    ),
    "andel": ("psykiatri", "i_aabningstid", "inden_maal"),
    "overblik": (
        "under_fem", "for_faa", "hele_perioden", "afrunding", "procent", "spor", "ventetid",
        "forkert_periode", "intet",
    ),
    "indstilling": ("aabningstider", "vagt", "kontakt", "svar", "tekster"),
    "indstilling_om": ("aabningstider", "vagt", "kontakt", "svar", "tekster"),
    "indstilling_ikke": ("krisetilbud", "faresignaler", "kriterier"),
    "indstilling_felt": (
        "fra", "til", "dato", "grund", "helligdage", "akut", "hoej", "normal", "efter", "navn",
        "mail", "webhook", "telefon", "hjemmeside", "titel", "tekst", "sms", "soegeord", "valg",
    ),
    "indstilling_linje": (
        "helligdage", "lukket", "aabent", "lukkedag", "maal", "trin", "efter", "linje",
    ),
    "indstilling_fejl": (
        "missing", "string_too_short", "string_too_long", "span", "span_backwards",
        "spans_overlap", "dato", "minutter", "unreachable", "steps_out_of_order", "uden_mail",
        "uden_webhook", "telefon", "mail", "webhook", "hjemmeside", "too_long",
        "pladsholder_mangler", "pladsholder_ukendt", "nummer_mangler", "ugyldig",
    ),
    "tekstgruppe": ("samtale", "spoerg", "fejl", "widget"),
    "ark": ("opgoerelse", "gruppe", "periode", "tal", "median", "halvfems", LONGER),
    "rolle": ROLES,
    "rolle_betyder": ROLES,
    "handling": STEPWISE,  # the rest is shown as it is called where a word is missing
    "selv": NOBODYS,
    "log": ("hvornaar", "hvem", "hvad", "hvem_det_angaar", "sag", "forkert_dag"),
}  # fmt: skip


@dataclass(frozen=True)
class Words:
    groups: Mapping[str, Mapping[str, str]]

    def say(self, key: Any, group: str, **values: object) -> str:
        """``say("web", "kanal") == "Chat"``. An id without a word is shown as words, never refused:
        a page that breaks would hide a case."""
        text = self.groups[group].get(str(key)) or str(key).replace("_", " ")
        return fill(text, {name: str(value) for name, value in values.items()})

    def knows(self, key: Any, group: str) -> bool:
        return str(key) in self.groups[group]

    def who(self, speaker: str, age: int | None, kind: str = INTAKE) -> str:
        """``Forælder til 13-årig``; a request is about no child: ``Fagperson``"""
        if kind != INTAKE:
            return self.say(speaker, "henvender")
        group = "hvem_uden_alder" if age is None else "hvem_med_alder"
        return self.say(speaker, group, alder=age)

    def source(self, source: str) -> str:
        """``"003; lokal"`` in words; what is no id of a source stays as it stands."""
        return _SOURCE.sub(lambda found: self.say(found.group(), "kilde"), source)


_SOURCE = re.compile(rf"\b({'|'.join(map(re.escape, SOURCES))})\b(?!:)")


def load_words(path: Path = FILE) -> Words:
    """Raises TextError with file, group, word and reason when one is missing."""
    try:
        document = yaml.load(path.read_text(encoding="utf-8"), yaml.CSafeLoader)
    except FileNotFoundError as error:
        raise TextError(f"{path}: the file is missing") from error
    except yaml.YAMLError as error:
        raise TextError(f"{path}: {' '.join(str(error).split())}") from error
    if not isinstance(document, dict):
        raise TextError(f"{path}: must be a mapping of groups")
    return Words({name: _group(path, name, document.get(name), NEEDED[name]) for name in NEEDED})


def _group(path: Path, name: str, group: Any, needed: tuple[str, ...]) -> dict[str, str]:
    if not isinstance(group, dict) or not isinstance(group.get("ord"), dict):
        raise TextError(f"{path}: {name}: must have 'kilde', 'godkendt' and 'ord'")
    if not group.get("kilde") or "godkendt" not in group:
        raise TextError(f"{path}: {name}: 'kilde' and 'godkendt' are needed")
    found = group["ord"]
    for key in (*needed, *found):
        if not isinstance(found.get(key), str) or not found[key].strip():
            raise TextError(f"{path}: {name}.ord.{key}: is missing")
    return {str(key): text.strip() for key, text in found.items()}
