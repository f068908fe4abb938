"""What is said only by SMS and on the telephone."""

from __future__ import annotations

from collections.abc import Mapping
from pathlib import Path

from handover.texts import Texts, load_texts

PATH = Path(__file__).parent / "tekster.yml"
KEYS = (
    "sms_kode", "sms_stop", "sms_start", "sms_hjaelp", "sms_skrev_stop", "sms_ikke_frem",
    "sms_stilhed",
)  # fmt: skip


def load_telephony_texts(names: Mapping[str, str]) -> Texts:
    """``names``: what the municipality's placeholders stand for. Raises TextError."""
    return Texts(load_texts(PATH, KEYS), names)
