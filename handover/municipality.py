"""What a municipality decides, from one file that is right or stops start-up."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import date, time, timedelta
from itertools import pairwise
from pathlib import Path
from typing import Annotated, Any, Literal

import yaml
from pydantic import (
    AfterValidator,
    BaseModel,
    BeforeValidator,
    ConfigDict,
    Field,
    PlainSerializer,
    ValidationError,
    model_validator,
)
from pydantic_core import PydanticCustomError

from bot.safety.resources import Resource, ResourceError, own_resources
from handover.telephony.numbers import e164

EXIT = "https://www.dmi.dk/"
"""Where quick exit leads, if the municipality names no other place."""
WEEKDAYS = ("mandag", "tirsdag", "onsdag", "torsdag", "fredag", "loerdag", "soendag")


class MunicipalityError(ValueError):
    """The file is wrong; the text says file, place and reason."""


def _yes_no(value: object) -> object:
    """PyYAML reads ``ja`` and ``nej`` as text."""
    return {"ja": True, "nej": False}.get(value, value) if isinstance(value, str) else value


def _span(value: object) -> object:
    """``"09.00-15.30"`` as two times."""
    if not isinstance(value, str):
        raise PydanticCustomError("span", 'must be text in quotes, such as "09.00-15.00"')
    try:
        first, last = (
            time.fromisoformat(part.strip().replace(".", ":")) for part in value.split("-")
        )
    except ValueError as error:
        reason = "'{value}' is not a span such as \"09.00-15.00\""
        raise PydanticCustomError("span", reason, {"value": value}) from error
    if first >= last:
        reason = "'{value}' ends before it begins"
        raise PydanticCustomError("span_backwards", reason, {"value": value})
    return first, last


def _span_text(span: tuple[time, time]) -> str:
    return "-".join(f"{moment:%H.%M}" for moment in span)


YesNo = Annotated[bool, BeforeValidator(_yes_no)]
Span = Annotated[
    tuple[time, time], BeforeValidator(_span), PlainSerializer(_span_text, when_used="json")
]
Words = Annotated[str, Field(min_length=1)]


def _without_default_port(origin: str) -> str:
    """A browser leaves it out, and then nothing would match."""
    if (origin.startswith("https:") and origin.endswith(":443")) or (
        origin.startswith("http:") and origin.endswith(":80")
    ):
        raise ValueError("the default port is not written")
    return origin


Origin = Annotated[
    str,
    Field(
        pattern=r"^(https://[a-z0-9-]+(\.[a-z0-9-]+)+|http://(localhost|127\.0\.0\.1))(:\d{1,5})?$"
    ),
    AfterValidator(_without_default_port),
]
"""``https://www.kommune.dk``, as a browser writes it: no path, no capitals, no star."""


class Part(BaseModel):
    model_config = ConfigDict(extra="forbid", frozen=True, str_strip_whitespace=True)


class Ages(Part):
    low: int = Field(alias="fra", ge=0, le=17)
    high: int = Field(alias="til", ge=0, le=17)
    source: Words = Field(alias="kilde")

    @model_validator(mode="after")
    def _in_order(self) -> Ages:
        if self.low > self.high:
            raise ValueError(f"from {self.low} to {self.high} years is no span")
        return self


class Offer(Part):
    """A track that the municipality offers; ``ages`` only where they differ from the catalogue."""

    source: Words = Field(alias="kilde")
    confirmed: YesNo = Field(alias="bekraeftet")
    ages: Ages | None = Field(None, alias="alder")


class ClosedDay(Part):
    day: date = Field(alias="dato")
    reason: Words = Field(alias="grund")


class Hours(Part):
    source: Words = Field(alias="kilde")
    confirmed: YesNo = Field(alias="bekraeftet")
    public_holidays_closed: YesNo = Field(alias="lukket_paa_helligdage")
    closed: tuple[ClosedDay, ...] = Field((), alias="lukkedage")
    weekdays: dict[Literal[WEEKDAYS], tuple[Span, ...]] = Field(alias="dage")  # type: ignore[valid-type]

    @model_validator(mode="after")
    def _whole_week(self) -> Hours:
        for name in WEEKDAYS:
            if name not in self.weekdays:
                raise ValueError(f"{name} is missing (an empty list is a closed day)")
            spans = self.weekdays[name]
            if any(a[1] > b[0] for a, b in pairwise(spans)):
                reason = "{name}: the spans overlap or are not in order"
                raise PydanticCustomError("spans_overlap", reason, {"name": name})
        return self


