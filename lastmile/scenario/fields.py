"""What the scenario's fields are made of: bounded numbers, coordinate systems, paths."""

from __future__ import annotations

import re
from datetime import time
from pathlib import Path
from typing import Annotated, Final, Literal

from pydantic import AfterValidator, BaseModel, BeforeValidator, ConfigDict, Field, ValidationInfo
from pydantic_core import PydanticCustomError

Settlement = Literal["urban", "rural"]
Kind = Literal["服务屋", "服务站"]
Level = Literal["district", "township", "community"]
Goal = Literal["lscp", "mclp"]

MOST_PEOPLE: Final = 1e10
"""People that one cell, point or unit may hold: above the world's, safe in whole thousandths."""
MOST_YUAN: Final = 1_000_000_000_000
"""What one station may cost, in yuan."""

MOST_DISTANCE_M: Final = 100_000.0
"""Far more than anybody walks; much larger lengths overflow whole millimetres."""

_EPSG = re.compile(r"EPSG:\d{4,6}\Z")
_NAMED_CRS = ("wgs84", "cgcs2000", "gcj02", "bd09")


def broken_rule(found: str, expected: str) -> PydanticCustomError:
    """Tell of a rule that is broken, in the words of a fault."""
    return PydanticCustomError("rule", "{expected}", {"found": found, "expected": expected})


def _check_filled(value: str) -> str:
    if not value.strip():
        raise broken_rule("an empty text", "a text")
    return value


def _check_crs(value: str) -> str:
    if value in _NAMED_CRS or _EPSG.match(value):
        return value
    raise broken_rule(repr(value), f"{', '.join(_NAMED_CRS)} or EPSG:n")


def _check_crs_or_file(value: str) -> str:
    return value if value == "file" else _check_crs(value)


def _check_crs_or_unstated(value: str) -> str:
    return value and _check_crs_or_file(value)


Filled = Annotated[str, AfterValidator(_check_filled)]
Crs = Annotated[str, AfterValidator(_check_crs)]
CrsOrFile = Annotated[str, AfterValidator(_check_crs_or_file)]
CrsOrUnstated = Annotated[str, AfterValidator(_check_crs_or_unstated)]
Share = Annotated[float, Field(gt=0.0, le=1.0)]
Positive = Annotated[float, Field(gt=0.0, allow_inf_nan=False)]
NonNegative = Annotated[float, Field(ge=0.0, allow_inf_nan=False)]
Metres = Annotated[float, Field(gt=0.0, le=MOST_DISTANCE_M)]
Spacing = Annotated[float, Field(ge=1.0, le=MOST_DISTANCE_M)]
People = Annotated[float, Field(ge=0.0, le=MOST_PEOPLE)]
Yuan = Annotated[int, Field(ge=0, le=MOST_YUAN)]
Longitude = Annotated[float, Field(ge=-180.0, le=180.0, allow_inf_nan=False)]
Latitude = Annotated[float, Field(ge=-90.0, le=90.0, allow_inf_nan=False)]


def _resolve(path: Path, info: ValidationInfo) -> Path:
    """Make a relative path absolute, from the scenario file's folder where one is known."""
    folder = (info.context or {}).get("folder")
    return path if path.is_absolute() or folder is None else Path(folder) / path


DataPath = Annotated[Path, AfterValidator(_resolve)]


def _as_tuple(value: object) -> object:
    """Let one path stand where several may."""
    if isinstance(value, str | Path):
        return (value,)
    if not isinstance(value, list | tuple):
        raise broken_rule(repr(value), "a text in quotes, or several in square brackets")
    return tuple(value)


DataPaths = Annotated[tuple[DataPath, ...], Field(min_length=1), BeforeValidator(_as_tuple)]


def _check_local(moment: time) -> time:
    if moment.tzinfo is not None:
        raise broken_rule(moment.isoformat(), "a local time such as 07:00, without a time zone")
    return moment


LocalTime = Annotated[time, AfterValidator(_check_local)]


class Table(BaseModel):
    """A table of the scenario file: frozen, and strict about its keys."""

    model_config = ConfigDict(frozen=True, extra="forbid", use_attribute_docstrings=True)
