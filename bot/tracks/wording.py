"""Filling a wording with the citizen's own word for the child."""

from __future__ import annotations

from bot.tracks.catalogue import Criterion
from bot.tracks.intake import Intake

_COMMON_GENDER = {"elev": "eleven", "barn": "barnet"}
_NEUTER = ("barn", "barnebarn", "plejebarn", "bonusbarn")
_PRONOUNS = {
    "k": {"hun": "hun", "hende": "hende", "hendes": "hendes"},
    "m": {"hun": "han", "hende": "ham", "hendes": "hans"},
    None: {"hun": "barnet", "hende": "barnet", "hendes": "barnets"},
}
_BY_SPEAKER = {
    "foraelder": "dit barn",
    "paaroerende": "barnet eller den unge",
    "fagperson": "barnet eller den unge",
}


_NOT_THEIR_OWN = {
    "elev": "eleven", "dreng": "drengen", "søn": "drengen", "knægt": "drengen",
    "pige": "pigen", "datter": "pigen", "tøs": "pigen", "barn": "barnet", "teenager": "den unge",
}  # fmt: skip
"""What somebody who is not the parent calls a child that is not "min"."""


def placeholders(speaker: str, relation: str | None, sex: str | None) -> dict[str, str]:
    """What {barnet}, {hun}, {hende}, {hendes} (and capitalised) stand for.

    ``placeholders("foraelder", "datter", "k")["barnet"] == "din datter"``
    """
    values = dict(_PRONOUNS[sex], barnet=_child(speaker, relation))
    return {**values, **{k.capitalize(): v[:1].upper() + v[1:] for k, v in values.items()}}


def _child(speaker: str, relation: str | None) -> str:
    if not relation or (relation == "barn" and speaker != "foraelder"):
        return _BY_SPEAKER.get(speaker, "barnet eller den unge")
    if speaker == "fagperson" or (speaker != "foraelder" and relation in _NOT_THEIR_OWN):
        return _NOT_THEIR_OWN.get(relation, "barnet")
    return ("dit " if relation in _NEUTER else "din ") + relation


def placeholders_of(intake: Intake) -> dict[str, str]:
    return placeholders(intake.speaker_value, intake.relation, intake.notes.get("sex"))


def question_text(intake: Intake, criterion: Criterion, again: bool = False) -> str:
    """The question as this citizen gets it on this channel."""
    wording = criterion.wording(intake.speaker_value, intake.channel, again)
    return wording.format(**placeholders_of(intake))
