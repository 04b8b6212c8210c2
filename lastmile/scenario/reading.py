"""``scenario.toml`` to :class:`Scenario`, or one message with every fault in it."""

from __future__ import annotations

import difflib
import tomllib
from collections.abc import Iterator, Mapping
from pathlib import Path
from typing import Any, get_args

from pydantic import BaseModel, ValidationError
from pydantic_core import ErrorDetails

from lastmile.errors import Fault, InputError
from lastmile.scenario.model import Scenario


def read_scenario(path: Path | str) -> Scenario:
    """Read a scenario file.

    Parameters
    ----------
    path
        A TOML file; relative paths inside it resolve against its folder.

    Raises
    ------
    InputError
        Naming every unknown key, missing key and value out of range.
    """
    file = Path(path)
    try:
        table = tomllib.loads(file.read_text(encoding="utf-8-sig"))
    except FileNotFoundError:
        raise InputError(
            [Fault(str(path), "", "no such file", "a scenario file", "run: lastmile new DIR")]
        ) from None
    except RecursionError:
        fault = Fault(str(path), "", "tables nested too deeply", "a scenario", "flatten them")
        raise InputError([fault]) from None
    except (OSError, UnicodeDecodeError, tomllib.TOMLDecodeError) as error:
        raise InputError(
            [Fault(str(path), "", str(error), "UTF-8 TOML", "mend the line named")]
        ) from None
    return scenario_from_table(table, folder=file.resolve().parent, source=str(path))


def scenario_from_table(table: Mapping[str, Any], folder: Path, source: str) -> Scenario:
    """Validate a scenario given as nested mappings.

    Parameters
    ----------
    table
        The scenario, as TOML or JSON would hold it.
    folder
        Where relative paths start.
    source
        Name of the origin, for messages.
    """
    try:
        return Scenario.model_validate(dict(table), context={"folder": folder})
    except ValidationError as error:
        details = [detail for detail in error.errors() if detail["type"] != "too_short"]
        raise InputError(_fault(source, detail) for detail in details or error.errors()) from None


def _fault(source: str, detail: ErrorDetails) -> Fault:
    steps = [step for step in detail["loc"] if str(step) not in _UNION_TAGS]
    where = ".".join(str(step) for step in steps)
    if detail["type"] == "extra_forbidden":
        key = str(steps[-1])
        near = difflib.get_close_matches(key, sorted(_keys_at(steps[:-1])), n=1, cutoff=0.5)
        remedy = f"write {near[0]!r} if that was meant" if near else "remove it"
        return Fault(source, where, f"unknown key {key!r}", "a known key", remedy)
    if detail["type"] == "missing":
        return Fault(source, where, "nothing", "a value", f"set {where}")
    message = detail["msg"].removeprefix("Value error, ")
    shown = repr(detail["input"]) if not isinstance(detail["input"], Mapping) else "this table"
    return Fault(source, where, shown, message, f"correct {where or 'the file'}")


_UNION_TAGS = frozenset(
    {"raster", "points", "unit_totals", "constant", "column", "nearest_community", "junctions"}
    | {"point", "Depot", "DepotTable"}
)


def _keys_at(steps: list[int | str]) -> set[str]:
    """Every key that may stand in the table that ``steps`` leads to."""
    models: list[type[BaseModel]] = [Scenario]
    for step in steps:
        if isinstance(step, int):
            continue
        models = [
            inner
            for model in models
            if step in model.model_fields
            for inner in _models_in(model.model_fields[step].annotation)
        ]
    return {name for model in models for name in model.model_fields}


def _models_in(annotation: object) -> Iterator[type[BaseModel]]:
    if isinstance(annotation, type) and issubclass(annotation, BaseModel):
        yield annotation
    for inner in get_args(annotation):
        yield from _models_in(inner)
