"""How much memory a process holds, as Linux tells it."""

from __future__ import annotations

import re
from pathlib import Path

from tools.report import Stop


def resident_mb(pid: int | str = "self") -> float:
    """Resident memory in MB (10^6 bytes)."""
    try:
        status = Path(f"/proc/{pid}/status").read_text("ascii", errors="replace")
    except OSError as error:
        raise Stop(f"The memory of process {pid} cannot be read: bench needs Linux") from error
    found = re.search(r"^VmRSS:\s+(\d+) kB", status, re.MULTILINE)
    return int(found[1]) * 1024 / 1e6 if found else 0.0
