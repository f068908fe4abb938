"""The webhooks that Twilio calls for SMS."""

from collections.abc import Mapping
from typing import Annotated

from fastapi import APIRouter, Depends, Query, Response
from twilio.twiml.messaging_response import MessagingResponse

from handover.telephony.account import Account
from handover.telephony.signature import signed
from handover.telephony.sms.outbox import STATUS
from handover.telephony.sms.worker import Worker


def router(account: Account, worker: Worker) -> APIRouter:
    routes = APIRouter(include_in_schema=False)
    Fields = Annotated[Mapping[str, str], Depends(signed(account))]  # noqa: N806

    @routes.post("/twilio/sms")
    async def incoming(fields: Fields) -> Response:
        """Answered once the SMS is stored; what there is to say goes out by itself."""
        answer = MessagingResponse()
        sid, sender = fields.get("MessageSid", ""), fields.get("From", "")
        if sid and fields.get("To") == account.number:
            said = await worker.inbox.receive(sid, sender, fields.get("Body", ""))
            if said:
                answer.message(said)
            worker.wake()
        return Response(str(answer), media_type="text/xml")

    @routes.post(STATUS, status_code=204)
    async def status(
        fields: Fields, outgoing: Annotated[str, Query(alias="id", max_length=36)]
    ) -> Response:
        sid, state = fields.get("MessageSid", ""), fields.get("MessageStatus", "")
        await worker.outbox.report(outgoing, sid, state, fields.get("ErrorCode", ""))
        return Response(status_code=204)

    return routes
