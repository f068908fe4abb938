"""Which training lines are embedded: all but the long ones that only answer a criterion."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import pytest

from bot.embedding import LONGEST_ANSWER, is_embedded, training_texts

LONG = "a" * (LONGEST_ANSWER + 1)
ANSWER = {"kriterium": "uro.afbryder", "svar": "ja"}


@pytest.mark.parametrize(
    ("text", "metadata", "embedded"),
    [
        (LONG, {}, True),
        (LONG, {"spor": ["uro"], "niveau": "ingen"}, True),
        (LONG, ANSWER, False),
        (LONG[1:], ANSWER, True),
        (LONG, {**ANSWER, "niveau": "akut"}, True),
    ],
)
def test_long_answers_teach_by_their_words_alone_unless_they_tell_of_danger(
    text: str, metadata: dict[str, Any], embedded: bool
) -> None:
    assert is_embedded(text, metadata) is embedded


def test_the_lines_of_every_file_are_read(tmp_path: Path) -> None:
    (tmp_path / "a.yml").write_text(
        f"nlu:\n- intent: fortael\n  metadata: {{kriterium: x, svar: ja}}\n"
        f"  examples: |\n    - kort\n    - {LONG}\n",
        "utf-8",
    )
    (tmp_path / "b.yml").write_text("nlu:\n- intent: hilsen\n  examples: |\n    - hej\n", "utf-8")
    (tmp_path / "c.yml").write_text("", "utf-8")
    assert list(training_texts(tmp_path)) == ["kort", "hej"]
