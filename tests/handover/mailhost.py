"""A mail server on loopback that is as strict as a real one: order of commands, addresses, TLS,
passwords, line ends, dots, and the headers that a letter must have."""

from __future__ import annotations

import asyncio
import base64
import datetime as dt
import ipaddress
import re
import ssl
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager, suppress
from dataclasses import dataclass, field
from email import message_from_bytes, policy
from email.message import EmailMessage
from email.utils import parsedate_to_datetime
from pathlib import Path

from cryptography import x509
from cryptography.hazmat.primitives import hashes, serialization
from cryptography.hazmat.primitives.asymmetric import ec
from cryptography.x509.oid import NameOID

PATH = re.compile(r"<([^@<>\s]+@[^@<>\s]+)>((?: [A-Za-z0-9]+=?[^\s]*)*)$")
LONGEST_LINE = 998
NEEDED = ("From", "To", "Date", "Message-ID", "Subject")


@dataclass
class Session:
    greeted: bool = False
    secure: bool = False
    known: bool = False
    sender: str = ""
    recipients: list[str] = field(default_factory=list)


@dataclass
class MailHost:
    """``refuse``: what RCPT is answered instead of 250. ``hang_up_after``: the connection is cut
    right after this command was answered (``DATA``: once the letter is accepted)."""

    user: str = ""
    password: str = ""
    certificate: Path | None = None
    refuse: str = ""
    hang_up_after: str = ""
    delay: float = 0.0
    port: int = 0
    letters: list[EmailMessage] = field(default_factory=list)
    recipients: list[str] = field(default_factory=list)
    complaints: list[str] = field(default_factory=list)
    sessions: int = 0

    async def serve(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        self.sessions += 1
        session = Session()
        with suppress(ConnectionError, asyncio.IncompleteReadError, ssl.SSLError):
            await _say(writer, "220 post.eksempel.dk ESMTP")
            while line := await reader.readline():
                verb, _, rest = _words(line)
                if verb == "DATA" and session.recipients:
                    await self._data(session, reader, writer)
                elif verb == "STARTTLS" and self.certificate and not session.secure:
                    await _say(writer, "220 go ahead")
                    await writer.start_tls(self._tls())
                    session = Session(secure=True)
                else:
                    answer = self._answer(session, verb, rest)
                    if answer[0] in "45":
                        self.complaints.append(f"{verb}: {answer}")
                    await _say(writer, answer)
                if verb in ("QUIT", self.hang_up_after):
                    break
        writer.close()

    def _tls(self) -> ssl.SSLContext:
        context = ssl.create_default_context(ssl.Purpose.CLIENT_AUTH)
        assert self.certificate
        context.load_cert_chain(self.certificate)
        return context

    def _answer(self, session: Session, verb: str, rest: str) -> str:
        if verb == "EHLO":
            session.greeted = bool(rest)
            return self._greeting(session) if rest else "501 who are you"
        if verb in ("RSET", "NOOP"):
            return "250 ok"
        if verb == "QUIT":
            return "221 bye"
        if not session.greeted:
            return "503 say EHLO first"
        if self.certificate and not session.secure:
            return "530 STARTTLS first"
        if verb == "AUTH":
            return self._auth(session, rest)
        if self.user and not session.known:
            return "530 log in first"
        return self._envelope(session, verb, rest)

    def _greeting(self, session: Session) -> str:
        offered = ["post.eksempel.dk", "8BITMIME", "SIZE 1000000"]
        if self.certificate and not session.secure:
            offered.append("STARTTLS")
        if self.user and (session.secure or not self.certificate):
            offered.append("AUTH PLAIN")
        return "\r\n".join([*(f"250-{word}" for word in offered[:-1]), f"250 {offered[-1]}"])

    def _auth(self, session: Session, rest: str) -> str:
        form, _, given = rest.partition(" ")
        wanted = f"\0{self.user}\0{self.password}".encode()
        session.known = form.upper() == "PLAIN" and base64.b64decode(given) == wanted
        return "235 welcome" if session.known else "535 wrong"

    def _envelope(self, session: Session, verb: str, rest: str) -> str:
        key, _, given = rest.partition(":")
        found = PATH.fullmatch(given.strip())
        if verb == "MAIL" and key.upper() == "FROM" and not session.sender:
            if not found:
                return "501 no such address"
            session.sender = found[1]
            return "250 ok"
        if verb == "RCPT" and key.upper() == "TO" and session.sender:
            if not found:
                return "501 no such address"
            if self.refuse:
                return self.refuse
            session.recipients.append(found[1])
            return "250 ok"
        return "503 bad sequence of commands"

    async def _data(
        self, session: Session, reader: asyncio.StreamReader, writer: asyncio.StreamWriter
    ) -> None:
        await _say(writer, "354 end with a dot")
        lines: list[bytes] = []
        while (line := await reader.readuntil(b"\n")) != b".\r\n":
            lines.append(line[1:] if line.startswith(b".") else line)
        await asyncio.sleep(self.delay)
        wrong = _faults(lines)
        if wrong:
            self.complaints.append(wrong)
            await _say(writer, f"550 {wrong}")
            return
        self.letters.append(message_from_bytes(b"".join(lines), policy=policy.default))
        self.recipients += session.recipients
        session.sender, session.recipients = "", []
        await _say(writer, "250 queued")


def _faults(lines: list[bytes]) -> str:
    if any(not line.endswith(b"\r\n") for line in lines):
        return "a line does not end with CRLF"
    if any(len(line) > LONGEST_LINE for line in lines):
        return "a line is too long"
    letter = message_from_bytes(b"".join(lines), policy=policy.default)
    missing = [name for name in NEEDED if not letter[name]]
    if missing:
        return f"without {missing}"
    if parsedate_to_datetime(letter["Date"]).tzinfo is None:
        return "a date without its zone"
    return "" if re.fullmatch(r"<[^@<>\s]+@[^@<>\s]+>", letter["Message-ID"]) else "no message id"


def _words(line: bytes) -> tuple[str, str, str]:
    verb, space, rest = line.decode("ascii").rstrip("\r\n").partition(" ")
    return verb.upper(), space, rest


async def _say(writer: asyncio.StreamWriter, answer: str) -> None:
    writer.write(f"{answer}\r\n".encode())
    await writer.drain()


@asynccontextmanager
async def mail_host(**how: object) -> AsyncIterator[MailHost]:
    host = MailHost(**how)  # type: ignore[arg-type]
    server = await asyncio.start_server(host.serve, "127.0.0.1", host.port)
    host.port = server.sockets[0].getsockname()[1]
    try:
        yield host
    finally:
        server.close()


def certificate(folder: Path) -> Path:
    """A certificate for 127.0.0.1 with its key, trusted by nobody who is not told to."""
    key = ec.generate_private_key(ec.SECP256R1())
    name = x509.Name([x509.NameAttribute(NameOID.COMMON_NAME, "127.0.0.1")])
    now = dt.datetime.now(dt.UTC)
    here = x509.SubjectAlternativeName([x509.IPAddress(ipaddress.ip_address("127.0.0.1"))])
    made = (
        x509.CertificateBuilder()
        .subject_name(name)
        .issuer_name(name)
        .public_key(key.public_key())
        .serial_number(x509.random_serial_number())
        .not_valid_before(now - dt.timedelta(days=1))
        .not_valid_after(now + dt.timedelta(days=1))
        .add_extension(here, critical=False)
        .add_extension(x509.BasicConstraints(ca=True, path_length=None), critical=True)
        .sign(key, hashes.SHA256())
    )
    private = key.private_bytes(
        serialization.Encoding.PEM,
        serialization.PrivateFormat.PKCS8,
        serialization.NoEncryption(),
    )
    path = folder / "post.pem"
    path.write_bytes(private + made.public_bytes(serialization.Encoding.PEM))
    return path
