"""The running system with the exchange in Twilio's place: for `make phone`, bench and tests."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator, Iterator, Mapping
from contextlib import asynccontextmanager, contextmanager
from pathlib import Path
from typing import Any

import uvicorn
import yaml

from tools.phone.exchange import Exchange
from tools.places import ROOT
from tools.ports import LOOPBACK, Ports

ACCOUNT, TOKEN, NUMBER = "AC" + "51" * 16, "the simulator's token", "+4570707070"
CALLER, COUNSELLOR = "+4520123456", "+4530303030"
NAME = "Rådgiver"
"""Of the counsellor whose telephone the simulator rings."""


def settings(ports: Ports, exchange_port: int, folder: Path) -> dict[str, str]:
    """The handover service's, so that it takes the exchange for Twilio."""
    return {
        "HANDOVER_TWILIO_ACCOUNT_SID": ACCOUNT,
        "HANDOVER_TWILIO_AUTH_TOKEN": TOKEN,
        "HANDOVER_TWILIO_NUMBER": NUMBER,
        "HANDOVER_TWILIO_API_URL": f"http://{LOOPBACK}:{exchange_port}",
        "HANDOVER_PUBLIC_URL": f"http://{LOOPBACK}:{ports.edge}",
        "HANDOVER_MUNICIPALITY": str(municipality(folder)),
    }


def municipality(folder: Path, hours: Mapping[str, Any] | None = None) -> Path:
    """The municipality's file, always open and with a counsellor's telephone."""
    document = yaml.safe_load((ROOT / "config" / "kommune.yml").read_text(encoding="utf-8"))
    document["aabningstider"]["dage"] = {
        day: ["00.00-23.59"] for day in document["aabningstider"]["dage"]
    } | dict(hours or {})
    document["aabningstider"]["lukket_paa_helligdage"] = "nej"
    document["aabningstider"]["lukkedage"] = []
    document.setdefault("telefoni", {})["vagttelefoner"] = [{"navn": NAME, "nummer": COUNSELLOR}]
    folder.mkdir(parents=True, exist_ok=True)
    path = folder / "kommune.yml"
    path.write_text(yaml.safe_dump(document, allow_unicode=True), encoding="utf-8")
    return path


class _Server(uvicorn.Server):
    """Ctrl-C is for the program that it runs in."""

    @contextmanager
    def capture_signals(self) -> Iterator[None]:
        yield


@asynccontextmanager
async def exchange_at(port: int, service: str) -> AsyncIterator[Exchange]:
    """``service``: where the handover service is reached, and what its webhooks are signed over."""
    exchange = Exchange(ACCOUNT, TOKEN, NUMBER, service, service)
    config = uvicorn.Config(exchange.app(), LOOPBACK, port, log_level="warning", lifespan="off")
    server = _Server(config)
    task = asyncio.create_task(server.serve())
    while not server.started:
        if task.done():
            task.result()
        await asyncio.sleep(0.02)
    try:
        yield exchange
    finally:
        await exchange.close()
        server.should_exit = True
        await task
