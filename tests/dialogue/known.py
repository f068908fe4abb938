"""Conversations in which a promise is still broken, and why. Each is work to be done, not a wish.

A conversation leaves this list when it is kept; none may be added to make a change pass.
"""

from __future__ import annotations

FALSE_ALARM = "the first message sets off a direct question or an alarm too early"
CORRECTION = "a correction of a criterion's answer is not understood as one"
READING = "the matter, told late or in few words, is not read surely enough"

STILL_BROKEN = {
    "an efterskole teacher learns halfway that the pupil has said goodbye and help is shown at once": FALSE_ALARM,
    "a kindergarten teacher takes an answer back and both answers reach the counsellor": CORRECTION,
    "a worried mother of a girl of 13 asks the price and takes back what she said about eating": CORRECTION,
    "a mother who dictates corrects the age of a restless and fearful boy from 10 to 11": READING,
    "a mother on SMS finds a farewell letter from her withdrawn boy of 13 in the middle of the questions": FALSE_ALARM,
    "a father of a boy of 10 who eats five things and has no worry about his body": READING,
    "a mother of a restless boy of 11 wants a person before the first question": READING,
    "a mother who begins in English is answered and goes on in simple Danish": READING,
    "gibberish is asked about once in other words and the real message is then taken in": READING,
    "danger told as the answer to another question is not taken for an ordinary answer": FALSE_ALARM,
    "a girl of 16 on SMS with sadness and self-harm has thoughts of dying but no plan": FALSE_ALARM,
    "a fearful girl of 12 on the phone asks for a grown-up when it is about contact": READING,
    "a boy of 14 on the phone who dares not leave home asks how long one waits": READING,
    "a girl of 15 with body thoughts and worries changes her mind about her parents and wants no contact": CORRECTION,
}
