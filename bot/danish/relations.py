"""Who is writing, and about whom: what the words of a message show.

``ung`` about themself, ``foraelder``, ``paaroerende`` (relative, friend) or ``fagperson``.
"""

from __future__ import annotations

import re
from dataclasses import dataclass

from bot.danish.ages import normal_same_length

YOUNG, PARENT, RELATIVE, PROFESSIONAL = "ung", "foraelder", "paaroerende", "fagperson"

_GIRLS = {
    "datter",
    "pige",
    "lillesøster",
    "storesøster",
    "søster",
    "kusine",
    "niece",
    "veninde",
    "bonusdatter",
    "plejedatter",
    "steddatter",
    "tøs",
    "stedsøster",
    "halvsøster",
    "pigebarn",
    "bestie",
    "dotter",
}
_BOYS = {
    "søn",
    "dreng",
    "lillebror",
    "storebror",
    "bror",
    "fætter",
    "nevø",
    "bonussøn",
    "plejesøn",
    "stedsøn",
    "knægt",
    "halvbror",
    "stedbror",
    "soen",
    "guttermand",
}
_OWN_CHILD = (
    r"(?:datter|søn|soen|dotter|dreng|pige|barn|ældste|yngste|mellemste|bonusdatter|bonussøn|plejedatter|plejesøn|plejebarn|steddatter|stedsøn"
    r"|teenager|tvillinger?|tøs|knægt|unge|børn|døtre|sønner|store|lille|mindste|bonusbarn|adoptivdatter|adoptivsøn|teenagedatter|teenagesøn)"
)
_RELATIVE_CHILD = (
    r"(?:sønnedatter|sønnesøn|dattersøn|datterdatter|lillebror|lillesøster|storebror|storesøster|bror|søster|søskende|brormand|brother|sis|lillesøs|storesøs|kusine|fætter|niece|nevø|barnebarn|børnebørn|oldebarn"
    r"|veninde|bedsteveninde|bestie|bedste ven|bedste veninde|ven|venindes \w+|vens \w+|kammerat|kæreste|ekskæreste|klassekammerat"
    r"|stedsøster|stedbror|halvbror|halvsøster|svigersøn|svigerdatter|søsters \w+|brors \w+|gudbarn|guddatter|gudsøn|nabos \w+|roomie|roommate|bofælle|sambo|samboer|holdkammerat|nabo)"
)
_ADJ = r"(?:(?:lille|store|egen|ældste|yngste|bedste|ene|mellemste|eneste|kære|dejlige|13-årige|\d+[ -]?årige|søde|stakkels|tidligere|nye|gode|barndoms) )*"

