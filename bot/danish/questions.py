"""The questions in a message, also those at the end of a telling and without a question mark."""

from __future__ import annotations

import re

from bot.danish.clauses import Clause, split_clauses

_VERBS = r"(?:kan|ka|må|skal|vil|er|har|findes|gemmer|koster|får|ku|kunne|skulle)"
_PERSONS = r"(?:jeg|vi|i|man|det|der|du|de|hun|han|nogen)"
_OPENS = re.compile(
    rf"^(?:og |men |så |øh |altså )*(?:hvad|hva|hvor|hvordan|hvornår|hvem|hvilke[nt]?|hvorfor"
    rf"|{_VERBS})\b",
    re.I,
)
_INSIDE = re.compile(
    r"\b(?:hvad|hva|hvordan|hvornår|hvem|hvor (?:længe|lang|meget|mange|ofte|tit))\b"
    r"|(?<=høre )om\b|(?<=vide )om\b|(?<=spørge )om\b"
    rf"|(?<=, ){_VERBS} {_PERSONS}\b",
    re.I,
)
_SHORTEST = 3  # words


def find_questions(text: str) -> list[Clause]:
    """What may be asked, in order, each with its place: whole clauses that begin as a question or
    end with its mark, and the end of a clause from its last question word on.

    ``[q.text for q in find_questions("hun tør ikke gå i skole hvad siger jeg til hende")]``
    ``== ["hvad siger jeg til hende"]``
    """
    found: list[Clause] = []
    for clause in split_clauses(text):
        if _OPENS.search(clause.text) or text[clause.end :].lstrip().startswith("?"):
            found.append(clause)
        tails = [m.start() for m in _INSIDE.finditer(clause.text) if m.start()]
        if tails and len(clause.text[tails[-1] :].split()) >= _SHORTEST:
            found.append(_from(clause, tails[-1]))
    return found


def _from(clause: Clause, at: int) -> Clause:
    return Clause(clause.text[at:], clause.start + at, clause.end)
