"""What a validation error means to somebody who writes a scenario."""

from __future__ import annotations

import difflib
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
    "literal_error": lambda ctx: str(ctx["expected"]),
    "union_tag_invalid": lambda ctx: f"{ctx['discriminator']} = one of {ctx['expected_tags']}",
    "union_tag_not_found": lambda ctx: f"a {ctx['discriminator']}",
    "greater_than": lambda ctx: f"more than {ctx['gt']:,g}",
    "greater_than_equal": lambda ctx: f"at least {ctx['ge']:,g}",
    "less_than": lambda ctx: f"less than {ctx['lt']:,g}",
    "less_than_equal": lambda ctx: f"at most {ctx['le']:,g}",
    "too_short": lambda ctx: f"at least {ctx['min_length']}",
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
    where = ".".join(str(step) for step in steps)
    context: Mapping[str, Any] = detail.get("ctx") or {}
    kind = detail["type"]
    if kind == "extra_forbidden":
        key = str(steps[-1])
        remedy = _suggestion(key, sorted(_keys_at(root, steps[:-1]))) or "remove it"
        return Fault(source, where, f"unknown key {key!r}", "a known key", remedy)
    if kind == "missing":
        return Fault(source, where, "nothing", "a value", f"set {where}")
    if kind == "rule":
        return Fault(source, where, context["found"], context["expected"], f"correct {where}")
    remedy = f"correct {where or 'the file'}"
    if kind in {"literal_error", "union_tag_invalid"}:
        told = context.get("tag", detail["input"])
        options = _quoted(context.get("expected", context.get("expected_tags", "")))
        remedy = _suggestion(str(told), options) or remedy
        return Fault(source, where, repr(told), _EXPECTED[kind](context), remedy)
    tell = _EXPECTED.get(kind)
    message = detail["msg"].removeprefix("Value error, ")
    return Fault(source, where, _found(detail["input"]), tell(context) if tell else message, remedy)


def missing_files(table: Mapping[str, Any], folder: Path) -> Iterator[Fault]:
    """Find the files that a scenario with other faults names in vain, so that all are told."""
    stack: list[tuple[str, object]] = [("", table)]
    while stack:
        where, item = stack.pop(0)
        if isinstance(item, Mapping):
            stack[:0] = [(f"{where}.{key}".strip("."), value) for key, value in item.items()]
        elif isinstance(item, list):
            stack[:0] = [(f"{where}.{k}", value) for k, value in enumerate(item)]
        elif where.endswith(".path") and isinstance(item, str) and item:
            path = folder / item
            if "\0" not in item and not path.exists():
                remedy = "correct the path, or put the file there"
                yield Fault(str(path), where, "no such file", "an existing file", remedy)


def _found(value: object) -> str:
    if isinstance(value, Mapping):
        return "this table"
    if isinstance(value, Sequence) and not value:
        return "none"
    return repr(value)


def _suggestion(word: str, known: Collection[str]) -> str:
    near = difflib.get_close_matches(word, known, n=1, cutoff=0.5)
    return f"write {near[0]!r} if that was meant" if near else ""


def _quoted(expected: str) -> list[str]:
    """Words that pydantic lists in quotes: ``'a', 'b' or 'c'``."""
    return expected.split("'")[1::2]


def _keys_at(root: type[BaseModel], steps: list[int | str]) -> set[str]:
    """Every key that may stand in the table that ``steps`` leads to."""
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
    return {name for model in models for name in model.model_fields}


def _models_in(annotation: object) -> Iterator[type[BaseModel]]:
    if isinstance(annotation, type) and issubclass(annotation, BaseModel):
        yield annotation
    for inner in get_args(annotation):
        yield from _models_in(inner)
