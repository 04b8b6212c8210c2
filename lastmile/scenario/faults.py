"""What a validation error means to somebody who writes a scenario."""

from __future__ import annotations

import difflib
import math
from collections.abc import Callable, Collection, Iterator, Mapping, Sequence
from pathlib import Path
from typing import Any, Final, get_args

from pydantic import BaseModel
from pydantic_core import ErrorDetails

from lastmile.errors import Fault

_UNION_TAGS: Final = frozenset(
    {"raster", "points", "unit_totals", "constant", "column", "nearest_community", "junctions"}
    | {"point", "Depot", "DepotTable"}
)

_EXPECTED: Final[Mapping[str, Callable[[Mapping[str, Any]], str]]] = {
    "greater_than": lambda ctx: f"more than {_number(ctx['gt'])}",
    "greater_than_equal": lambda ctx: f"at least {_number(ctx['ge'])}",
    "less_than": lambda ctx: f"less than {_number(ctx['lt'])}",
    "less_than_equal": lambda ctx: f"at most {_number(ctx['le'])}",
    "too_short": lambda ctx: f"at least {'one' if ctx['min_length'] == 1 else ctx['min_length']}",
    "too_long": lambda ctx: f"at most {ctx['max_length']}",
    "finite_number": lambda _: "a finite number",
    "int_type": lambda _: "a whole number",
    "int_from_float": lambda _: "a whole number",
    "float_type": lambda _: "a number",
    "bool_type": lambda _: "true or false",
    "string_type": lambda _: "a text in quotes",
    "path_type": lambda _: "a path in quotes",
    "tuple_type": lambda _: "a list in square brackets",
    "model_type": lambda _: "a table",
    "dict_type": lambda _: "a table",
    "time_parsing": lambda _: "a local time such as 07:00",
    "time_type": lambda _: "a local time such as 07:00",
}


def fault_of(source: str, detail: ErrorDetails, root: type[BaseModel]) -> Fault:
    """Put one validation error into plain words.

    Parameters
    ----------
    source
        Name of the scenario, for the message.
    detail
        The error.
    root
        The model that was validated; its keys are suggested for unknown ones.
    """
    steps = [step for step in detail["loc"] if str(step) not in _UNION_TAGS]
    kind = detail["type"]
    if kind in {"union_tag_invalid", "union_tag_not_found"}:
        steps.append("source")
    where = ".".join(str(step) for step in steps)
    if kind == "extra_forbidden":
        key = str(steps[-1])
        remedy = _suggestion(key, sorted(_keys_at(root, steps[:-1]))) or "remove it"
        return Fault(source, where, f"unknown key {key!r}", "a known key", remedy)
    if kind == "missing":
        return Fault(source, where, "nothing", "a value", f"set {where}")
    if kind == "union_tag_not_found":
        choice = _either(_sources_at(root, steps[:-1]))
        return Fault(source, where, "nothing", choice, f"set {where}")
    found, expected, remedy = _judged(detail)
    return Fault(source, where, found, expected, remedy or f"correct {where or 'the file'}")


def _judged(detail: ErrorDetails) -> tuple[str, str, str]:
    """Say what a value is, what it should be, and how to mend it where more can be said."""
    kind, value = detail["type"], detail["input"]
    context: Mapping[str, Any] = detail.get("ctx") or {}
    if kind == "rule":
        return context["found"], context["expected"], ""
    if kind in {"literal_error", "union_tag_invalid"}:
        told = context.get("tag", value)
        options = _quoted(context.get("expected", context.get("expected_tags", "")))
        return _found(told), _either(options), _suggestion(str(told), options)
    key = str(detail["loc"][-1]) if detail["loc"] else ""
    if kind == "tuple_type" and isinstance(value, Mapping):
        return f"a table [{key}]", f"tables [[{key}]]", "write double brackets"
    if isinstance(value, list) and any(isinstance(item, Mapping) for item in value):
        return f"tables [[{key}]]", f"one table [{key}]", "write single brackets"
    if isinstance(value, float) and not math.isfinite(value):
        return _found(value), "a finite number", ""
    tell = _EXPECTED.get(kind)
    return _found(value), tell(context) if tell else f"a sound value ({detail['msg']})", ""


def missing_files(table: Mapping[str, Any], folder: Path) -> Iterator[Fault]:
    """Find the files that a scenario with other faults names in vain, so that all are told."""
    stack: list[tuple[str, object]] = [("", table)]
    while stack:
        where, item = stack.pop(0)
        if isinstance(item, Mapping):
            stack[:0] = [(f"{where}.{key}".strip("."), value) for key, value in item.items()]
        elif isinstance(item, list):
            stack[:0] = [(f"{where}.{k}", value) for k, value in enumerate(item)]
        elif _is_path(where) and isinstance(item, str) and item:
            path = folder / item
            if "\0" not in item and not path.exists():
                remedy = "correct the path, or put the file there"
                yield Fault(str(path), where, "no such file", "an existing file", remedy)


def _is_path(where: str) -> bool:
    """Whether a key is a path, or one of several."""
    return where.rstrip("0123456789").rstrip(".").endswith(".path")


def _found(value: object) -> str:
    """Show a value as TOML writes it, tables and lists by what they are."""
    if isinstance(value, Mapping):
        return "a table"
    if isinstance(value, bool):
        return str(value).lower()
    if isinstance(value, str):
        return repr(value) if value else "an empty text"
    return repr(value) if value or isinstance(value, int | float) else "none"


def _number(limit: float) -> str:
    return f"{int(limit):,}" if float(limit).is_integer() else f"{limit:,g}"


def _either(options: Sequence[str]) -> str:
    """List a choice.

    Examples
    --------
    >>> _either(["raster", "points", "unit_totals"])
    "'raster', 'points' or 'unit_totals'"
    """
    *first, last = map(repr, options)
    return f"{', '.join(first)} or {last}" if first else last


def _suggestion(word: str, known: Collection[str]) -> str:
    near = difflib.get_close_matches(word, known, n=1, cutoff=0.5)
    return f"write {near[0]!r} if that was meant" if near else ""


def _quoted(expected: str) -> list[str]:
    """Words that pydantic lists in quotes: ``'a', 'b' or 'c'``."""
    return expected.split("'")[1::2]


def _keys_at(root: type[BaseModel], steps: Sequence[int | str]) -> set[str]:
    """Every key that may stand in the table that ``steps`` leads to."""
    return {name for model in _models_at(root, steps) for name in model.model_fields}


def _sources_at(root: type[BaseModel], steps: Sequence[int | str]) -> list[str]:
    """Every ``source`` that the table that ``steps`` leads to may state."""
    models = _models_at(root, steps)
    return [word for model in models for word in get_args(model.model_fields["source"].annotation)]


def _models_at(root: type[BaseModel], steps: Sequence[int | str]) -> list[type[BaseModel]]:
    models: list[type[BaseModel]] = [root]
    for step in steps:
        if isinstance(step, int):
            continue
        models = [
            inner
            for model in models
            if step in model.model_fields
            for inner in _models_in(model.model_fields[step].annotation)
        ]
    return models


def _models_in(annotation: object) -> Iterator[type[BaseModel]]:
    if isinstance(annotation, type) and issubclass(annotation, BaseModel):
        yield annotation
    for inner in get_args(annotation):
        yield from _models_in(inner)