_RULES: tuple[tuple[str, re.Pattern[str]], ...] = tuple(
    (speaker, re.compile(pattern))
    for speaker, pattern in (
        (
            PROFESSIONAL,
            r"\b(jeg er|jeg arbejder som|er|undertegnede|som|vi er|her er|dette er)\s+(?:\w+\s){0,3}?(lærer|klasselærer|pædagog|sundhedsplejerske|skolepsykolog|psykolog|socialrådgiver|sagsbehandler|familiebehandler|kontaktperson|kontaktpædagog|skoleleder|afdelingsleder|trivselsvejleder|akt-?vejleder|vejleder|uu-vejleder|inklusionsvejleder|sekretær|læge|praktiserende læge|praksissygeplejerske|sygeplejerske|dagplejer|lægesekretær|ssp-medarbejder|klubmedarbejder|ungdomsskolemedarbejder|mentor|børnehaveleder|støttepædagog|skolepædagog|tale-?hørelærer|fysioterapeut|træner|spejderleder|rådgiver|gymnasielærer|studievejleder|familierådgiver|plejefamiliekonsulent|resursepædagog|ressourcepædagog|vikar|skolesocialrådgiver|ppr-\w+|ledende \w+|idrætslærer|dansklærer|matematiklærer|efterskolelærer|uddannelsesvejleder|jordemoder|tandlæge|tandplejer|politibetjent)\b",
        ),
        (
            PROFESSIONAL,
            r"^(hej,? )?(\w+ )?(lærer|klasselærer|pædagog|ppr|sundhedsplejerske|socialrådgiver|sagsbehandler|psykolog|lægesekretær|skolepsykolog|skoleleder|akt|kontaktperson|uu-vejleder|vejleder)\b( her|,|:| på| i| fra|\.)",
        ),
        (
            PROFESSIONAL,
            r"\b(en|min|vores|to|tre|af mine|flere|pågældende) (elev|elever|klient|borger|patient|anbragt|kursist)(er|en)?\b|\b(ppr|buc|ssp|akt) her\b|\b(på vores|i vores) (stue|praksis|afdeling|team)\b|\bvores (elev|elever|unge|stue)\b|\bjeg (har|underviser)( i)? en (\d\.|klasse|elev)|\bvi er en (skole|institution|lægepraksis|børnehave|efterskole|klub)|\bi min klasse har jeg\b",
        ),
        (
            PARENT,
            r"\b(jeg er|som|er)\s+(?:\w+\s){0,2}?(mor|far|mama|mamma|forælder|forældre|moder|fader|alenemor|alenefar|plejemor|plejefar|bonusfar|enlig mor|enlig far)\b(?! til mit barnebarn)|\b(hans|hendes) (mor|far)( her)?$|^(hej )?(mor|far) (til|her)\b|\bjeg har (en|to|tre|fire|en lille|selv en) (\d+[ -]?årig\w* )?(datter|søn|dreng|pige|børn|drenge|piger|teenager|tvillinger|knægt|tøs)\b",
        ),
        (PARENT, rf"\b(min|mit|mine|vores|vor) {_ADJ}{_OWN_CHILD}(s|en)?\b"),
        (
            RELATIVE,
            r"\b(jeg er|som|er|kun|hendes|hans)\s+(?:\w+\s){0,3}?(farmor|farfar|mormor|morfar|bedstemor|bedstefar|bedsteforældre|moster|faster|onkel|tante|storesøster|storebror|lillesøster|lillebror|nabo|gudmor|gudfar|bonusmor|papmor|papfar|stedmor|stedfar|veninde|kæreste|familieven|svigermor|besteforælder)\b",
        ),
        (RELATIVE, rf"\b(min|mit|mine|vores|vor|en af mine) {_ADJ}{_RELATIVE_CHILD}(s|en)?\b"),
        (
            RELATIVE,
            r"\b(en|hende|ham) (fra|i|oppe i|nede i) (min|vores) klasse\b|\ben (pige|dreng|veninde|ven) (fra|i|på) (min|mit|vores)\b",
        ),
        (
            YOUNG,
            r"^(hej )?(det er )?(mig|mig selv|til mig selv|jeg selv|selv|om mig)\b|\b(jeg er|er|im|i'm) (bare |kun |lige |altså |snart )?(en )?(pige|dreng|\d{1,2}|elev|teenager|ung|tolv|tretten|fjorten|femten|seksten|sytten|elleve|ti|ni)\b|\bjeg går i (\d|nulte|første|anden|tredje|fjerde|femte|sjette|syvende|ottende|niende|tiende|gym|[0-9]\.)|\bmin(e)? (mor|far|forældre|mor og far|lærer|veninder|venner|storebror)\b",
        ),
    )
)
_KIN = (
    r"(?:farmor|farfar|mormor|morfar|bedstemor|bedstefar|oldemor|oldefar|moster|faster|onkel|tante|gudmor|gudfar"
    r"|storesøster|storebror|nabo|genbo|kusine|fætter)"
)
_AGE = r"(?:[6-9]|1[0-7]|syv|otte|ni|ti|elleve|tolv|tretten|fjorten|femten|seksten|sytten)"
_CLASS = r"(?:[0-9]|10|nulte|første|anden|tredje|fjerde|femte|sjette|syvende|ottende|niende|tiende)"
_GAP = r"(?:(?!ikke|for|af|på|ved|min|hans|hendes)\w+ )"
_OTHERS = r"hun|han|man|min|mit|vores|en|et|den|der|de|pigen|drengen|datteren|sønnen|eleven|barnet"
_NOT_YEARS = (
    r"(?! ?(?:gange|dage|timer|uger|måneder|minutter|sekunder|meter|km|cm|kilo|kg|procent|%))"
)
_IDENTIFIES: tuple[tuple[str, re.Pattern[str]], ...] = tuple(
    (speaker, re.compile(pattern))
    for speaker, pattern in (
        (RELATIVE, rf"\bjeg er (?:jo |bare |kun |også )?(?:hans |hendes |drengens |pigens |barnets )?{_KIN}\b"),
        (RELATIVE, rf"\b(?:det er|her er) (?:hans |hendes )?{_KIN} (?:her|til|jeg|som|der (?:skriver|ringer))\b"),
        (RELATIVE, rf"(?:^|[.!?,] )(?:hej,? |goddag,? |øh )*{_KIN} her\b"),
        (RELATIVE, r"\bjeg (?:er|bor) (?:lige |nede |oppe )?(?:ikke (?:en )?(?:fagmand|fagperson|professionel)|over for|overfor|ved siden af|i samme (?:opgang|gård) som)\b"),
        (PROFESSIONAL, r"\bjeg (?:arbejder|er ansat|underviser) (?:som|i|på|med|hos|ved) (?:en |et |den |det |vores )?(?:\w+ )?\w*(?:klub|klubben|skole|skolen|børnehave|sfo|institution|ppr|hjem|bosted|bostedet|vuggestue|kommunen|kommune|psykiatrien|jobcenter|lærer|pædagog|rådgiver)\b"),
        (PROFESSIONAL, r"(?:/|\bmvh\b|\bvh\b|hilsen)\W*(?:\w+ ){0,2}(?:ppr|psyk|psykolog|pædagog|lærer|sundhedsplejerske|socialrådgiver)\b(?: ppr| her)?\W*$|^elev (?!.*\b(?:mig|jeg)\b)\w+"),
        (PARENT, r"\bjeg er (?:(?!ikke)\w+ )?(?:mor|far|mama|moder|fader|alenemor|alenefar|plejemor|plejefar) til (?!mit barnebarn|en af (?:de|hendes|hans) |hendes |hans |en i )"),
        (PROFESSIONAL, rf"\bjeg er {_GAP}{{0,2}}?(?:lærer|klasselærer|dansklærer|efterskolelærer|pædagog|sundhedsplejerske|skolepsykolog|psykolog|socialrådgiver|sagsbehandler|familiebehandler|praktiserende læge|skoleleder|lægesekretær|sygeplejerske)\b"),
        (YOUNG, rf"(?:^(?:hej\W+|hey+\W+|yo\W+|øh\W+)*(?:jeg er|jeg|im|i'm)|\bjeg er) (?:en )?(?:dreng |pige )?(?:på )?{_AGE}\b{_NOT_YEARS}"),
        (YOUNG, rf"^(?:hej\W+|hey+\W+|yo\W+|øh\W+)*er {_AGE}(?: år)?(?:[,.]| og | men |$)"),
        (YOUNG, rf"\bjeg (?:selv )?går i {_CLASS}\b|^(?!.*\b(?:{_OTHERS})\b).*(?:^|[.,] )går i {_CLASS}\b"),
        (YOUNG, rf"^(?!.*\b(?:{_OTHERS})\b).*\ber {_AGE}(?: år)?\W*$"),
    )
)  # fmt: skip
_OWN_CHILD_PLAIN = re.compile(
    rf"\b(?:min|mit|mine|vores) {_ADJ}(?:(?:bonus|pleje|sted|adoptiv|teenage)?(?:datter|søn|barn)|dreng|pige|teenager|døtre|sønner|børn)s?\b"
)
_RELATIVE_PLAIN = re.compile(rf"\b(?:min|mit|mine|vores|en af mine) {_ADJ}{_RELATIVE_CHILD}s?\b")
_FIRST_PERSON = re.compile(r"\b(?:jeg|mig|vi|os)\b")
_YOUTH = re.compile(
    r"\b(?:(?:min|mine|mit) (?:mor|far|forældre|mors|fars|stedmor|stedfar|papfar|papmor|plejemor|plejefar|plejeforældre"
    r"|storebror|storesøster|lillebror|lillesøster|bror|søster|bedste veninde|veninder?|klasse|lærer|skole|træner|\w*lærer)"
    r"|(?:mor|far|mutter|fatter|mama|baba) (?!til\b)|vores (?:klasse|lærer|klasselærer|skole|vikar|team)"
    r"|\w*klassen?|\w*lærer(?:en)?|skole(?:n|gården|toilettet|biblioteket)?|i skole|efterskolen?|frikvarter\w*|fritter\w*|frie?en|lektier|aflevering\w*"
    r"|idræt|gym|gymnasiet|lommepenge|madpakken?|sfo|klubben|konfirmation\w*|blå mandag|terminsprøve\w*|prøve|eksamen|karakter\w*"
    r"|forældremøde\w*|skemaet|lektion\w*|time(?:n)? i (?:dansk|matematik|mat|engelsk|tysk)|dansk stil|projektopgave\w*|projekt"
    r"|(?:[0-9]|10)\.? ?[abcdegxyz]|[0-9]\. ?klasse|u1[0-9]|[123]\. ?g"
    r"|går (?:jeg )?i (?:nulte|første|anden|tredje|fjerde|femte|sjette|syvende|ottende|niende|tiende|[0-9])"
    r"|(?:syvende|ottende|niende|tiende|sjette|femte|fjerde))\b"
    r"|\b(?:jeg|jeg er|er|im|i'm|på|fylder|blev|bliver|var) (?:bare |kun |lige |altså |snart )?(?:[6-9]|1[0-9]|syv|otte|ni|ti|elleve|tolv|tretten|fjorten|femten|seksten|sytten|atten)\b"
    r"|\b(?:vi|os) unge\b|\bteenager\b"
)
_CHILD_WORD = re.compile(
    r"\b(?:(?:min|mit|mine|vores|en|et|vor|hans|hendes|mor til en|far til en) )"
    + _ADJ
    + r"(?P<word>datter|søn|pige|dreng|barn|barnebarn|lillebror|lillesøster|storebror|storesøster|bror|søster|kusine|fætter|niece|nevø"
    r"|veninde|bedsteveninde|ven|kæreste|elev|plejesøn|plejedatter|plejebarn|bonusdatter|bonussøn|steddatter|stedsøn|knægt|tøs|teenager|klassekammerat|kammerat|halvbror|halvsøster)\b"
)


