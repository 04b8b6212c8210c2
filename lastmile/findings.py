"""What reading finds beside faults: how each layer was understood, and what looks odd.

Faults stop a plan; findings never do. They are what the health report of ``lastmile check`` shows.
"""

from __future__ import annotations

from dataclasses import dataclass, field
from pathlib import PurePath
from typing import Literal

Verdict = Literal["confirmed", "refuted", "unconfirmed", "proposed"]
"""Of a coordinate system: the stated one fits, does not, cannot be told; or none was stated."""


@dataclass(frozen=True, slots=True)
class LayerFinding:
    """How one input layer was read."""

    key: str
    """Name of its table in the scenario: ``candidates[0]``."""

    file: str
    form: str
    """What the file turned out to be: ``CSV, GB18030, separator ;``."""

    n_rows: int
    n_kept: int
    """Rows left after the filter of the scenario and what was refused."""

    crs: str
    """The system in which the coordinates were read; '' for tables without any."""

    columns: tuple[ColumnFinding, ...] = ()


@dataclass(frozen=True, slots=True)
class ColumnFinding:
    """Which column of a table was taken for what."""

    meaning: str
    """The key under ``columns`` in the scenario: ``name``, ``lon``."""

    column: str
    """The header in the file."""

    is_stated: bool
    """Whether the scenario names the column; else it was recognised by its header."""


@dataclass(frozen=True, slots=True)
class CrsEvidence:
    """One test of one system that coordinates could be in."""

    test: str
    """What the layer was held against: ``roads``, ``units``, ``outlines``, ``names``."""

    system: str
    """wgs84, gcj02 or bd09."""

    figure: float
    """The figure of the test, such as the share of points within 30 m of a road."""

    zh: str
    en: str
    """The figure in a phrase."""


@dataclass(frozen=True, slots=True)
class CrsFinding:
    """What the tests say of the system in which a layer is stated."""

    key: str
    file: str
    stated: str
    """'' when the scenario states none."""

    verdict: Verdict
    proposal: str
    """The system that the evidence speaks for; '' when it speaks for none."""

    evidence: tuple[CrsEvidence, ...]


@dataclass(frozen=True, slots=True)
class Suspect:
    """A place on the map that somebody should look at."""

    key: str
    file: str
    where: str
    """Row or feature in the file, as in a fault."""

    lon: float
    lat: float
    """Degrees, WGS84, as read."""

    kind: str
    """What is suspicious, one word for each kind: ``outside``, ``duplicate``, ``off_network``."""

    zh: str
    en: str


@dataclass(frozen=True, slots=True)
class TotalFinding:
    """A unit's people by one source beside those of another."""

    code: str
    name: str
    level: str
    people: float
    """As planned with."""

    official: float
    """As stated by the source it is held against."""

    source: str
    """What that source is."""

    source_zh: str = ""
    """The same in Chinese; '' where it needs no translation, such as a title."""


@dataclass(frozen=True, slots=True)
class UnitFinding:
    """One administrative unit as it was read, kept or left out."""

    code: str
    name: str
    level: str
    kind: str
    """What the range of its code says: 街道, 镇, 乡, 居委会, 村委会, 类似; '' for no such code."""

    settlement: str
    """urban, rural or ''."""

    settlement_source: str
    """File and column of the class; '' where there is none."""

    is_estimated: bool
    """Whether its outline was made from points."""

    is_excluded: bool
    """Whether a rule of the scenario left it out."""


@dataclass(frozen=True, slots=True)
class UnmatchedRow:
    """A row of a table of units that means none of the units of the plan."""

    key: str
    file: str
    where: str
    found: str
    """Code and name in the row."""

    nearest: tuple[str, ...]
    """Names of units that look most like it."""


@dataclass(frozen=True, slots=True)
class Tally:
    """How many rows of a layer are of one sort."""

    key: str
    """Name of the layer's table in the scenario: ``existing[0]``."""

    file: str
    topic: str
    """What is counted by: ``premises``, ``status``, ``opened``, ``temperature``, ``kind``."""

    value: str
    """The sort: ``shop``, ``closed``, ``2016``; '' where none is told."""

    n: float
    """Rows, or parcels, kg and the like where the topic says so."""


@dataclass(frozen=True, slots=True)
class Remark:
    """What a reader did to a file, or noticed in it, that nobody asked for and all should know."""

    file: str
    where: str
    """Row, column, sheet or layer in the file; '' when the whole file is meant."""

    zh: str
    en: str

    def sentence(self) -> tuple[str, str]:
        """Tell it with its file, in Chinese and English, as the notes of a plan do."""
        name = PurePath(self.file).name
        place = f"{name}, {self.where}" if self.where else name
        return f"{name}：{self.zh}", f"{place}: {self.en}"


@dataclass(slots=True)
class Findings:
    """Collected while files are read, beside the faults; never outlives a reading stage."""

    layers: list[LayerFinding] = field(default_factory=list)
    crs: list[CrsFinding] = field(default_factory=list)
    suspects: list[Suspect] = field(default_factory=list)
    totals: list[TotalFinding] = field(default_factory=list)
    units: list[UnitFinding] = field(default_factory=list)
    unmatched: list[UnmatchedRow] = field(default_factory=list)
    tallies: list[Tally] = field(default_factory=list)
    remarks: list[Remark] = field(default_factory=list)

    def remark(self, file: object, where: str, *, zh: str, en: str) -> None:
        """Note what a reader did, once, however often the file is read."""
        remark = Remark(str(file), where, zh, en)
        if remark not in self.remarks:
            self.remarks.append(remark)
