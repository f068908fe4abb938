"""What an overview measures against, from ``opgoerelse.yml``."""

from __future__ import annotations

from pathlib import Path

import yaml
from pydantic import BaseModel, ConfigDict, Field, ValidationError

from handover.texts import TextError

FILE = Path(__file__).parent / "opgoerelse.yml"


class Part(BaseModel):
    model_config = ConfigDict(extra="forbid", frozen=True)
    source: str = Field(alias="kilde", min_length=1)
    approved: str = Field(alias="godkendt")


class Psychiatry(Part):
    outcomes: tuple[str, ...] = Field(alias="udfald", min_length=1)


class Yardsticks(BaseModel):
    model_config = ConfigDict(extra="forbid", frozen=True)
    psychiatry: Psychiatry = Field(alias="psykiatri")


def load_yardsticks(path: Path = FILE) -> Yardsticks:
    """Raises TextError with file, place and reason."""
    try:
        document = yaml.load(path.read_text(encoding="utf-8"), yaml.CSafeLoader)
        return Yardsticks.model_validate(document)
    except (OSError, yaml.YAMLError) as error:
        raise TextError(f"{path}: {' '.join(str(error).split())}") from error
    except ValidationError as error:
        [first, *_] = error.errors()
        place = ".".join(map(str, first["loc"])) or "file"
        raise TextError(f"{path}: {place}: {first['msg']}") from error
