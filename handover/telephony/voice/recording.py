"""The talk between citizen and counsellor recorded, where the municipality wants it and the citizen
has said yes (docs/decisions/0026).

Twilio records and keeps it. We keep how it is found there, let the counsellor hear it through us,
and ask Twilio to delete it, as often as needed, when it belongs to no conversation any more.
"""

from __future__ import annotations

import asyncio
import logging
import re
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import timedelta

from requests import Response

from bot.safety.screen import ALARM
from bot.tracks.intake import Intake
from handover.accounts.login import Caller
from handover.accounts.roles import LEDER
from handover.errors import Problem
from handover.handovers.desk import found
from handover.municipality import Telephony
from handover.storage.calls import Leg
from handover.storage.recordings import Recording
from handover.storage.work import Store, Work
from handover.telephony.account import Account, RefusedError
from handover.telephony.voice.notes import intake_of

log = logging.getLogger("handover.voice")

REPORT = "/twilio/voice/recording"
START_WITHIN = 4.0
"""Seconds for Twilio to begin; two people wait meanwhile to be connected."""
REPORTED_WITHIN = timedelta(days=2)
"""Twilio ends a call after four hours, and tells of its recording then."""
BACKOFF = tuple(timedelta(minutes=m) for m in (1, 5, 30, 120, 360))
"""Between two tries to have it deleted; the last for as long as it takes."""
NOT_THERE = 20404
"""Twilio: there is no such thing."""
_SID = re.compile(r"RE[0-9a-fA-F]{32}")
_SECONDS = re.compile(r"[0-9]{1,6}")


@dataclass(frozen=True)
class Sound:
    """What Twilio gives, as it comes: bytes to be passed on."""

    response: Response
    status: int
    headers: Mapping[str, str]


class Recorder:
    def __init__(self, store: Store, account: Account, rules: Telephony) -> None:
        self.store, self.account, self.rules = store, account, rules.recording
        self.clock = store.clock

    def asked(self, intake: Intake) -> bool:
        """Is the citizen asked? Nobody in danger is held up by it, nor recorded."""
        return self.rules.on and intake.safety.level != ALARM

    async def allowed(self, work: Work, conversation_id: str) -> bool:
        """The same of a conversation as it is now."""
        conversation = await work.conversations.get(conversation_id)
        return conversation is not None and self.asked(await intake_of(work, conversation))

    # recording

    async def start(self, leg: Leg, call_sid: str) -> bool:
        """Record this call from now on, to which the citizen has said yes. False when it cannot be;
        if Twilio began all the same and only its answer is late, that is deleted."""
        async with self.store.write() as work:
            # since the yes there may have been danger, or it may be erased
            if not await self.allowed(work, leg.conversation_id):
                await work.calls.unrecorded(leg.id)
                return False
            recording_id = await work.recordings.add(leg.conversation_id, leg.id)
        try:
            sid = await asyncio.wait_for(self._create(recording_id, call_sid), START_WITHIN)
        except (RefusedError, TimeoutError) as error:
            log.error("call %s is not recorded: %s", leg.id, error)
            async with self.store.write() as work:
                await work.calls.unrecorded(leg.id)
                if isinstance(error, RefusedError) and error.for_good:
                    await work.recordings.gone(recording_id)
                await work.recordings.let_go(recording_id)
                work.announce(leg.conversation_id)
            return False
        async with self.store.write() as work:
            await work.recordings.named(recording_id, sid)
            work.announce(leg.conversation_id)
        return True

    async def _create(self, recording_id: str, call_sid: str) -> str:
        callback = self.account.url(f"{REPORT}?id={recording_id}")
        made = await self.account.ask(
            lambda twilio: twilio.calls(call_sid).recordings.create(
                recording_channels="dual",
                recording_status_callback=callback,
                recording_status_callback_method="POST",
                recording_status_callback_event=["completed", "absent"],
            )
        )
        return str(made.sid)

    async def report(self, recording_id: str, fields: Mapping[str, str]) -> None:
        """What Twilio tells of a recording; it may come twice, or before its answer to us."""
        sid, seconds = fields.get("RecordingSid", ""), fields.get("RecordingDuration", "")
        async with self.store.write() as work:
            one = await work.recordings.get(recording_id)
            if one is None or not _SID.fullmatch(sid) or one.sid not in (None, sid):
                return
            if fields.get("RecordingStatus") == "absent":
                await work.recordings.gone(recording_id)
            else:
                await work.recordings.named(recording_id, sid)
                known = int(seconds) if _SECONDS.fullmatch(seconds) else 0
                await work.recordings.complete(recording_id, known)
            if one.conversation_id:
                work.announce(one.conversation_id)

    # hearing

    async def hear(
        self, handover_id: str, recording_id: str, caller: Caller, span: str | None
    ) -> Sound:
        """Noted in the audit trail. ``span``: the part that a browser asks for (``Range``)."""
        async with self.store.write() as work:
            one = await self._theirs(work, handover_id, recording_id, caller)
            await work.trail.note(caller.name, "heard", handover_id)
        if one.sid is None:
            raise Problem(404, "optagelse_mangler")
        try:
            response = await self.account.media(f"Recordings/{one.sid}.mp3", span)
        except RefusedError as error:
            raise Problem(503, "optagelse_mangler") from error
        if response.status_code not in (200, 206):
            response.close()
            log.error("recording %s is not to be had: %s", one.id, response.status_code)
            raise Problem(404 if response.status_code == 404 else 503, "optagelse_mangler")
        passed = ("Content-Length", "Content-Range", "Accept-Ranges")
        headers = {name: response.headers[name] for name in passed if name in response.headers}
        return Sound(response, response.status_code, headers)

    async def forget(self, handover_id: str, recording_id: str, caller: Caller) -> None:
        """The citizen does not want it to be kept any more."""
        async with self.store.write() as work:
            one = await self._theirs(work, handover_id, recording_id, caller)
            await work.recordings.let_go(one.id)
            await work.trail.note(caller.name, "recording_deleted", handover_id)
            work.announce(str(one.conversation_id))

    async def _theirs(
        self, work: Work, handover_id: str, recording_id: str, caller: Caller
    ) -> Recording:
        """For the counsellor who has the case, and for leaders who are counsellors too."""
        handover = await found(work, handover_id)
        one = await work.recordings.get(recording_id)
        if one is None or one.conversation_id != handover.conversation_id:
            raise Problem(404, "findes_ikke")
        if handover.claimed_by != caller.name and LEDER not in caller.account.roles:
            raise Problem(409, "ikke_din", fields={"held_by": handover.claimed_by})
        return one

    # deleting

    async def round(self) -> None:
        """Ask Twilio to delete what is too old or belongs to no conversation."""
        now = self.clock()
        async with self.store.write() as work:
            await work.recordings.let_go_old(now - self.rules.kept)
            lost = await work.recordings.forget_unreported(now - REPORTED_WITHIN)
            due = await work.recordings.due()
        if lost:
            log.error("%s recordings were asked for and never reported: see Twilio's list", lost)
        for one in due:
            await self._delete(one)

    async def _delete(self, one: Recording) -> None:
        try:
            await self.account.ask(lambda twilio: twilio.recordings(one.sid).delete())
        except RefusedError as error:
            if error.code != NOT_THERE:
                log.error("recording %s not deleted, try %s: %s", one.id, one.tries + 1, error)
                pause = BACKOFF[min(one.tries, len(BACKOFF) - 1)]
                async with self.store.write() as work:
                    await work.recordings.later(one, self.clock() + pause)
                return
        async with self.store.write() as work:
            await work.recordings.gone(one.id)
