"""The database server that some tests need: found on the machine, else installed if it may be.

    python3 -m tools.postgresql

`running()` starts one of its own, empty, that nobody else reaches, and removes it.
"""

from __future__ import annotations

import os
import pwd
import shutil
import signal
import subprocess
import tempfile
import time
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from urllib.parse import quote

from tools import packages, report
from tools.report import Stop

DEBIAN = Path("/usr/lib/postgresql")
WITHOUT = (
    "No PostgreSQL found, so the tests of what happens at once on it are skipped: "
    "install the package postgresql"
)
OWNERS = ("postgres", "nobody")
"""The server refuses to run as root; then it runs as the first of these that there is."""
NEW = ("--username=postgres", "--auth=trust", "--encoding=UTF8", "--locale=C.UTF-8", "--no-sync")
FAST = ("-c", "fsync=off", "-c", "synchronous_commit=off", "-c", "full_page_writes=off")
"""Nothing of it outlives the tests."""
PATIENCE = 60
"""Seconds that a busy machine may take to start it."""


def find() -> Path | None:
    """The folder of `initdb` and `postgres`: Debian keeps it out of the path."""
    on_path = shutil.which("initdb")
    found = [Path(on_path).resolve().parent] if on_path else sorted(DEBIAN.glob("*/bin"))
    return next((folder for folder in reversed(found) if (folder / "postgres").exists()), None)


def ensure() -> None:
    if not find():
        packages.install("postgresql", "the tests of the database", WITHOUT)


@contextmanager
def running() -> Iterator[str]:
    """A new server's address, for SQLAlchemy; it listens on a socket in its own folder only.

    Raises:
        Stop: It is not installed, or does not start.
    """
    programs = find()
    if not programs:
        raise Stop(WITHOUT)
    folder = Path(tempfile.mkdtemp(prefix="postgresql-"))
    user = _owner()
    if user:
        shutil.chown(folder, user)
    try:
        data, log = folder / "data", folder / "log"
        made = subprocess.run(
            [programs / "initdb", "-D", data, *NEW], user=user, cwd=folder, capture_output=True
        )
        if made.returncode:
            raise Stop(f"PostgreSQL's initdb failed: {made.stderr.decode(errors='replace')}")
        listen = ["-c", "listen_addresses=", "-c", f"unix_socket_directories={folder}"]
        with log.open("wb") as out:
            server = subprocess.Popen(
                [programs / "postgres", "-D", data, *listen, *FAST],
                user=user,
                cwd=folder,
                stdout=out,
                stderr=subprocess.STDOUT,
                start_new_session=True,  # Ctrl-C is for the tests, which stop it afterwards
            )
        try:
            _wait(server, programs, folder, log)
            yield f"postgresql+psycopg://postgres@/postgres?host={quote(str(folder), safe='')}"
        finally:
            server.send_signal(signal.SIGINT)  # at once, also for whoever is connected
            server.wait()
    finally:
        shutil.rmtree(folder, ignore_errors=True)


def _owner() -> str | None:
    if os.geteuid() != 0:
        return None
    known = {entry.pw_name for entry in pwd.getpwall()}
    return next((name for name in OWNERS if name in known), None)


def _wait(server: subprocess.Popen[bytes], programs: Path, folder: Path, log: Path) -> None:
    until = time.monotonic() + PATIENCE
    while subprocess.run([programs / "pg_isready", "-q", "-h", folder]).returncode:
        if server.poll() is not None or time.monotonic() > until:
            raise Stop(f"PostgreSQL did not start: {log.read_text(errors='replace')}")
        time.sleep(0.1)


if __name__ == "__main__":
    report.run(ensure)
