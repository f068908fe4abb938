"""E-mails to duty contacts and counsellors, over the municipality's own mail server."""

from __future__ import annotations

import asyncio
import smtplib
import ssl
from contextlib import suppress
from email.message import EmailMessage
from email.utils import format_datetime

from handover import opening
from handover.clock import Clock
from handover.pages.words import Words
from handover.settings import Settings
from handover.watch.call import Call, CallError


class Mail:
    def __init__(self, settings: Settings, words: Words, clock: Clock) -> None:
        self.settings, self.words, self.clock = settings, words, clock

    async def send(self, address: str, call: Call) -> None:
        told = {
            "prioritet": self.words.say(call.priority, "prioritet"),
            "siden": opening.in_words(call.since),
            "adresse": call.link,
        }
        subject, text = (self.words.say(name, "vagtbesked", **told) for name in ("emne", "tekst"))
        await self.post(address, call.id, subject, text, importance="high")

    async def post(
        self, address: str, id: str, subject: str, text: str, importance: str = "normal"
    ) -> None:
        """``id`` stays the same over every new try. Raises CallError."""
        sender = self.settings.smtp_sender
        message = EmailMessage()
        message["From"], message["To"] = sender, address
        message["Subject"] = subject
        message["Date"] = format_datetime(self.clock())
        message["Message-ID"] = f"<{id}@{sender.rpartition('@')[2]}>"
        message["Auto-Submitted"] = "auto-generated"
        message["Importance"] = importance
        message.set_content(text + "\n", cte="quoted-printable")
        try:
            await asyncio.to_thread(self._deliver, message)
        except (smtplib.SMTPException, OSError, ValueError) as error:  # also a password with æøå
            raise CallError(type(error).__name__) from error

    def _deliver(self, message: EmailMessage) -> None:
        """In a thread of its own: the standard library's client waits."""
        server, password = self._connected(), self.settings.smtp_password
        try:
            if self.settings.smtp_user:
                server.login(self.settings.smtp_user, password.get_secret_value())
            server.send_message(message)
            with suppress(smtplib.SMTPException, OSError):  # it is received: not to be sent again
                server.quit()
        finally:
            server.close()

    def _connected(self) -> smtplib.SMTP:
        found = self.settings
        place = (found.smtp_host, found.smtp_port)
        if found.smtp_security == "tls":
            return smtplib.SMTP_SSL(
                *place, timeout=found.call_timeout, context=ssl.create_default_context()
            )
        server = smtplib.SMTP(*place, timeout=found.call_timeout)
        if found.smtp_security == "starttls":
            _secure(server)
        return server


def _secure(server: smtplib.SMTP) -> None:
    """Refuses to go on in the clear."""
    try:
        server.starttls(context=ssl.create_default_context())
    except (smtplib.SMTPException, OSError):
        server.close()
        raise
