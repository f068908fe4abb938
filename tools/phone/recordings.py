"""The exchange's recordings: begun by request, complete when the call ends, fetched and deleted."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any

from fastapi import FastAPI, Request
from fastapi.responses import JSONResponse, Response

from tools.phone.description import problems

if TYPE_CHECKING:
    from tools.phone.exchange import Exchange

RECORD = "/2010-04-01/Accounts/{AccountSid}/Calls/{CallSid}/Recordings.json"
RECORDING = "/2010-04-01/Accounts/{AccountSid}/Recordings/{Sid}.json"
MEDIA = "/2010-04-01/Accounts/{account_sid}/Recordings/{sid}.mp3"
IN_PROGRESS, COMPLETED = "in-progress", "completed"
SECONDS = 61
DATE = "Mon, 23 Nov 2026 09:00:00 +0000"


@dataclass
class Recording:
    sid: str
    call_sid: str
    callback: str
    status: str = IN_PROGRESS

    @property
    def sound(self) -> bytes:
        return f"what was said in {self.call_sid}".encode()


@dataclass
class Recordings:
    """``down``: nothing is answered but 503. ``lost``: the next request to record is carried out,
    and its answer gets lost."""

    exchange: Exchange
    kept: dict[str, Recording] = field(default_factory=dict)
    deleted: list[str] = field(default_factory=list)
    running: set[str] = field(default_factory=set)
    down: bool = False
    lost: bool = False

    # what becomes of a call

    def began(self, call_sid: str) -> None:
        self.running.add(call_sid)

    async def ended(self, call_sid: str) -> None:
        """What was recorded of the call is complete, and told."""
        self.running.discard(call_sid)
        for one in list(self.kept.values()):
            if one.call_sid == call_sid and one.status == IN_PROGRESS:
                one.status = COMPLETED
                await self.report(one)

    async def report(self, one: Recording) -> Any:
        account = self.exchange.account_sid
        fields = {
            "CallSid": one.call_sid,
            "RecordingSid": one.sid,
            "RecordingUrl": f"https://api.twilio.com/2010-04-01/Accounts/{account}/Recordings/"
            f"{one.sid}",
            "RecordingStatus": one.status,
            "RecordingDuration": str(SECONDS),
            "RecordingChannels": "2",
            "RecordingSource": "StartCallRecordingAPI",
        }
        return await self.exchange.call(one.callback.removeprefix(self.exchange.public_url), fields)

    # Twilio's API

    def install(self, app: FastAPI) -> None:
        @app.post(RECORD.replace("{AccountSid}", "{account_sid}").replace("{CallSid}", "{sid}"))
        async def create(account_sid: str, sid: str, request: Request) -> Response:
            form = await request.form()
            fields = [(name, str(value)) for name, value in form.multi_items()]
            return self._no(request, account_sid) or self._create(sid, fields)

        @app.delete(RECORDING.replace("{AccountSid}", "{account_sid}").replace("{Sid}", "{sid}"))
        async def delete(account_sid: str, sid: str, request: Request) -> Response:
            return self._no(request, account_sid) or self._delete(sid)

        @app.get(MEDIA)
        async def media(account_sid: str, sid: str, request: Request) -> Response:
            return self._no(request, account_sid) or self._media(sid, request)

    def _no(self, request: Request, account_sid: str) -> Response | None:
        if not self.exchange.knows(request, account_sid):
            return _error(401, 20003, "Authenticate")
        return _error(503, 20503, "Service unavailable") if self.down else None

    def _create(self, call_sid: str, fields: list[tuple[str, str]]) -> Response:
        wrong = problems(RECORD, fields)
        if wrong:
            self.exchange.refused.append(wrong)
            return _error(400, 20001, wrong[0])
        if call_sid not in self.running:
            return _error(400, 21220, "Unable to create record. Call is not in-progress")
        callback = dict(fields).get("RecordingStatusCallback", "")
        one = Recording(self.exchange.new_sid("RE"), call_sid, callback)
        self.kept[one.sid] = one
        if self.lost:
            self.lost = False
            return _error(503, 0, "the answer that got lost")
        account = self.exchange.account_sid
        return JSONResponse(
            {
                "account_sid": account,
                "api_version": "2010-04-01",
                "call_sid": call_sid,
                "conference_sid": None,
                "channels": 2,
                "date_created": DATE,
                "date_updated": DATE,
                "start_time": DATE,
                "price": None,
                "price_unit": None,
                "duration": None,
                "sid": one.sid,
                "source": "StartCallRecordingAPI",
                "status": one.status,
                "error_code": None,
                "encryption_details": None,
                "track": "both",
                "uri": f"/2010-04-01/Accounts/{account}/Calls/{call_sid}/Recordings/{one.sid}.json",
            },
            201,
        )

    def _delete(self, sid: str) -> Response:
        one = self.kept.get(sid)
        if one is None:
            return _error(404, 20404, "The requested resource was not found")
        if one.status == IN_PROGRESS:
            return _error(400, 20001, "The recording is still in progress")
        del self.kept[sid]
        self.deleted.append(sid)
        return Response(status_code=204)

    def _media(self, sid: str, request: Request) -> Response:
        one = self.kept.get(sid)
        if one is None or one.status != COMPLETED:
            return _error(404, 20404, "The requested resource was not found")
        span, whole = request.headers.get("Range", ""), one.sound
        if not span.startswith("bytes="):
            return Response(whole, media_type="audio/mpeg")
        first, _, last = span.removeprefix("bytes=").partition("-")
        end = min(int(last or len(whole) - 1), len(whole) - 1)
        place = {"Content-Range": f"bytes {first}-{end}/{len(whole)}", "Accept-Ranges": "bytes"}
        return Response(whole[int(first) : end + 1], 206, place, "audio/mpeg")


def _error(status: int, code: int, message: str) -> JSONResponse:
    more = f"https://www.twilio.com/docs/errors/{code}"
    content = {"code": code, "message": message, "more_info": more, "status": status}
    return JSONResponse(content, status)
