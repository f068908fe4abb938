"""What an overview measures against, from ``opgoerelse.yml``."""

from __future__ import annotations

from collections.abc import Mapping
from pathlib import Path

import yaml
from pydantic import BaseModel, ConfigDict, Field, ValidationError, field_validator

from handover.statistics.facts import BOUNDS
from handover.storage.handovers import PRIORITIES
from handover.texts import TextError

FILE = Path(__file__).parent / "opgoerelse.yml"


class Part(BaseModel):
    model_config = ConfigDict(extra="forbid", frozen=True)
    source: str = Field(alias="kilde", min_length=1)
    approved: str = Field(alias="godkendt")


class Psychiatry(Part):
    outcomes: tuple[str, ...] = Field(alias="udfald", min_length=1)


class Targets(Part):
    minutes: Mapping[str, int] = Field(alias="minutter")

    @field_validator("minutes")
    @classmethod
    def _countable(cls, minutes: Mapping[str, int]) -> Mapping[str, int]:
        if set(minutes) != set(PRIORITIES):
            raise ValueError(f"must have {', '.join(PRIORITIES)}")
        for name, found in minutes.items():
            if found not in BOUNDS:
                raise ValueError(f"{name}: must be one of {', '.join(map(str, BOUNDS))}")
        return minutes


class Yardsticks(BaseModel):
    model_config = ConfigDict(extra="forbid", frozen=True)
    psychiatry: Psychiatry = Field(alias="psykiatri")
    targets: Targets = Field(alias="ventemaal")


def load_yardsticks(path: Path = FILE) -> Yardsticks:
    """Raises TextError with file, place and reason."""
    try:
        return Yardsticks.model_validate(yaml.safe_load(path.read_text(encoding="utf-8")))
    except (OSError, yaml.YAMLError) as error:
        raise TextError(f"{path}: {' '.join(str(error).split())}") from error
    except ValidationError as error:
        [first, *_] = error.errors()
        place = ".".join(map(str, first["loc"])) or "file"
        raise TextError(f"{path}: {place}: {first['msg']}") from error
