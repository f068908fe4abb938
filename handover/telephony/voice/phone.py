"""The telephone put together."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from bot.safety.resources import Resource
from bot.tracks.catalogue import Catalogue
from handover.clock import Clock
from handover.conversations.service import ConversationService
from handover.conversations.turn import Turns
from handover.handovers.service import HandoverService
from handover.municipality import Municipality
from handover.pages.words import Words
from handover.storage.work import Store
from handover.telephony.account import Account
from handover.telephony.voice.callback import CallBack
from handover.telephony.voice.recording import Recorder
from handover.telephony.voice.ringing import Ringing
from handover.telephony.voice.speech import Speech
from handover.telephony.voice.spoken import Spoken
from handover.telephony.voice.talk import Talk
from handover.telephony.voice.transfer import Transfer
from handover.texts import Texts


@dataclass(frozen=True)
class House:
    """What the telephone needs of the rest."""

    store: Store
    turns: Turns
    conversations: ConversationService
    desk: HandoverService
    texts: Texts
    municipality: Municipality
    resources: Sequence[Resource]
    catalogue: Catalogue
    words: Words
    clock: Clock


@dataclass(frozen=True)
class Phone:
    spoken: Spoken
    talk: Talk
    transfer: Transfer
    ringing: Ringing
    recorder: Recorder


def open_phone(house: House, account: Account, own: Texts, answer_within: float) -> Phone:
    rules = house.municipality.telephony
    speech = Speech(house.resources, own.say("tale_numre_igen"))
    spoken = Spoken(house.texts, own, speech, account, rules.voice, house.catalogue)
    back = CallBack(house.store, spoken, house.municipality, house.clock)
    recorder = Recorder(house.store, account, rules)
    transfer = Transfer(
        house.store, house.desk, spoken, back, recorder, house.municipality, house.catalogue,
        house.words, house.clock,
    )  # fmt: skip
    talk = Talk(
        house.store, house.turns, house.conversations, spoken, transfer, back, house.municipality,
        house.clock, answer_within,
    )  # fmt: skip
    ringing = Ringing(house.store, account, spoken, transfer, recorder, rules)
    return Phone(spoken, talk, transfer, ringing, recorder)
