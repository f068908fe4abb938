"""What the danger screen alone costs: milliseconds for each message and memory.

.venv/bin/python -m tools.measure.screen_reader < texts.json

``["...", ...]`` in; ``{"ms": [...], "memory_mb": 61.2}`` out, as the last line.
"""

from __future__ import annotations

import json
import sys
import time

from tools.measure.memory import resident_mb


def main() -> None:
    texts: list[str] = json.load(sys.stdin)
    before = resident_mb()
    from bot.safety.screen import Screen

    screen = Screen.load()
    screen.read([texts[0]])  # loads what is loaded at the first message
    took = []
    for text in texts:
        started = time.perf_counter()
        screen.read([text])
        took.append((time.perf_counter() - started) * 1000)
    print(json.dumps({"ms": took, "memory_mb": resident_mb() - before}))


if __name__ == "__main__":
    main()
