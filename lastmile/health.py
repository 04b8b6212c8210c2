"""The health of a scenario's data: what its files hold, what is wrong, and what looks odd.

As a :class:`~lastmile.plans.Plan` is what maps and reports of a plan are drawn from, a
:class:`Health` is what ``lastmile check`` prints and draws: made by the pipeline, shown elsewhere.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable, Mapping
from dataclasses import asdict, dataclass, field
from pathlib import Path
from types import MappingProxyType
from typing import Any, Literal

import geopandas as gpd

from lastmile.errors import Fault
from lastmile.findings import Findings, UnitFinding
from lastmile.scenario import Scenario

Language = Literal["zh", "en"]


@dataclass(frozen=True, slots=True)
class Remark:
    """Something to be told that is no fault."""

    zh: str
    en: str


@dataclass(frozen=True, slots=True)
class ClassCount:
    """The people of one class."""

    settlement: str
    """urban or rural."""

    n_points: int
    people: float
    off_network_people: float
    """People of the class who are too far from any walkable road."""


@dataclass(frozen=True, slots=True, eq=False)
class Ground:
    """What there is to draw, all in EPSG:4326; None where it could not be read."""

    units: gpd.GeoDataFrame | None = None
    """``code``, ``name``, ``level`` and polygons, coarsest level first."""

    roads: gpd.GeoDataFrame | None = None
    """``highway`` and lines."""

    demand: gpd.GeoDataFrame | None = None
    """``people`` and points."""

    sites: gpd.GeoDataFrame | None = None
    """``role`` and points."""

    depots: gpd.GeoDataFrame | None = None
    """``name`` and points."""


@dataclass(frozen=True, slots=True, eq=False)
class Health:
    """Everything that reading the data showed."""

    source: str
    """The scenario file as the user named it."""

    scenario: Scenario | None
    """None when the scenario file itself is faulty."""

    faults: tuple[Fault, ...]
    """What must be mended before anything can be planned, each once, in the order found."""

    findings: Findings = field(default_factory=Findings)
    notes: tuple[Remark, ...] = ()
    figures: Mapping[str, Any] = field(default_factory=lambda: MappingProxyType({}))
    """Counts by name, for those parts that could be read: ``units``, ``demand_points``,
    ``people``, ``off_network_points``, ``off_network_people``, ``sites`` by role, ``depots``,
    ``walk_km``."""

    classes: tuple[ClassCount, ...] = ()
    roads: Mapping[str, Any] | None = None
    """How well people meet the roads (``snapping``), and where roads almost touch (``repairs``,
    ``drive_repairs``); None where either could not be read."""

    ground: Ground = field(default_factory=Ground)

    @property
    def language(self) -> Language:
        """The language of maps and reports; Chinese where no scenario could be read."""
        return "zh" if self.scenario is None else self.scenario.output.language

    @property
    def name(self) -> str:
        """Title of the plan, or the name of the file that should state one."""
        return Path(self.source).name if self.scenario is None else self.scenario.name

    def shown(self, file: str) -> str:
        """Name a file as the scenario does: from its folder, where it lies in there.

        Examples
        --------
        >>> Health("/city/scenario.toml", None, ()).shown("/city/data/shops.csv")
        'data/shops.csv'
        """
        folder = Path(self.source).absolute().parent
        path = Path(file)
        return path.relative_to(folder).as_posix() if path.is_relative_to(folder) else file

    @property
    def own_notes(self) -> tuple[Remark, ...]:
        """Notes but for those that only repeat a remark of a reader."""
        told = {remark.sentence() for remark in self.findings.remarks}
        return tuple(note for note in self.notes if (note.zh, note.en) not in told)

    @property
    def can_be_planned(self) -> bool:
        """Whether ``lastmile plan`` would take these data."""
        return not self.faults

    def for_machines(self) -> dict[str, Any]:
        """Return everything but what is drawn as plain values, for ``lastmile check --json``."""
        found = asdict(self.findings)
        found["units_read"] = found.pop("units")  # ``units`` is how many are planned with
        return {
            "faults": [asdict(fault) for fault in self.faults],
            **found,
            **self.figures,
            "notes": [getattr(note, self.language) for note in self.notes],
            "notes_en": [note.en for note in self.notes],
            "classes": [asdict(part) for part in self.classes],
            **(self.roads or {}),
            "standard": None if self.scenario is None else self.scenario.service_distance.as_dict(),
        }


def unreadable(source: str, faults: Iterable[Fault]) -> Health:
    """Make the health of a scenario whose own file is faulty: nothing else can be said."""
    return Health(source=source, scenario=None, faults=tuple(dict.fromkeys(faults)))


def units_by_level(units: Iterable[UnitFinding]) -> dict[str, list[UnitFinding]]:
    """Group units by level, in the order in which the levels were read."""
    groups: dict[str, list[UnitFinding]] = {}
    for unit in units:
        groups.setdefault(unit.level, []).append(unit)
    return groups


def counted(words: Iterable[str]) -> dict[str, int]:
    """Count words, the most frequent first, equally frequent ones by the alphabet.

    Examples
    --------
    >>> counted(["b", "a", "b", "c"])
    {'b': 2, 'a': 1, 'c': 1}
    """
    return dict(sorted(Counter(words).items(), key=lambda item: (-item[1], item[0])))
