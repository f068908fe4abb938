"""The criteria catalogue: what is asked, in which words, and where each criterion comes from.

``load_catalogue`` reads one YAML file a track (plus ``faelles.yml``) and refuses anything that is
not exactly right, naming the file, the place and the reason: a wrong catalogue stops start-up.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field, replace
from pathlib import Path
from typing import Any, ClassVar, NoReturn

import yaml

from bot.tracks.intake import COMMON, key_of

FOLDER = Path(__file__).parent / "catalogue"
SPEAKERS = ("ung", "foraelder", "paaroerende", "fagperson")
UNKNOWN = "ukendt"
KINDS = ("inklusion", "eksklusion", "sikkerhed", "fakta", "fritekst")
SOURCES = ("000", "001", "003", "lokal", "sikkerhed")
CHANNELS = {"sms": "sms", "telefon": "phone"}

# The ids that other programs read (contract). A new track brings ids of its own.
COMMON_IDS = frozenset(
    [
        "henvender",
        "alder",
        "fylder",
        "sikkerhed_nu",
        "selvmordstanker",
        "funktionsniveau",
        "psykiatriens_maalgruppe",
        "kommune",
        "proevet",
        "oensker",
    ]
)
TRACK_IDS = {
    "krop_mad": frozenset(
        [
            "alder",
            "kropsutilfredshed",
            "optaget_krop_mad",
            "spiseadfaerd",
            "kan_spise_med_stoette",
            "stabil_somatisk",
            "familien_motiveret",
            "tidl_beh_spiseforstyrrelse",
            "betydeligt_vaegttab",
            "kun_selektiv_spisning",
            "kun_livsstil",
            "svaer_komorbiditet",
            "selvmordsrisiko",
        ]
    ),
    "selvskade": frozenset(
        [
            "alder",
            "selvskadende_adfaerd",
            "svaere_foelelser",
            "selvskade_aktuel",
            "laegehjaelp",
            "tiltagende",
            "selvmordsrisiko",
        ]
    ),
    "bekymring_tristhed": frozenset(["alder", "tegn_angst", "tegn_tristhed", "selvmordsrisiko"]),
    "uro": frozenset(
        ["alder", "svaert_at_sidde_stille", "let_afledt", "afbryder", "funktionsnedsaettende"]
    ),
}


class CatalogueError(ValueError):
    """A catalogue file is wrong; the text says which file, where in it, and why."""


@dataclass(frozen=True)
class Choice:
    title: str
    value: str


@dataclass(frozen=True)
class AgeSpan:
    """Whole years, both ends included."""

    low: int
    high: int
    source: str = ""

    def __contains__(self, age: object) -> bool:
        return isinstance(age, int) and self.low <= age <= self.high


@dataclass(frozen=True)
class Criterion:
    id: str
    kind: str
    text: str
    label: str
    source: str
    group: str | None = None
    local: bool = False
    detail: bool = False
    calms: bool = False
    """A yes says that something is well: it is not inferred from half a word."""
    drop_order: int | None = None
    points_to: str | None = None
    derived_from: str | None = None
    questions: Mapping[str, str] = field(default_factory=dict)
    sms: Mapping[str, str] = field(default_factory=dict)
    phone: Mapping[str, str] = field(default_factory=dict)
    reworded: Mapping[str, str] = field(default_factory=dict)
    choices: tuple[Choice, ...] = ()
    counts_for: str = ""
    counts_against: str = ""
    approved: str = ""

    @property
    def yes_no(self) -> bool:
        """Is it answered with yes or no (and so has a state)?"""
        return self.kind in ("inklusion", "eksklusion", "sikkerhed")

    def wording(self, speaker: str, channel: str, again: bool = False) -> str:
        """The question for a speaker on a channel, before its placeholders are filled."""
        special = {"sms": self.sms, "phone": self.phone}.get(channel, {})
        chosen = self.reworded if again else special
        for wordings in (chosen, self.questions):
            for who in (speaker, UNKNOWN):
                if who in wordings:
                    return wordings[who]
        if "paaroerende" in self.questions:  # speaks of the child, and of nobody's relation to it
            return self.questions["paaroerende"]
        raise KeyError(f"{self.id}: no wording for {speaker}")


@dataclass(frozen=True)
class Track:
    id: str
    title: str
    short: str
    source: str
    criteria: tuple[Criterion, ...]
    age: AgeSpan | None = None
    approved: str = ""

    def __getitem__(self, criterion: str) -> Criterion:
        for item in self.criteria:
            if item.id == criterion:
                return item
        raise KeyError(f"{self.id}.{criterion}")

    def key(self, criterion: Criterion) -> str:
        return key_of(self.id, criterion.id)


@dataclass(frozen=True)
class Catalogue:
    common: Track
    tracks: Mapping[str, Track]

    def criterion(self, key: str) -> Criterion:
        group, name = key.split(".", 1)
        return self.group(group)[name]

    def group(self, name: str) -> Track:
        return self.common if name == COMMON else self.tracks[name]

    def __contains__(self, key: object) -> bool:
        """Is it the key of a criterion ("krop_mad.spiseadfaerd")?"""
        return key in self.keys()

    def keys(self) -> tuple[str, ...]:
        groups = (self.common, *self.tracks.values())
        return tuple(t.key(c) for t in groups for c in t.criteria)

    def with_ages(self, spans: Mapping[str, tuple[int, int]]) -> Catalogue:
        """The catalogue with a municipality's own age spans."""
        changed = dict(self.tracks)
        for name, (low, high) in spans.items():
            changed[name] = replace(changed[name], age=AgeSpan(low, high, "lokal"))
        return replace(self, tracks=changed)


