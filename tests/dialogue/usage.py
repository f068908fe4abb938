"""`make phone-usage`: measure what whole conversations use by SMS and by telephone.

.venv/bin/python -m tests.dialogue.usage

Plays one for every speaker and track with the real assistant, writes tools/phone/usage.json and
renews the table in docs/telefoni.md.
"""

from __future__ import annotations

from concurrent.futures import ThreadPoolExecutor
from datetime import date

from handover.telephony.sms.alphabet import segments
from tests.dialogue.caller import Caller
from tests.dialogue.conftest import AT_ONCE
from tests.dialogue.exchange import running, settings
from tests.dialogue.test_sms import SCRIPTS
from tests.dialogue.texter import Texter
from tools import report
from tools.approvals import table
from tools.measure.folder import scratch
from tools.phone.usage import Measured, Usage
from tools.places import ROOT
from tools.player import Played
from tools.ports import Ports
from tools.report import Stop, say
from tools.system import System

DOCUMENT = ROOT / "docs" / "telefoni.md"
BEGIN, END = "<!-- forbrug -->", "<!-- /forbrug -->"
SPEAKERS = {
    "ung": "ung", "foraelder": "forælder", "paaroerende": "pårørende", "fagperson": "fagperson",
}  # fmt: skip
TRACKS = {
    "krop_mad": "krop og mad", "selvskade": "selvskade", "uro": "uro",
    "bekymring_tristhed": "bekymring og tristhed",
}  # fmt: skip


def measure() -> Measured:
    port = Ports.free().edge
    with (
        scratch("phone-usage") as folder,
        System.temporary(folder / "var", settings(port)) as system,
        running(port, system.url) as town,
        Texter(system.url, system.token("sms"), town, system.var) as texter,
        Caller(system.url, system.token("phone"), town, system.var) as caller,
        ThreadPoolExecutor(AT_ONCE) as pool,
    ):
        texted = list(pool.map(texter.play, SCRIPTS))
        called = list(pool.map(caller.play, SCRIPTS))
        for played in (*texted, *called):
            if played.error:
                raise Stop(f"{played.script.name}: {played.error}")
        pairs = zip(texted, called, strict=True)
        rows = [_row(texter, caller, one, other) for one, other in pairs]
    return Measured(date.today().isoformat(), rows)  # noqa: DTZ011


def _row(texter: Texter, caller: Caller, texted: Played, called: Played) -> Usage:
    out, call, expect = texter.cost(texted), caller.call(called), texted.script.expect
    return Usage(
        speaker=expect.speaker,
        tracks=list(expect.tracks),
        sms_out=sum(out),
        sms_in=sum(segments(text) for text in texted.said),
        sms_messages=len(out),
        listened=call.by_voice + call.by_key,
        by_key=call.by_key,
        words=call.words,
        characters=sum(map(len, call.heard)),
    )


def as_table(measured: Measured) -> str:
    head = (
        "henvender", "spor", "sms ud (dele)", "sms ind (dele)", "svar i opkaldet", "tegn læst op",
        "minutter",
    )  # fmt: skip
    rows = [
        (
            SPEAKERS[one.speaker],
            ", ".join(TRACKS[track] for track in one.tracks),
            f"{one.sms_messages} ({one.sms_out})",
            str(one.sms_in),
            str(one.listened),
            str(one.characters),
            f"{one.seconds / 60:.0f}",
        )
        for one in measured.rows
    ]
    return "\n".join([f"Målt {measured.day} (`make phone-usage`):", "", *table(head, rows)])


def renewed(document: str, measured: Measured) -> str:
    before, _, rest = document.partition(BEGIN)
    _, end, after = rest.partition(END)
    if not end:
        raise Stop(f"{DOCUMENT.name} has no place between {BEGIN} and {END}")
    return f"{before}{BEGIN}\n{as_table(measured)}\n{END}{after}"


def main() -> None:
    measured = measure()
    measured.write()
    DOCUMENT.write_text(renewed(DOCUMENT.read_text("utf-8"), measured), "utf-8")
    say(as_table(measured))


if __name__ == "__main__":
    report.run(main)
