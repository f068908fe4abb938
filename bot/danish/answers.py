"""Yes, no, both, don't know, won't say: the way Danes answer a direct question.

Only what the words themselves say; what an answer means for a criterion is read by the trained
sign reader (bot.nlu.signs), which uses this as one of its clues.
"""

from __future__ import annotations

import re

from bot.danish.words import plain

YES, NO = "ja", "nej"
DONT_KNOW, WONT_SAY, PARTLY = "ved_ikke", "vil_ikke_svare", "delvist"

_WONT_SAY = re.compile(
    r"\b(spring(e)? (det |den |dette |spørgsmålet )?over|næste( spørgsmål)?$|skip|pas på den"
    r"|(det |vil )?(jeg )?(helst )?(ikke?|ik) (svare|sige|snakke om|tale om|fortælle)"
    r"|har (jeg |vi )?(ikke|ik) lyst til at (svare|sige|snakke|tale)|rager (ikke )?(dig|jer)|kommer ikke (dig|jer) ved"
    r"|ønsker ikke at (svare|oplyse|sige)|svarer (jeg )?(ikke|ik) på|privat$)"
)
_WONT_SAY_WISH = re.compile(
    r"\b(vil|ville|vel)\b.{0,14}\b(ikke|ik|ikk|helst ikke|nødig)\b.{0,18}\b(svare|sige|snakke|tale om|oplyse|ind på)\b"
    r"|\bdet vil jeg (helst |hellere )?(ikke|ik|ikk)\b( svare på| sige)?( noget om)?$|\bvil helst ikke$"
)
_CANNOT_SAY = re.compile(
    r"\bkan (jeg|vi|man) ([a-zæøå]+ ){0,2}(ikke|ik|ikk) (svare|sige|vide|vurdere|udtale)\b"
    r"|\bdet må (?!(?:jeg|vi|man)\b)([a-zæøå]+ ){1,3}(svare|vide|sige)\b"
)
_OF_ANOTHER = re.compile(
    r"\b(hun|han|de|barnet|drengen|pigen|datteren|sønnen|eleven)\b.{0,40}\b(vil|kan|tør|gider|ønsker)\b"
    r".{0,10}\b(ikke|ik|ikk)\b"
)
"""What somebody else will not talk about is told, not refused."""
_NO_IDEA = re.compile(r"^(det )?(har |aner )?(jeg )?ingen (anelse|ide|idé)\b")
_SURELY_NOT = re.compile(
    r"^(selvfølgelig|helt sikkert|absolut|bestemt|klart|heldigvis|overhovedet|naturligvis)"
    r" (ikke|ik|ikk|nej)\b|^ne{2,}j+\b|^ikke rigtigt?\b"
)
_DONT_KNOW = re.compile(
    r"\b(ved|veed|vd|aner|æ ved) (det )?(desværre |simpelthen |godt nok |sgu |bare |jeg |vi |faktisk |ærligt talt |altså |æ )*"
    r"(ikke|ik|ikk|ik'|ek|it|nu ikke)\b"
    r"|\bdet (ved|aner) (jeg|vi) (desværre |simpelthen |sgu |faktisk |godt nok |ærligt talt )*(ikke|ik|ikk)\b"
    r"|\b(idk|dunno|pas|ingen (ide|idé|anelse)|har ingen anelse|anede ikke|uvist|aner det ikke)\b"
    r"|\b(ikke|ik) (helt |rigtig |så )?(sikker|klar over)\b|\bsvært at (sige|svare på|vurdere|bedømme)\b"
    r"|\bkan (jeg|vi) (ikke|ik|simpelthen ikke|desværre ikke) (svare|vurdere|sige|bedømme|udtale)"
    r"|\b(ikke|ik) (kvalificeret|min opgave|mit bord|kendskab til det|oplysninger om)"
    r"|\bhar (jeg|vi) (ikke|ingen) (oplysninger|forstand|kendskab|viden)|\bfremgår ikke\b"
    r"|\b(forstår|fatter) (ikke|ik) (det )?(ord|spørgsmål)|\bkan ikke huske\b|\bmåske måske ikke\b|\bdet må (du|i) spørge\b"
)
_PARTLY = re.compile(
    r"^(både og|både ja og nej|ja og nej|nogle gange|nogen gange|engang imellem|en gang imellem|af og til|ind imellem"
    r"|indimellem|lidt|en smule|sådan lidt|halvt om halvt|til dels|delvist|det kommer an på|kommer an på|det svinger"
    r"|sommetider|til tider|måske|måske lidt|tja|tjo|det er forskelligt|nogle dage|en gang i mellem)\b"
)
_MAYBE = re.compile(
    r"^(tja|tjo|måske|kan(ske| godt være)|det kan (da |jo )?(godt )?være|muligvis)"
    r"( (måske|tja|tjo|ikke|ja|jo|nej|det))*$"
)
_HESITATES = (
    r"^((øh+|øhm|altså|hmm?|mm+|ah|åh|årh|uha|puh|(ha)+h?|hehe|tja|jamen|ok|okay|nå|gud) )*"
)
_YES_START = re.compile(
    rf"{_HESITATES}"
    r"(ja+|jo+|jep|japs|jeps|jaja|jada|jah|jaer|yes|yep|ye|yeah|ya|mhm|mm|jojo|nemlig|præcis|bestemt|selvfølgelig|helt sikkert"
    r"|absolut|(100|hundrede) (procent|pct)(?! (ikke|ik|ikk|nej|aldrig|ingen|intet|sikkert? (ikke|på))\b)|desværre ja|klart|korrekt|rigtigt|desvære ja|i høj grad|i meget høj grad|det kan du tro|uden tvivl)\b"
)
_NO_START = re.compile(
    rf"{_HESITATES}"
    r"(nej+|næ+h*|nej nej|niks|nope|nah|nay|nix|nejda|naj|nææ|no|næppe|slet ikke|overhovedet ikke|bestemt ikke|langt ?fra|tværtimod|aldrig|(100|hundrede) (procent|pct) (sikkert )?(ikke|ik|ikk|nej|aldrig|ingen)"
    r"|ikke (så vidt|rigtig|endnu|noget|det|lige|nu|på den|hvad|som|mig|os|hos|herhjemme|os bekendt)|ik (rigtig|det|endnu|nu|lige|noget)"
    r"|ikk (rigtig|det|endnu|noget)|på ingen måde|ingen|intet)\b"
)
_YES_END = re.compile(
    r"\b(ja|jo|jo ja|desværre ja|så ja|så jo|det gør (hun|han|de|jeg|den|det|vi)|det har (hun|han|de|jeg|vi)|det er (hun|han|det|jeg|de)|må (jeg|vi) sige at det gør|det passer)$"
)
_NO_END = re.compile(
    r"\b(nej|så nej|næ|så næ|det gør (hun|han|de|jeg|det) (ikke|ik|ikk)|det har (hun|han|de|jeg|vi) (ikke|ik|ikk)"
    r"|det er (hun|han|det|jeg|de|der) (ikke|ik|ikk)|det (tror|mener|synes) (jeg|vi) (ikke|ik|ikk))$"
)
_AFTER_AN_OUTCRY = re.compile(r"^[^.!?]{1,40}[!?]+\s+((?P<no>nej|næ+h?|niks)|ja|jo|jep)\b", re.I)
_YES_BUT_NO = re.compile(r"^\W*(ja|jo)[ ,]+((øh|øhm|altså|men|hm)[ ,]+)+(nej|næ)\b", re.I)
_WORDS_OF_YES_BUT_NO = 6
_NO_ANYWHERE = re.compile(
    r"\b(det (tror|mener|synes) (jeg|vi) (ikke|ik|ikk)\b|så nej\b|ikke så vidt (jeg|vi|skolen)|ikke hvad (jeg|vi) (ved|har)|slet ikke\b$)"
)