def load_catalogue(folder: Path | None = None) -> Catalogue:
    """Read and check every file of the catalogue.

    Raises CatalogueError with file, place and reason when anything is missing, unknown or double.
    """
    folder = folder or FOLDER
    tracks: dict[str, Track] = {}
    for path in sorted(folder.glob("*.yml")):
        track = _TrackReader(path).read()
        if track.id in tracks:
            raise CatalogueError(f"{path}: id: '{track.id}' is already the id of another file")
        tracks[track.id] = track
    if COMMON not in tracks:
        raise CatalogueError(f"{folder}: {COMMON}.yml is missing")
    common = tracks.pop(COMMON)
    _check_derived(folder, common, tracks)
    order = sorted(
        tracks.values(),
        key=lambda t: (list(TRACK_IDS).index(t.id) if t.id in TRACK_IDS else 99, t.id),
    )
    return Catalogue(common, {t.id: t for t in order})


def _check_derived(folder: Path, common: Track, tracks: Mapping[str, Track]) -> None:
    known = {common.key(c) for c in common.criteria} | {
        t.key(c) for t in tracks.values() for c in t.criteria
    }
    for track in (common, *tracks.values()):
        for criterion in track.criteria:
            source = criterion.derived_from
            if source and source != "alder" and source not in known:
                raise CatalogueError(
                    f"{folder / (track.id + '.yml')}: kriterier.{criterion.id}.afledt_af: "
                    f"'{source}' is no criterion"
                )


class _OnceOnly(yaml.CSafeLoader):
    """Refuses a key that stands twice, of which YAML would keep the last in silence."""

    def construct_mapping(self, node: yaml.MappingNode, deep: bool = False) -> dict[Any, Any]:
        keys = [self.construct_object(key, deep=deep) for key, _ in node.value]
        for key in keys:
            if keys.count(key) > 1:
                raise yaml.constructor.ConstructorError(
                    None, None, f"'{key}' stands more than once", node.start_mark
                )
        return dict(super().construct_mapping(node, deep=deep))


