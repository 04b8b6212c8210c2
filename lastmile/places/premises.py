"""Classes of premises: what a point of interest is, told from its type, its name or its tags."""

from __future__ import annotations

import tomllib
from collections import Counter
from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Final

import pandas as pd

from lastmile.findings import Tally
from lastmile.places.tables import Table

_FILE: Final = Path(__file__).parent / "poi_classes.toml"
_TYPE_HEADERS: Final = (
    "type", "类型", "poi类型", "类别", "分类", "业态", "行业类别", "typename",
    "type_name", "category",
)  # fmt: skip
_NAMED_KEYS: Final = ("shop", "office")
"""Keys of OpenStreetMap under which a name tells what premises are."""

GENERATED: Final = "generated"
"""Stands for a class where a candidate was made at a road junction: no premises are known."""


@dataclass(frozen=True, slots=True)
class PremisesClass:
    """One class, and the words it is told by."""

    id: str
    zh: str
    en: str
    types: tuple[str, ...]
    names: tuple[str, ...]
    within: tuple[str, ...]
    """Beginnings of type paths under which a name decides."""

    excluded: tuple[str, ...]
    """Words that rule a name out."""

    tags: frozenset[tuple[str, str]]
    """Keys and values of OpenStreetMap."""

    def fits(self, type_path: str, name: str) -> bool:
        """Tell whether premises of a type path ('' if unknown) and a name belong to the class."""
        if any(word in type_path for word in self.types):
            return True
        paths = type_path.split("|")
        if type_path and not any(path.startswith(self.within) for path in paths):
            return False
        return self.is_named(name)

    def is_named(self, name: str) -> bool:
        """Tell whether a name alone speaks for the class."""
        if any(word in name for word in self.excluded):
            return False
        return any(word in name for word in self.names)

    def is_tagged(self, tags: Mapping[str, str]) -> bool:
        """Tell whether an object of OpenStreetMap belongs to the class."""
        if any(tags.get(key) == value for key, value in self.tags):
            return True
        return any(key in tags for key in _NAMED_KEYS) and self.is_named(tags.get("name", ""))


def premises_classes(asked: Collection[str] = ()) -> tuple[PremisesClass, ...]:
    """Read the classes asked for, or all, in the order in which they are tried.

    Examples
    --------
    >>> [one.id for one in premises_classes(["shop", "post"])]
    ['post', 'shop']
    """
    words = tomllib.loads(_FILE.read_text(encoding="utf-8"))
    return tuple(
        PremisesClass(
            own, w["zh"], w["en"], tuple(w["types"]), tuple(w["names"]), tuple(w["within"]),
            tuple(w["not"]), frozenset(_tag(tag) for tag in w["osm"]),
        )
        for own, w in words.items()
        if not asked or own in asked
    )  # fmt: skip


def class_of(type_path: str, name: str, classes: Sequence[PremisesClass]) -> str:
    """Find the first class that premises fit; '' when they fit none.

    Examples
    --------
    >>> classes = premises_classes()
    >>> class_of("购物服务;便民商店/便利店;便民商店/便利店", "好德(天钥桥路店)", classes)
    'shop'
    >>> class_of("", "湟里镇葛庄村村民委员会", classes)
    'committee'
    """
    return next((one.id for one in classes if one.fits(type_path, name)), "")


def type_column(table: Table, stated: str) -> str:
    """Find the column of types: the one stated, else one known by its header, else ''."""
    if stated:
        return stated
    headers = {str(column).strip().lower(): str(column) for column in table.frame.columns}
    return next((headers[word] for word in _TYPE_HEADERS if word in headers), "")


def classes_of_rows(
    table: Table, column: str, names: Sequence[str], classes: Sequence[PremisesClass]
) -> list[str]:
    """Find the class of every row.

    Parameters
    ----------
    table
        The table.
    column
        Its column of types; '' when there is none, and names decide.
    names
        One for each row.
    classes
        Those to choose from.
    """
    blank = pd.Series("", index=table.frame.index)
    types = table.frame[column] if column else blank
    return [class_of(path, name, classes) for path, name in zip(types, names, strict=True)]


def premises_tally(key: str, file: str, classes: Sequence[str]) -> list[Tally]:
    """Count classes for the health report."""
    return [Tally(key, file, "premises", value, n) for value, n in sorted(Counter(classes).items())]


def _tag(text: str) -> tuple[str, str]:
    key, _, value = text.partition("=")
    return key, value
