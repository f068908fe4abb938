"""Reads messages with a Rasa model and says what they are; runs in the Rasa environment.

.venv-bot/bin/python -m tools.measure.stock_reader MODEL < texts.json

``["Hvornår har I åbent?", ...]`` in; ``{"intents": ["aabningstider", ...], "ms": [15.1, ...]}``
out, as the last line.
"""

from __future__ import annotations

import asyncio
import json
import sys
import time

from rasa.core.agent import Agent


async def read(model: str, texts: list[str]) -> dict[str, list[str] | list[float]]:
    agent, intents, took = Agent.load(model), [], []
    for text in texts:
        started = time.perf_counter()
        parse = await agent.parse_message(text)
        took.append((time.perf_counter() - started) * 1000)
        intents.append(str(parse["intent"]["name"]))
    return {"intents": intents, "ms": took}


if __name__ == "__main__":
    print(json.dumps(asyncio.run(read(sys.argv[1], json.load(sys.stdin)))))
