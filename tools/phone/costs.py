"""`make phone-costs`: what a conversation by SMS and by telephone costs, and so many in a month.

.venv/bin/python -m tools.phone.costs [--sms 200] [--calls 100] [--through 10]

The quantities are measured (tools/phone/usage.json), the prices are the municipality's own
(config/telefonpriser.yml). Where one is missing, it says which and computes the rest.
"""

from __future__ import annotations

import argparse
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from pathlib import Path
from typing import Annotated

import yaml
from pydantic import BaseModel, BeforeValidator, ConfigDict, Field, ValidationError

from tools import report
from tools.phone.usage import Measured, Usage
from tools.places import ROOT
from tools.report import Stop, say

FILE = ROOT / "config" / "telefonpriser.yml"
TITLES = {
    "sms_ud": "en del af en sms til borgeren",
    "sms_ind": "en del af en sms fra borgeren",
    "minut_ind": "et minut af et opkald til jer",
    "minut_ud": "et minut til rådgiverens telefon",
    "talegenkendelse": "talegenkendelse af et svar",
    "oplaesning": "oplæsning af 100 tegn",
    "nummer": "nummeret i en måned",
}
"""What is bought, in the words of the price list."""


class Price(BaseModel):
    model_config = ConfigDict(extra="forbid")

    pris: float | None = Field(None, ge=0, allow_inf_nan=False)
    kilde: str = ""
    dato: Annotated[date | None, BeforeValidator(lambda given: given or None)] = None

    @property
    def known(self) -> bool:
        """A price that nobody can check does not count."""
        return self.pris is not None and bool(self.kilde.strip()) and self.dato is not None


class Prices(BaseModel):
    model_config = ConfigDict(extra="forbid")

    valuta: str = ""
    priser: dict[str, Price] = {}

    def missing(self, names: Sequence[str]) -> list[str]:
        return [name for name in names if not self.priser.get(name, Price()).known]

    def of(self, amounts: Mapping[str, float]) -> float:
        """What these amounts cost; all prices are known."""
        return sum((self.priser[name].pris or 0) * amount for name, amount in amounts.items())


def read(path: Path = FILE) -> Prices:
    try:
        prices = Prices.model_validate(yaml.safe_load(path.read_text(encoding="utf-8")) or {})
    except (yaml.YAMLError, ValidationError) as error:
        raise Stop(f"{path.name} kan ikke læses: {' '.join(str(error).split())}") from error
    unknown = sorted(set(prices.priser) - set(TITLES))
    if unknown:
        raise Stop(f"{path.name} har en vare, der ikke findes: {', '.join(unknown)}")
    return prices


def of_sms(one: Usage) -> dict[str, float]:
    return {"sms_ud": one.sms_out, "sms_ind": one.sms_in}


def of_call(one: Usage, through: float = 0) -> dict[str, float]:
    """``through``: minutes with a counsellor, for which the incoming call goes on too."""
    return {
        "minut_ind": one.minutes + through,
        "talegenkendelse": one.listened,
        "oplaesning": one.characters / 100,
        **({"minut_ud": through} if through else {}),
    }


@dataclass(frozen=True)
class Month:
    sms: int
    calls: int
    through: float


def lines(measured: Measured, prices: Prices, month: Month) -> list[str]:
    """What is told, in Danish."""
    through = month.through

    def call(one: Usage) -> dict[str, float]:
        return of_call(one, through)

    ways: list[tuple[str, int, Callable[[Usage], dict[str, float]]]] = [
        ("En samtale på sms", month.sms, of_sms),
        ("Et opkald", month.calls, call),
    ]
    told, total, whole = [], 0.0, True
    for title, count, amounts in ways:
        lacking = prices.missing(list(amounts(measured.rows[0])))
        if lacking:
            told.append(f"{title}: kan ikke regnes ud endnu")
            whole = False
            continue
        costs = sorted(prices.of(amounts(one)) for one in measured.rows)
        mean = sum(costs) / len(costs)
        total += mean * count
        told.append(
            f"{title}: {_money(mean, prices)} i gennemsnit, "
            f"fra {_money(costs[0], prices)} til {_money(costs[-1], prices)}"
        )
    if whole and not prices.missing(["nummer"]):
        total += prices.of({"nummer": 1})
        told.append(
            f"En måned med {month.sms} sms-samtaler, {month.calls} opkald og nummeret: "
            f"{_money(total, prices)}"
        )
    return [*told, *_what_is_missing(prices, through)]


def _what_is_missing(prices: Prices, through: float) -> list[str]:
    wanted = [name for name in TITLES if through or name != "minut_ud"]
    lacking = prices.missing(wanted)
    if not lacking:
        return []
    rows = [f"  {name}: {TITLES[name]}" for name in lacking]
    return [
        "",
        "Priserne står ikke i systemet, for de ændrer sig. Slå dem op hos Twilio, og skriv dem i",
        "config/telefonpriser.yml med kilde og dato. Det her mangler:",
        *rows,
    ]


def _money(amount: float, prices: Prices) -> str:
    written = f"{amount:,.2f}".translate(str.maketrans(",.", ".,"))
    return f"{written} {prices.valuta}".strip()


def main() -> None:
    parser = argparse.ArgumentParser(description="What conversations cost by SMS and telephone")
    parser.add_argument("--sms", type=int, default=100, help="conversations by SMS in a month")
    parser.add_argument("--calls", type=int, default=100, help="calls in a month")
    parser.add_argument("--through", type=float, default=0, help="minutes of a call put through")
    options = parser.parse_args()
    measured = Measured.read()
    count = len(measured.rows)
    say(f"Målt {measured.day} på {count} samtaler, en for hver slags henvender og spor.")
    month = Month(options.sms, options.calls, options.through)
    say("\n".join(lines(measured, read(), month)))


if __name__ == "__main__":
    report.run(main)