def is_a_maybe(text: str) -> bool:
    """Nothing but a "måske" or "tja", which says neither that it is so nor that it is not."""
    return bool(_MAYBE.match(plain(text)))


def read_polarity(text: str) -> str | None:
    """What the words say of a yes/no question: "ja", "nej", "ved_ikke", "vil_ikke_svare",
    "delvist", or None when they say neither.

    ``read_polarity("næ det tror jeg ik") == "nej"``
    """
    said = plain(text)
    if not said:
        return None
    starts_no, starts_yes = bool(_NO_START.match(said)), bool(_YES_START.match(said))
    if _CANNOT_SAY.search(said):
        return DONT_KNOW
    refuses = _WONT_SAY_WISH.search(said) or (_WONT_SAY.search(said) and len(said.split()) < 14)
    if refuses and not _OF_ANOTHER.search(said):
        return WONT_SAY
    if _NO_IDEA.match(said) or re.match(
        r"^(ja|nej|næ|jo) (det )?(aner|ved) (det )?(jeg |vi )?(ikke|ik|ikk)( rigtig| helt)?$", said
    ):
        return DONT_KNOW
    if _SURELY_NOT.match(said):
        return NO
    if re.match(r"^(ja|jo) og nej|^både", said):
        return PARTLY
    if re.match(r"^(ja|jo) eller (nej|næ)\b", said):
        return None
    if _DONT_KNOW.search(said) and not (starts_yes or (starts_no and not said.startswith("ik"))):
        return DONT_KNOW
    if starts_no and re.match(r"^(nej|næ) (jo|ja)\b", said):
        return YES
    if _YES_BUT_NO.match(text) and len(said.split()) <= _WORDS_OF_YES_BUT_NO:
        return NO
    if starts_no:
        return NO
    if starts_yes:
        return YES
    if _PARTLY.match(said):
        return PARTLY
    if _NO_END.search(said) or _NO_ANYWHERE.search(said):
        return NO
    if _YES_END.search(said):
        return YES
    answer = _AFTER_AN_OUTCRY.match(text.strip())  # "Selvmord? Nej, hun er glad"
    if answer:
        return NO if answer["no"] else YES
    return None