class _TrackReader:
    """Reads one file; every complaint carries the file and the place in it."""

    TRACK_KEYS: ClassVar = {"id", "titel", "kort", "kilde", "godkendt", "alder", "kriterier"}
    CRITERION_KEYS: ClassVar = {
        "id",
        "type",
        "gruppe",
        "tekst",
        "kort",
        "kilde",
        "godkendt",
        "lokal",
        "detalje",
        "beroliger",
        "droppes",
        "peger_paa",
        "afledt_af",
        "spoergsmaal",
        "sms",
        "telefon",
        "omformuleret",
        "valg",
        "for",
        "imod",
    }

    def __init__(self, path: Path) -> None:
        self.path = path

    def fail(self, place: str, reason: str) -> NoReturn:
        raise CatalogueError(f"{self.path}: {place}: {reason}")

    def read(self) -> Track:
        try:
            data = yaml.load(self.path.read_text(encoding="utf-8"), _OnceOnly)
        except yaml.YAMLError as error:
            self.fail("yaml", " ".join(str(error).split()))
        data = self.mapping(data, "file", self.TRACK_KEYS)
        track_id = self.text(data, "id", "file")
        if track_id != self.path.stem:
            self.fail("id", f"'{track_id}' must be the name of the file")
        criteria = self.criteria(data, track_id)
        return Track(
            id=track_id,
            title=self.text(data, "titel", "file"),
            short=self.text(data, "kort", "file"),
            source=self.source(data, "file"),
            criteria=criteria,
            age=self.age(data, track_id),
            approved=self.approved(data, "file"),
        )

    def criteria(self, data: Mapping[str, Any], track_id: str) -> tuple[Criterion, ...]:
        rows = data.get("kriterier")
        if not isinstance(rows, list) or not rows:
            self.fail("kriterier", "must be a list with at least one criterion")
        found = tuple(self.criterion(row, i, track_id) for i, row in enumerate(rows))
        ids = [c.id for c in found]
        for name in ids:
            if ids.count(name) > 1:
                self.fail(f"kriterier.{name}", "stands more than once")
        self.check_ids(track_id, set(ids))
        return found

    def check_ids(self, track_id: str, ids: set[str]) -> None:
        fixed = COMMON_IDS if track_id == COMMON else TRACK_IDS.get(track_id)
        if fixed is None:
            return
        for name in sorted(ids - fixed):
            self.fail(f"kriterier.{name}", "unknown id")
        for name in sorted(fixed - ids):
            self.fail(f"kriterier.{name}", "is missing")

    def criterion(self, row: Any, index: int, track_id: str) -> Criterion:
        place = f"kriterier[{index}]"
        row = self.mapping(row, place, self.CRITERION_KEYS)
        name = self.text(row, "id", place)
        place = f"kriterier.{name}"
        kind = self.text(row, "type", place)
        if kind not in KINDS:
            self.fail(f"{place}.type", f"'{kind}' is none of {', '.join(KINDS)}")
        derived = row.get("afledt_af") or None
        need = () if derived else SPEAKERS + ((UNKNOWN,) if track_id == COMMON else ())
        return Criterion(
            id=name,
            kind=kind,
            text=self.text(row, "tekst", place),
            label=self.text(row, "kort", place),
            source=self.source(row, place),
            group=row.get("gruppe") or None,
            local=self.flag(row, "lokal", place),
            detail=self.flag(row, "detalje", place),
            calms=self.flag(row, "beroliger", place),
            drop_order=self.number(row, "droppes", place),
            points_to=row.get("peger_paa") or None,
            derived_from=derived,
            questions=self.wordings(row, "spoergsmaal", place, need),
            sms=self.wordings(row, "sms", place, ()),
            phone=self.wordings(row, "telefon", place, ()),
            reworded=self.wordings(row, "omformuleret", place, need),
            choices=self.choices(row, place),
            counts_for=str(row.get("for") or ""),
            counts_against=str(row.get("imod") or ""),
            approved=self.approved(row, place),
        )

    def wordings(
        self, row: Mapping[str, Any], key: str, place: str, need: tuple[str, ...]
    ) -> dict[str, str]:
        data = self.mapping(row.get(key) or {}, f"{place}.{key}", {*SPEAKERS, UNKNOWN})
        for speaker in need:
            if speaker not in data:
                self.fail(f"{place}.{key}.{speaker}", "wording is missing")
        result = {}
        for speaker in data:
            text = self.text(data, speaker, f"{place}.{key}")
            try:
                text.format(**PLACEHOLDERS)
            except (KeyError, IndexError, ValueError):
                self.fail(f"{place}.{key}.{speaker}", "has an unknown placeholder")
            result[speaker] = text
        return result

    def choices(self, row: Mapping[str, Any], place: str) -> tuple[Choice, ...]:
        rows = row.get("valg") or []
        if not all(isinstance(choice, dict) for choice in rows):
            self.fail(f"{place}.valg", "each choice must have titel and vaerdi")
        return tuple(
            Choice(self.text(c, "titel", f"{place}.valg"), self.text(c, "vaerdi", f"{place}.valg"))
            for c in rows
        )

    def age(self, data: Mapping[str, Any], track_id: str) -> AgeSpan | None:
        if track_id == COMMON:
            return None
        row = self.mapping(data.get("alder"), "alder", {"fra", "til", "kilde", "lokal"})
        low, high = self.number(row, "fra", "alder"), self.number(row, "til", "alder")
        if low is None or high is None or not 0 <= low <= high <= 17:
            self.fail("alder", f"{low}-{high} is not a span of years between 0 and 17")
        return AgeSpan(low, high, self.source(row, "alder"))

    def mapping(self, data: Any, place: str, keys: set[str]) -> dict[str, Any]:
        if not isinstance(data, dict):
            self.fail(place, "must be a mapping")
        for key in data:
            if key not in keys:
                self.fail(f"{place}.{key}", "unknown key")
        return data

    def text(self, data: Mapping[str, Any], key: str, place: str) -> str:
        value = data.get(key)
        if not isinstance(value, str) or not value.strip():
            self.fail(f"{place}.{key}", "text is missing")
        return value.strip()

    def flag(self, data: Mapping[str, Any], key: str, place: str) -> bool:
        """YAML's true and false; "nej" is a text and would count as a yes."""
        value = data.get(key, False)
        if not isinstance(value, bool):
            self.fail(f"{place}.{key}", "must be true or false")
        return value

    def number(self, data: Mapping[str, Any], key: str, place: str) -> int | None:
        value = data.get(key)
        if value is not None and (isinstance(value, bool) or not isinstance(value, int)):
            self.fail(f"{place}.{key}", "must be a whole number")
        return value

    def source(self, data: Mapping[str, Any], place: str) -> str:
        value = str(data.get("kilde") or "").strip()
        if not value or not any(name in value for name in SOURCES):
            self.fail(f"{place}.kilde", f"names none of the sources {', '.join(SOURCES)}")
        return value

    def approved(self, data: Mapping[str, Any], place: str) -> str:
        if "godkendt" not in data:
            self.fail(f"{place}.godkendt", "is missing (empty until a professional approves)")
        return str(data["godkendt"] or "")


PLACEHOLDERS = dict.fromkeys(
    ("barnet", "Barnet", "hun", "Hun", "hende", "Hende", "hendes", "Hendes"), "x"
)
