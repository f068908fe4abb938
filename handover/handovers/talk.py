"""What a counsellor who has a case does in its talk: speak, type, read."""

from __future__ import annotations

from bot.tracks.catalogue import Catalogue
from bot.tracks.intake import COMMON
from handover.clock import Clock
from handover.conversations.feed import Notice
from handover.conversations.messages import COUNSELLOR, Draft, Message
from handover.conversations.signs import Signs
from handover.errors import Problem
from handover.handovers.desk import conversation_of, found, owned, sign_of_life
from handover.handovers.schemas import Spoken
from handover.storage.conversations import Conversation
from handover.storage.receipts import READ
from handover.storage.work import Store, Work


class Talk:
    def __init__(self, store: Store, catalogue: Catalogue, signs: Signs, clock: Clock) -> None:
        self.store, self.catalogue, self.signs, self.clock = store, catalogue, signs, clock

    async def speak(self, handover_id: str, actor: str, spoken: Spoken, text: str) -> Message:
        """The same ``client_message_id`` again has no second effect and gets the same message,
        also when the case has been passed on since."""
        draft = self._draft(spoken, text)
        async with self.store.write() as work:
            conversation = await conversation_of(work, await found(work, handover_id))
            said = await _said_before(work, conversation, spoken.client_message_id)
            if said:
                return said
            handover = await owned(work, handover_id, actor)
            message = await work.conversations.speak(conversation, draft, spoken.client_message_id)
            await sign_of_life(work, handover, actor, self.clock())
            work.announce(conversation.id)
            self.signs.over(conversation.id, COUNSELLOR)
            return message

    def _draft(self, spoken: Spoken, text: str) -> Draft:
        """A question keeps the criterion that it asks about, as the assistant's do."""
        if not spoken.question:
            return Draft(COUNSELLOR, text)
        track = spoken.track or COMMON
        try:
            criterion = self.catalogue.group(track)[spoken.question]
        except KeyError:
            raise Problem(422, "ugyldig", fields={"fields": ["body.question"]}) from None
        group = None if track == COMMON else track
        return Draft(COUNSELLOR, text, "question", criterion.id, track=group)

    async def typing(self, handover_id: str, actor: str) -> None:
        async with self.store.read() as work:
            handover = await owned(work, handover_id, actor)
        self.signs.tell(handover.conversation_id, COUNSELLOR)

    async def read(self, handover_id: str, actor: str, through: int) -> None:
        """The citizen is told that it was read, not by whom."""
        async with self.store.read() as work:
            handover = await owned(work, handover_id, actor)
            if not await work.receipts.advances(handover.conversation_id, **{READ: through}):
                return
        async with self.store.write() as work:
            handover = await owned(work, handover_id, actor)
            conversation = await conversation_of(work, handover)
            await work.receipts.reach(conversation.id, **{READ: through})
            await sign_of_life(work, handover, actor, self.clock())
            work.announce(conversation.id, Notice("seen"))


async def _said_before(
    work: Work, conversation: Conversation, client_message_id: str | None
) -> Message | None:
    """Raises Problem 422 for an id that the citizen has used."""
    if client_message_id is None:
        return None
    message = await work.conversations.by_client_message_id(conversation, client_message_id)
    if message and message.sender != COUNSELLOR:
        raise Problem(422, "ugyldig", fields={"fields": ["body.client_message_id"]})
    return message