class Contact(Part):
    """Empty where nothing is confirmed: nothing is shown then."""

    phone: str = Field("", alias="telefon", pattern=r"^(\d{2,4}( \d{2,4})*)?$")
    mail: str = Field("", alias="mail", pattern=r"^([^@\s]+@[^@\s]+\.[^@\s]+)?$")
    site: str = Field("", alias="hjemmeside", pattern=r"^(https://\S+)?$")
    source: Words = Field(alias="kilde")
    confirmed: YesNo = Field(alias="bekraeftet")


class Retention(Part):
    days_after_closing: int = Field(alias="dage_efter_afslutning", ge=1, le=3650)
    hours_without_handover: int = Field(alias="timer_uden_overdragelse", ge=1, le=24 * 365)

    @property
    def after_closing(self) -> timedelta:
        return timedelta(days=self.days_after_closing)

    @property
    def without_handover(self) -> timedelta:
        return timedelta(hours=self.hours_without_handover)


Minutes = Annotated[int, Field(ge=1, le=30 * 24 * 60)]
MAIL = r"^([^@\s,;<>]+@[^@\s,;<>]+\.[^@\s,;<>]+)?$"
HOOK = r"^(https://\S+|http://(127\.0\.0\.1|localhost)(:\d+)?(/\S*)?)?$"


class Targets(Part):
    """Minutes that a case should wait at most, by priority."""

    akut: Minutes
    hoej: Minutes
    normal: Minutes


class Step(Part):
    """Whom an untaken urgent case is told to, and when: a mail address, a webhook, or both."""

    after_minutes: Minutes = Field(alias="efter_minutter")
    name: Words = Field(alias="navn", max_length=100)
    mail: str = Field("", alias="mail", pattern=MAIL)
    webhook: str = Field("", alias="webhook", pattern=HOOK)

    @model_validator(mode="after")
    def _reachable(self) -> Step:
        if not self.mail and not self.webhook:
            raise PydanticCustomError("unreachable", "needs 'mail' or 'webhook'")
        return self

    @property
    def after(self) -> timedelta:
        return timedelta(minutes=self.after_minutes)


class Duty(Part):
    source: Words = Field(alias="kilde")
    confirmed: YesNo = Field(alias="bekraeftet")
    targets: Targets = Field(alias="maal_minutter")
    steps: tuple[Step, ...] = Field((), alias="kaldes")

    @model_validator(mode="after")
    def _in_order(self) -> Duty:
        for number, (before, step) in enumerate(pairwise(self.steps), 1):
            if step.after_minutes <= before.after_minutes:
                told = {"number": number, "name": step.name, "before": before.name}
                reason = "kaldes: {name} is not after {before}"
                raise PydanticCustomError("steps_out_of_order", reason, told)
        return self


class Widget(Part):
    """The sites that may show the chat in a frame; none: no site may."""

    hosts: tuple[Origin, ...] = Field((), alias="websteder")


class Login(Part):
    """``codes``: nobody works without one-time codes."""

    codes: YesNo = Field(False, alias="kraev_engangskode")


def _dialled(value: str) -> str:
    number = e164(value)
    if number is None:
        raise ValueError(f"'{value}' is no telephone number")
    return number


class DutyPhone(Part):
    """``name``: the counsellor's, as in their account; the case is theirs when they accept."""

    name: Words = Field(alias="navn", max_length=100)
    number: Annotated[str, AfterValidator(_dialled)] = Field(alias="nummer")


class Recorded(Part):
    """Whether talks between citizen and counsellor are recorded, and how long at most they are
    kept. With their case they go sooner."""

    on: YesNo = Field(False, alias="slaaet_til")
    days: int = Field(30, alias="slettes_efter_dage", ge=1, le=365)

    @property
    def kept(self) -> timedelta:
        return timedelta(days=self.days)


