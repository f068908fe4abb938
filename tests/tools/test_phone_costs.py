"""What conversations cost, from measured quantities and a municipality's own prices."""

from __future__ import annotations

from dataclasses import replace
from pathlib import Path
from typing import Any

import pytest
import yaml

from tests.dialogue.usage import BEGIN, DOCUMENT, END, as_table, renewed
from tools.phone.costs import FILE, TITLES, Month, lines, of_call, read
from tools.phone.usage import Measured, Usage
from tools.report import Stop

ONE = Usage(
    "ung", ["uro"], sms_out=30, sms_in=10, sms_messages=20,
    listened=20, by_key=5, words=120, characters=7000,
)  # fmt: skip
MEASURED = Measured("2026-11-27", [ONE, replace(ONE, sms_out=20)])
MONTH = Month(sms=10, calls=5, through=0)


def prices(folder: Path, **changes: Any) -> Path:
    """Everything costs 1, with where and when that was seen."""
    row = {"kilde": "twilio.com", "dato": "2026-11-27"}
    rows = {name: {**row, "pris": changes.get(name, 1)} for name in TITLES}
    path = folder / "telefonpriser.yml"
    path.write_text(yaml.safe_dump({"valuta": "kr.", "priser": rows}), encoding="utf-8")
    return path


def test_no_price_is_invented() -> None:
    found = read(FILE)
    assert set(found.priser) == set(TITLES)
    assert all(price.pris is None for price in found.priser.values())
    told = "\n".join(lines(MEASURED, found, MONTH))
    assert "En samtale på sms: kan ikke regnes ud endnu" in told
    assert all(title in told for name, title in TITLES.items() if name != "minut_ud")
    assert "minut_ud" not in told, "nobody is put through"


def test_a_conversation_and_a_month_by_the_prices(tmp_path: Path) -> None:
    told = lines(MEASURED, read(prices(tmp_path, sms_ud=0.5, nummer=100)), MONTH)
    assert told[0] == "En samtale på sms: 22,50 kr. i gennemsnit, fra 20,00 kr. til 25,00 kr."
    call = ONE.minutes + 20 + 70
    assert told[1].startswith(f"Et opkald: {call},00 kr. i gennemsnit")
    month = 10 * 22.5 + 5 * call + 100
    written = f"{month:,.2f}".translate(str.maketrans(",.", ".,"))
    assert told[2].endswith(f"5 opkald og nummeret: {written} kr.")
    assert len(told) == 3


def test_a_call_lasts_as_long_as_what_is_said_in_it() -> None:
    seconds = 7000 / 14 + 120 / 2 + 15 * 3 + 5 * 2
    assert ONE.seconds == seconds
    assert ONE.minutes == 11, "begun minutes count"
    assert of_call(ONE, through=10)["minut_ind"] == 21
    assert of_call(ONE, through=10)["minut_ud"] == 10


@pytest.mark.parametrize("lacks", [{"kilde": ""}, {"dato": ""}, {"pris": None}])
def test_a_price_that_nobody_can_check_does_not_count(tmp_path: Path, lacks: Any) -> None:
    path = prices(tmp_path)
    document = yaml.safe_load(path.read_text(encoding="utf-8"))
    document["priser"]["oplaesning"] |= lacks
    path.write_text(yaml.safe_dump(document), encoding="utf-8")
    told = lines(MEASURED, read(path), MONTH)
    assert told[1] == "Et opkald: kan ikke regnes ud endnu"
    assert told[-1] == "  oplaesning: oplæsning af 100 tegn"
    assert not any("måned med" in line for line in told)


@pytest.mark.parametrize(
    "text", ["priser: {sms: {pris: 1}}", "priser: {nummer: {pris: -1}}", "priser: [", "x: 1"]
)
def test_a_wrong_file_is_refused(tmp_path: Path, text: str) -> None:
    path = tmp_path / "telefonpriser.yml"
    path.write_text(text, encoding="utf-8")
    with pytest.raises(Stop, match=r"telefonpriser\.yml"):
        read(path)


def test_what_was_measured_is_kept_and_stands_in_the_document(tmp_path: Path) -> None:
    MEASURED.write(tmp_path / "usage.json")
    again = Measured.read(tmp_path / "usage.json")
    assert again == MEASURED
    document = renewed(f"før\n{BEGIN}\ngammelt\n{END}\nefter\n", again)
    assert document == f"før\n{BEGIN}\n{as_table(again)}\n{END}\nefter\n"
    assert "| ung | uro | 20 (30) | 10 | 20 | 7000 | 10 |" in document


def test_the_document_has_the_newest_measurement() -> None:
    document = DOCUMENT.read_text(encoding="utf-8")
    assert as_table(Measured.read()) in document
