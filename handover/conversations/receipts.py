"""How far the citizen has come with what counsellors write."""

from __future__ import annotations

from handover.conversations.admission import admitted
from handover.storage.receipts import DELIVERED, SEEN
from handover.storage.work import Store


class Receipts:
    def __init__(self, store: Store) -> None:
        self.store = store

    async def reached(self, conversation_id: str, token: str, delivered: int, seen: int) -> None:
        """What is known already is not written: pages report the same after every reload."""
        through = {DELIVERED: max(delivered, seen), SEEN: seen}
        async with self.store.read() as work:
            await admitted(work, conversation_id, token)
            if not await work.receipts.advances(conversation_id, **through):
                return
        async with self.store.write() as work:
            conversation = await admitted(work, conversation_id, token)
            await work.receipts.reach(conversation_id, **through)
            work.announce(conversation.id)
