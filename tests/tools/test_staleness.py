from __future__ import annotations

import os
from pathlib import Path

import pytest

from tools.staleness import Product


@pytest.fixture
def product(tmp_path: Path) -> Product:
    (tmp_path / "data" / "nlu").mkdir(parents=True)
    (tmp_path / "data" / "nlu" / "hilsen.yml").write_text("- hej")
    (tmp_path / "config.yml").write_text("language: da")
    (tmp_path / "model.bin").write_text("trained")
    product = Product("a model", tmp_path / "model.bin", ("config.yml", "data"), tmp_path)
    product.record(product.fingerprint())
    return product


def test_a_product_whose_sources_are_as_they_were_is_fresh(product: Product) -> None:
    assert product.fresh()


def test_touching_a_source_without_changing_it_leaves_the_product_fresh(product: Product) -> None:
    os.utime(product.root / "config.yml", (0, 0))
    assert product.fresh()


def test_a_changed_source_makes_the_product_stale(product: Product) -> None:
    (product.root / "data" / "nlu" / "hilsen.yml").write_text("- goddag")
    assert not product.fresh()


def test_a_new_file_makes_the_product_stale(product: Product) -> None:
    (product.root / "data" / "nlu" / "farvel.yml").write_text("")
    assert not product.fresh()


def test_a_renamed_file_makes_the_product_stale(product: Product) -> None:
    folder = product.root / "data" / "nlu"
    (folder / "hilsen.yml").rename(folder / "farvel.yml")
    assert not product.fresh()


def test_a_removed_source_makes_the_product_stale(product: Product) -> None:
    (product.root / "config.yml").unlink()
    assert not product.fresh()


def test_content_that_moves_from_one_file_to_the_next_makes_the_product_stale(
    product: Product,
) -> None:
    folder = product.root / "data"
    (folder / "a.yml").write_text("one two")
    (folder / "b.yml").write_text("")
    product.record(product.fingerprint())
    (folder / "a.yml").write_text("one")
    (folder / "b.yml").write_text(" two")
    assert not product.fresh()


def test_a_missing_product_is_stale(product: Product) -> None:
    product.target.unlink()
    assert not product.fresh()


@pytest.mark.parametrize("name", ["data/__pycache__/x.pyc", "data/.hilsen.yml.swp"])
def test_caches_and_hidden_files_make_nothing_stale(product: Product, name: str) -> None:
    path = product.root / name
    path.parent.mkdir(exist_ok=True)
    path.write_text("x")
    assert product.fresh()
