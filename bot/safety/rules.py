"""The danger signs of rules.yml: loaded strictly, found in a text with what cancels them.

A hit can be cancelled by a denial before or after it, told as past, or softened by what the text is
about (homework, film, game). Idioms are taken out before anything is looked for.
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import yaml

from bot.safety.patterns import PatternError, Phrase, compile_phrase
from bot.safety.spelling import COMMA, STOP, Spelling, Token, fold, rendered

FILE = Path(__file__).parent / "rules.yml"
ACUTE, RAISED, SIGN, NOTHING = "akut", "forhoejet", "tegn", "ingen"
LEVELS = (ACUTE, RAISED, SIGN)
THEMES = ("selvmord", "skade", "gift", "krop", "vold", "andre")
_SOFTER = {ACUTE: RAISED, RAISED: NOTHING, SIGN: NOTHING}
_WITHIN = ("ikke", "aldrig", "intet", "ingen")
_AFTER = 7


class RuleError(ValueError):
    """rules.yml is wrong; the text says where and why."""


@dataclass(frozen=True)
class Group:
    """Phrases that mean the same danger, and how a telling of it may be softened."""

    id: str
    name: str
    level: str
    theme: str
    deniable: bool
    past: str
    context: bool
    phrases: tuple[Phrase, ...]


@dataclass(frozen=True)
class Combination:
    """Signs that are more together than each alone."""

    id: str
    name: str
    groups: frozenset[str]
    level: str
    theme: str


@dataclass(frozen=True)
class Hit:
    """A danger sign in the text: the rule, the level after softening, and the span it stands in."""

    group: str
    name: str
    level: str
    theme: str
    start: int
    end: int
    phrase: str


@dataclass(frozen=True)
class Reading:
    """What the rules see in one text."""

    hits: tuple[Hit, ...]
    denied: tuple[str, ...]
    idiom: bool
    context: bool
    healed: bool
    denial: bool

    @property
    def level(self) -> str:
        found = {hit.level for hit in self.hits}
        return next((level for level in (ACUTE, RAISED) if level in found), NOTHING)

    def at(self, level: str) -> tuple[Hit, ...]:
        return tuple(hit for hit in self.hits if hit.level == level)

    @property
    def softened(self) -> bool:
        """A clear idiom, context, denial or recovery stands in the text."""
        return self.idiom or self.context or self.healed or self.denial or bool(self.denied)


@dataclass(frozen=True)
class _Line:
    """The normal words of a text in one string, with the way back to the original."""

    tokens: Sequence[Token]
    text: str
    offsets: Sequence[int]

    def index(self, offset: int) -> int:
        return max(i for i, at in enumerate(self.offsets) if at <= offset)

    def words(self) -> list[str]:
        return [token.word for token in self.tokens]


class Rules:
    """All of rules.yml, compiled."""

    def __init__(self, document: Mapping[str, Any]) -> None:
        self.lists = _lists(document.get("lister") or {})
        self.groups = tuple(self._group(g) for g in _rows(document, "grupper"))
        self.combinations = tuple(self._combination(c) for c in _rows(document, "kombinationer"))
        self._idioms = self._phrases(document["udtryk"]["moenstre"], "udtryk")
        self._contexts = tuple(
            phrase
            for name, sources in document["sammenhaenge"].items()
            for phrase in self._phrases(sources, f"sammenhaenge.{name}")
        )
        self._past = self._phrases(document["fortid"], "fortid")
        self._present = self._phrases(document["nutid"], "nutid")
        self._healed = self._phrases(document["raskmeldt"], "raskmeldt")
        self._denials = self._phrases(document["benaegtelse"], "benaegtelse")
        negation = document["negation"]
        self._negators = frozenset(fold(word) for word in negation["ord"])
        self._stops = frozenset(fold(word) for word in negation["stop"])
        self._reach = int(negation["afstand"])
        self._exceptions = self._phrases(negation["undtagelser"], "negation.undtagelser")
        self._spelling = Spelling(document.get("stavning") or {}, document.get("noegleord") or [])
        self.tracks: Mapping[str, str] = dict(document.get("spor") or {})
        self._refuse_unknown_groups()

    @classmethod
    def load(cls, path: Path = FILE) -> Rules:
        try:
            document = yaml.load(path.read_text(encoding="utf-8"), yaml.CSafeLoader)
        except yaml.YAMLError as error:
            raise RuleError(f"{path.name}: not readable as YAML: {error}") from error
        if not isinstance(document, dict):
            raise RuleError(f"{path.name}: is not a mapping")
        try:
            return cls(document)
        except (KeyError, TypeError) as error:
            raise RuleError(f"{path.name}: {error} is missing or of the wrong kind") from error

    # reading

    def read(self, text: str) -> Reading:
        tokens = self._spelling.tokens(text)
        if not tokens:
            return Reading((), (), False, False, False, False)
        plain = _line(tokens, set())
        masked = self._masked(plain)
        line = _line(tokens, masked)
        context = self._any(self._contexts, plain)
        healed = self._any(self._healed, plain)
        hits, denied = self._hits(line, context, healed)
        hits += self._combined(hits)
        return Reading(
            tuple(hits), tuple(denied), bool(masked), context, healed,
            self._any(self._denials, plain),
        )  # fmt: skip

    def normal(self, text: str) -> list[str]:
        """The normal words of a text, without punctuation: what the classifier reads too."""
        return [t.word for t in self._spelling.tokens(text) if t.word not in (STOP, COMMA)]

    def _hits(self, line: _Line, context: bool, healed: bool) -> tuple[list[Hit], list[str]]:
        hits, denied = [], []
        for group in self.groups:
            hit, refused = self._first(group, line, context, healed)
            hits += [hit] if hit else []
            denied += [group.id] if refused and not hit and group.level != SIGN else []
        return hits, denied

    def _first(
        self, group: Group, line: _Line, context: bool, healed: bool
    ) -> tuple[Hit | None, bool]:
        """The strongest hit of a group, and whether one was denied."""
        best: Hit | None = None
        refused = False
        for phrase, start, end in _spans(group.phrases, line):
            if group.deniable and self._is_denied(line, phrase, start, end):
                refused = True
                continue
            level = self._softened(group, line, start, end, context, healed)
            hit = _hit(group, level, line, start, end, phrase)
            if best is None or _rank(level) < _rank(best.level):
                best = hit
            if level == group.level:
                break
        if best is not None and best.level == NOTHING:
            return None, True
        return best, refused

    def _softened(
        self, group: Group, line: _Line, start: int, end: int, context: bool, healed: bool
    ) -> str:
        level = group.level
        if self._told_as_past(line, start, end):
            level = group.past
        if context and group.context:
            level = _SOFTER.get(level, level)
        if healed and group.id == "selvskade":
            level = NOTHING
        return level

    def _told_as_past(self, line: _Line, start: int, end: int) -> bool:
        first, last = _sentence(line, start, end)
        sentence = _line(line.tokens[first:last], set())
        return self._any(self._past, sentence) and not self._any(self._present, sentence)

    def _combined(self, hits: Sequence[Hit]) -> list[Hit]:
        present = {hit.group: hit for hit in hits}
        found = []
        for combination in self.combinations:
            if combination.groups <= set(present):
                parts = [present[g] for g in sorted(combination.groups)]
                found.append(_joined(combination, parts))
        return found

    def _masked(self, line: _Line) -> set[int]:
        masked: set[int] = set()
        for _, start, end in _spans(self._idioms, line):
            masked |= set(range(line.index(start), line.index(end - 1) + 1))
        return masked

    @staticmethod
    def _any(phrases: Sequence[Phrase], line: _Line) -> bool:
        return any(True for _ in _spans(phrases, line))

    # denial

    def _is_denied(self, line: _Line, phrase: Phrase, start: int, end: int) -> bool:
        within = self._denied_within(line, phrase, start, end)
        return within or self._denied_before(line, start) or self._denied_after(line, end)

    def _denied_within(self, line: _Line, phrase: Phrase, start: int, end: int) -> bool:
        """As in "vil ikke tage sit liv", where the phrase itself says no "ikke"."""
        if set(re.findall(r"\w+", phrase.source)) & set(_WITHIN):
            return False
        inside = range(line.index(start), line.index(end - 1) + 1)
        harmless = self._harmless_negators(line)
        return any(line.tokens[at].word in _WITHIN and at not in harmless for at in inside)

    def _denied_before(self, line: _Line, start: int) -> bool:
        first = line.index(start)
        harmless = self._harmless_negators(line)
        for back in range(1, self._reach + 1):
            at = first - back
            word = line.tokens[at].word if at >= 0 else STOP
            if word in (STOP, COMMA) or word in self._stops:
                return False
            if word == "nej":  # it answers a question; what is told after it stands by itself
                return False
            if word in self._negators and at not in harmless:
                return True
        return False

    def _denied_after(self, line: _Line, end: int) -> bool:
        """As in "selvmordstanker har hun ikke", "at dø tænker jeg aldrig på"."""
        last = line.index(end - 1)
        words = [token.word for token in line.tokens[last + 1 : last + 1 + _AFTER]]
        if len(words) < 3 or words[0] not in _VERBS or words[1] not in _PRONOUNS:
            return False
        return any(word in ("ikke", "aldrig", "ingen", "intet") for word in words[2:5])

    def _harmless_negators(self, line: _Line) -> set[int]:
        found: set[int] = set()
        for _, start, end in _spans(self._exceptions, line):
            found |= set(range(line.index(start), line.index(end - 1) + 1))
        return found

    # loading

    def _group(self, row: Mapping[str, Any]) -> Group:
        place = f"grupper.{row.get('id', '?')}"
        _one_of(row.get("niveau"), LEVELS, place, "niveau")
        _one_of(row.get("tema"), THEMES, place, "tema")
        _one_of(row.get("fortid"), (RAISED, NOTHING, SIGN), place, "fortid")
        _one_of(row.get("negation"), ("ja", "nej"), place, "negation")
        _one_of(row.get("kontekst"), ("ja", "nej"), place, "kontekst")
        return Group(
            row["id"], row["navn"], row["niveau"], row["tema"], row["negation"] == "ja",
            row["fortid"], row["kontekst"] == "ja", self._phrases(row["moenstre"], place),
        )  # fmt: skip

    def _combination(self, row: Mapping[str, Any]) -> Combination:
        place = f"kombinationer.{row.get('id', '?')}"
        _one_of(row.get("niveau"), LEVELS, place, "niveau")
        _one_of(row.get("tema"), THEMES, place, "tema")
        groups = frozenset(row["grupper"])
        return Combination(row["id"], row["navn"], groups, row["niveau"], row["tema"])

    def _phrases(self, sources: Sequence[str], place: str) -> tuple[Phrase, ...]:
        try:
            return tuple(compile_phrase(str(source), self.lists) for source in sources)
        except PatternError as error:
            raise RuleError(f"rules.yml, {place}: {error}") from error

    def _refuse_unknown_groups(self) -> None:
        known = [group.id for group in self.groups]
        doubles = {i for i in known if known.count(i) > 1}
        if doubles:
            raise RuleError(f"rules.yml: the group {sorted(doubles)[0]!r} stands there twice")
        for combination in self.combinations:
            if not combination.groups <= set(known):
                raise RuleError(f"rules.yml, {combination.id}: names an unknown group")


_VERBS = frozenset(
    [
        "har",
        "havde",
        "er",
        "var",
        "tror",
        "tænker",
        "taler",
        "ville",
        "vil",
        "kan",
        "gør",
        "snakker",
        "tænkte",
    ]
)
_PRONOUNS = frozenset(["jeg", "hun", "han", "vi", "de", "man", "der", "barnet", "eleven"])


def _line(tokens: Sequence[Token], masked: set[int]) -> _Line:
    text, offsets = rendered(tokens, masked)
    return _Line(tokens, text, offsets)


def _spans(phrases: Sequence[Phrase], line: _Line) -> Iterator[tuple[Phrase, int, int]]:
    for phrase in phrases:
        for start, end in phrase.spans(line.text):
            yield phrase, start, end


def _sentence(line: _Line, start: int, end: int) -> tuple[int, int]:
    first, last = line.index(start), line.index(end - 1)
    words = line.words()
    while first > 0 and words[first - 1] != STOP:
        first -= 1
    while last + 1 < len(words) and words[last + 1] != STOP:
        last += 1
    return first, last + 1


def _hit(group: Group, level: str, line: _Line, start: int, end: int, phrase: Phrase) -> Hit:
    first, last = line.tokens[line.index(start)], line.tokens[line.index(end - 1)]
    return Hit(group.id, group.name, level, group.theme, first.start, last.end, phrase.source)


def _joined(combination: Combination, parts: Sequence[Hit]) -> Hit:
    return Hit(
        combination.id, combination.name, combination.level, combination.theme,
        min(p.start for p in parts), max(p.end for p in parts),
        " + ".join(p.group for p in parts),
    )  # fmt: skip


def _rank(level: str) -> int:
    return (ACUTE, RAISED, SIGN, NOTHING).index(level)


def _rows(document: Mapping[str, Any], key: str) -> list[Mapping[str, Any]]:
    rows = document.get(key)
    if not isinstance(rows, list) or not all(isinstance(row, Mapping) for row in rows):
        raise RuleError(f"rules.yml: {key} must be a list of mappings")
    return rows


def _one_of(value: Any, allowed: Sequence[str], place: str, key: str) -> None:
    if value not in allowed:
        raise RuleError(f"rules.yml, {place}: {key} is {value!r}, not one of {tuple(allowed)}")


def _lists(document: Mapping[str, Sequence[str]]) -> dict[str, tuple[str, ...]]:
    """The named lists, with lists inside lists written out."""
    return {name: tuple(_expanded(entries, document)) for name, entries in document.items()}


def _expanded(entries: Sequence[str], document: Mapping[str, Sequence[str]]) -> Iterator[str]:
    for entry in entries:
        name = next((n for n in document if f"<{n}>" in str(entry)), None)
        if name is None:
            yield str(entry)
        else:
            for inner in document[name]:
                yield str(entry).replace(f"<{name}>", str(inner))