@dataclass(frozen=True)
class Speaker:
    """Who writes, and the words (offsets) that show it."""

    value: str
    start: int
    end: int


@dataclass(frozen=True)
class Relation:
    """The citizen's own word for the child or young person, and the sex if it shows ("k", "m", None)."""

    word: str
    sex: str | None


def find_speakers(text: str) -> list[Speaker]:
    """Every sign of who is writing, the surest kind first."""
    lowered = normal_same_length(text)
    found: list[Speaker] = []
    for value, pattern in _RULES:
        match = pattern.search(lowered)
        if match and all(s.value != value for s in found):
            found.append(Speaker(value, *match.span()))
    return found


def identified(text: str) -> str | None:
    """Who they say outright that they are ("jeg er hans morfar"); None if nobody or two are named."""
    lowered = normal_same_length(text)
    named = {value for value, pattern in _IDENTIFIES if pattern.search(lowered)}
    shown = {spot.value for spot in find_speakers(text)}
    if PROFESSIONAL in named:  # a teacher may write of a pupil or of a child of their own
        named |= shown & {PARENT}
    if YOUNG in named:  # a sister of 12 may write of herself or of her brother
        named |= shown & {RELATIVE, PARENT}
    return named.pop() if len(named) == 1 else None


def plain_speaker(text: str) -> str | None:
    """Who writes, where one reads it without doubt: they say it, or speak of a child of their own,
    or of a relative and not at all of themself. Somebody young may write of a brother and be the
    one it happens to."""
    named, lowered = identified(text), normal_same_length(text)
    if named or not (_OWN_CHILD_PLAIN.search(lowered) or _RELATIVE_PLAIN.search(lowered)):
        return named
    if not _RELATIVE_PLAIN.search(lowered):
        return PARENT
    alone = not _FIRST_PERSON.search(lowered) and not _OWN_CHILD_PLAIN.search(lowered)
    return RELATIVE if alone else None


def shows_youth(text: str) -> bool:
    """Does a word show that a child or young person writes of themself: an age, a class, a parent?
    Told in the first person, anybody may be sad."""
    return bool(_YOUTH.search(normal_same_length(text)))


def find_relation(text: str) -> Relation | None:
    """The word used for the child ("datter", "lillebror", "elev") and the sex it or a pronoun shows."""
    lowered = normal_same_length(text)
    match = _CHILD_WORD.search(lowered)
    sex = _sex(lowered, match.group("word") if match else "")
    if match:
        return Relation(match.group("word"), sex)
    return Relation("", sex) if sex else None


def _sex(lowered: str, word: str) -> str | None:
    if word in _GIRLS:
        return "k"
    if word in _BOYS:
        return "m"
    girls = len(re.findall(r"\b(hun|hende|hendes|pige|pigen)\b", lowered))
    boys = len(re.findall(r"\b(han|ham|hans|dreng|drengen)\b", lowered))
    return None if girls == boys else "k" if girls > boys else "m"
