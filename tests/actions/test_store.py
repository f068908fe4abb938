"""The action server never pretends to have a conversation that it was not given."""

from __future__ import annotations

import httpx
import pytest

from bot.actions.store import Record, Store
from bot.tracks.intake import Intake


def store(status: int | None) -> Store:
    def answer(request: httpx.Request) -> httpx.Response:
        if status is None:
            raise httpx.ConnectError("down", request=request)
        return httpx.Response(status, json={})

    return Store("http://127.0.0.1:1", "secret", transport=httpx.MockTransport(answer))


@pytest.mark.parametrize("status", [None, 403, 404, 500])
async def test_a_conversation_that_cannot_be_read_is_an_error_and_not_an_empty_one(status):
    with pytest.raises(httpx.HTTPError):
        await store(status).read("c1")


@pytest.mark.parametrize("status", [None, 403, 404, 500])
async def test_a_hand_over_that_was_not_made_is_an_error(status):
    with pytest.raises(httpx.HTTPError):
        await store(status).hand_over(Record("c1", Intake()), "menneske")
