"""Ready-made answers that a counsellor puts in, changes and sends; none is sent by itself."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Annotated

import yaml
from pydantic import Field, ValidationError, model_validator
from pydantic_core import PydanticCustomError

from handover.municipality import Part, Words, complaints

OWN = Path(__file__).resolve().parent.parent / "svar.yml"
LONGEST = 1500
"""Characters of an answer: what is read on a phone without scrolling for long."""

Keyword = Annotated[str, Field(min_length=1, max_length=60)]


class AnswerError(ValueError):
    """The list is wrong; the text names file, entry and reason."""


class Answer(Part):
    """One answer: a heading for the counsellor, the words for the citizen, words to find it by."""

    id: str = Field(pattern=r"^[a-z0-9_]{1,60}$")
    title: Words = Field(alias="titel", max_length=80)
    text: Words = Field(alias="tekst", max_length=LONGEST)
    keywords: tuple[Keyword, ...] = Field((), alias="soegeord", max_length=20)
    source: Words = Field(alias="kilde", max_length=300)
    approved: str = Field(alias="godkendt", max_length=200)


class Answers(Part):
    answers: tuple[Answer, ...] = Field(alias="svar", max_length=200)

    @model_validator(mode="after")
    def _each_id_once(self) -> Answers:
        seen: set[str] = set()
        for answer in self.answers:
            if answer.id in seen:
                reason = "svar: {id} stands twice"
                raise PydanticCustomError("answer_twice", reason, {"id": answer.id})
            seen.add(answer.id)
        return self


@dataclass
class AnswerBook:
    """Asked for the answers each time: a leader may change them while the service runs."""

    answers: tuple[Answer, ...]


def load_answers(path: Path = OWN) -> tuple[Answer, ...]:
    """The answers in the order of the file.

    Raises AnswerError with file, place and reason when one is wrong.
    """
    try:
        document = yaml.load(path.read_text(encoding="utf-8"), yaml.CSafeLoader)
        return Answers.model_validate(document).answers
    except FileNotFoundError as error:
        raise AnswerError(f"{path}: the file is missing") from error
    except yaml.YAMLError as error:
        raise AnswerError(f"{path}: {' '.join(str(error).split())}") from error
    except ValidationError as error:
        raise AnswerError("\n".join(complaints(path, error))) from error


def search(answers: Sequence[Answer], words: str) -> tuple[Answer, ...]:
    """The answers that hold every word, in heading, text or keywords: ``search(all, "ppr")``."""
    wanted = words.casefold().split()
    return tuple(a for a in answers if all(word in _searched(a) for word in wanted))


def _searched(answer: Answer) -> str:
    return " ".join((answer.title, answer.text, *answer.keywords)).casefold()
