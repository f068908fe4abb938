"""What is said only by SMS and on the telephone."""

from __future__ import annotations

from collections.abc import Mapping
from pathlib import Path

from handover.texts import Texts, load_texts

PATH = Path(__file__).parent / "tekster.yml"
KEYS = (
    "sms_kode", "sms_stop", "sms_start", "sms_hjaelp", "sms_skrev_stop", "sms_ikke_frem",
    "sms_stilhed", "sms_hoerer_til", "sms_anden", "sms_anden_lukket", "sms_kode_her",
)  # fmt: skip
VOICE_KEYS = (
    "tale_menneske_valg", "tale_taster", "tale_valg", "tale_mere", "tale_hoerte", "tale_proev_igen",
    "tale_hoerte_intet", "tale_forstod_ikke", "tale_tryk", "tale_tryk_tal", "tale_taettere",
    "tale_tilbyd_menneske", "tale_farvel_stilhed", "tale_farvel_fare", "tale_farvel", "tale_slut",
    "tale_efter", "tale_imens", "tale_oejeblik", "tale_stadig", "tale_svarer_ikke", "tale_gemt",
    "tale_numre_igen", "tale_igennem", "tale_vil_have_menneske", "tale_har_besked",
    "tale_stiller_igennem", "tale_proever_naeste", "tale_ring_op", "tale_ring_op_lukket",
    "tale_ring_op_taget", "tale_ring_op_dette", "tale_ring_op_nummer", "tale_dette_nummer",
    "tale_ring_op_rigtigt",
    "tale_ring_op_hvornaar", "tale_tid_altid", "tale_tid_formiddag", "tale_tid_eftermiddag",
    "tale_ring_op_tak", "tale_ring_op_nej", "tale_ring_op_mangler", "tale_hvisk", "tale_hvisk_emne",
    "tale_hvisk_uden_emne", "tale_hvisk_alarm", "tale_hvisk_ask", "tale_hvisk_none",
    "tale_hvisk_taget", "tale_hvisk_nej", "tale_hvisk_forbi", "tale_bro", "tale_bro_ringer",
    "tale_bro_intet_svar", "tale_optag", "tale_optag_ring", "tale_optag_ja", "tale_optag_nej",
    "tale_optag_fejl", "tale_hvisk_optages", "tale_hvisk_optages_ikke", "tale_bro_optages",
)  # fmt: skip


def load_telephony_texts(names: Mapping[str, str]) -> Texts:
    """``names``: what the municipality's placeholders stand for. Raises TextError."""
    return Texts(load_texts(PATH, (*KEYS, *VOICE_KEYS)), names)
