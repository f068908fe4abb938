"""Conversations in which a promise is still broken, and why. Each is work to be done, not a wish.

A conversation leaves this list when it is kept; none may be added to make a change pass.
"""

from __future__ import annotations

FALSE_ALARM = "an alarm comes too early, so what the citizen had to tell is never asked for"
CORRECTION = "a correction of a criterion's answer is not kept beside the first"
TWICE = "a question that was answered comes once more"
NEVER_ASKED = "the question before the aside never comes, because the track is not seen"
PHONE = "a telephone number said in words, or a contact by sms, is not taken"

STILL_BROKEN = {
    "an efterskole teacher learns halfway that the pupil has said goodbye and help is shown at once": FALSE_ALARM,
    "a kindergarten teacher takes an answer back and both answers reach the counsellor": CORRECTION,
    "a worried mother of a girl of 13 asks the price and takes back what she said about eating": CORRECTION,
    "a mother who dictates corrects the age of a restless and fearful boy from 10 to 11": TWICE,
    "a mother on SMS finds a farewell letter from her withdrawn boy of 13 in the middle of the questions": FALSE_ALARM,
    "a father of a boy of 10 who eats five things and has no worry about his body": NEVER_ASKED,
    "a mother of a restless boy of 11 wants a person before the first question": TWICE,
    "a mother who begins in English is answered and goes on in simple Danish": TWICE,
    "gibberish is asked about once in other words and the real message is then taken in": TWICE,
    "danger told as the answer to another question is not taken for an ordinary answer": FALSE_ALARM,
    "a girl of 16 on SMS with sadness and self-harm has thoughts of dying but no plan": PHONE,
    "a fearful girl of 12 on the phone asks for a grown-up when it is about contact": TWICE,
    "a boy of 14 on the phone who dares not leave home asks how long one waits": PHONE,
    "a girl of 15 with body thoughts and worries changes her mind about her parents and wants no contact": CORRECTION,
}