class Telephony(Part):
    """SMS and telephone; what stands here is used only with an account at Twilio."""

    address: str = Field("", alias="sms_adresse", max_length=60)
    link_hours: int = Field(24, alias="sms_kode_timer", ge=1, le=72)
    silent_hours: int = Field(12, alias="sms_stilhed_timer", ge=1, le=23)
    a_day: int = Field(60, alias="sms_om_dagen", ge=10, le=1000)
    voice: str = Field("Polly.Sofie-Neural", alias="stemme", pattern=r"^[A-Za-z0-9.-]+$")
    phones: tuple[DutyPhone, ...] = Field((), alias="vagttelefoner")
    """Called in this order, while it is open, when a caller wants a human."""
    recording: Recorded = Field(default_factory=Recorded, alias="optagelse")

    @model_validator(mode="after")
    def _each_once(self) -> Telephony:
        names = [phone.name for phone in self.phones]
        if len(set(names)) < len(names):
            raise ValueError("vagttelefoner: a name stands there twice")
        return self

    def number_of(self, name: str | None) -> str | None:
        return next((phone.number for phone in self.phones if phone.name == name), None)


class Municipality(Part):
    """The one object that everybody asks. Its parts never change; what a leader decides in the
    console replaces a whole part (handover/decisions), so a part is asked for and never kept."""

    model_config = ConfigDict(frozen=False)

    name: Words = Field(alias="navn")
    authority: Words = Field(alias="kommune_navn")
    offer_name: Words = Field(alias="tilbud_navn")
    source: Words = Field(alias="kilde")
    confirmed: YesNo = Field(alias="bekraeftet")
    leave_site: str = Field("", alias="forlad_url", pattern=r"^(https://\S+)?$")
    areas: tuple[Words, ...] = Field((), alias="omraader")
    tracks: dict[str, Offer] = Field(alias="spor")
    hours: Hours = Field(alias="aabningstider")
    contact: Contact = Field(alias="kontakt")
    crisis_lines: tuple[dict[str, Any], ...] = Field((), alias="krisetilbud")
    retention: Retention = Field(alias="opbevaring")
    duty: Duty = Field(alias="vagt")
    widget: Widget = Field(default_factory=Widget)
    login: Login = Field(default_factory=Login)
    counsellor_named: YesNo = Field(False, alias="raadgiver_navn")
    telephony: Telephony = Field(default_factory=Telephony, alias="telefoni")

    @property
    def exit_address(self) -> str:
        return self.leave_site or EXIT

    @property
    def own_resources(self) -> tuple[Resource, ...]:
        return own_resources(self.crisis_lines)

    @property
    def age_spans(self) -> dict[str, tuple[int, int]]:
        return {name: (o.ages.low, o.ages.high) for name, o in self.tracks.items() if o.ages}


def load_municipality(path: Path, known_tracks: Mapping[str, object]) -> Municipality:
    """Read and check the municipality's file against the tracks of the catalogue.

    Raises MunicipalityError naming file, place and reason.
    """
    try:
        data = yaml.load(path.read_text(encoding="utf-8"), yaml.CSafeLoader)
        found = Municipality.model_validate(data)
        _ = found.own_resources
    except FileNotFoundError as error:
        raise MunicipalityError(f"{path}: the file is missing") from error
    except yaml.YAMLError as error:
        raise MunicipalityError(f"{path}: {' '.join(str(error).split())}") from error
    except ResourceError as error:
        raise MunicipalityError(f"{path}: krisetilbud: {error}") from error
    except ValidationError as error:
        raise MunicipalityError("\n".join(complaints(path, error))) from error
    for name in found.tracks:
        if name not in known_tracks:
            raise MunicipalityError(f"{path}: spor.{name}: no such track in the catalogue")
    return found


def complaints(path: Path, error: ValidationError) -> list[str]:
    """One line for each thing that is wrong: file, place and reason."""
    return [
        f"{path}: {'.'.join(str(part) for part in one['loc']) or 'file'}: {one['msg']}"
        for one in error.errors()
    ]
