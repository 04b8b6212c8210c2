"""A square village of 2 km, drawn by hand, whose every distance can be checked on paper."""

from __future__ import annotations

import shutil
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

import pytest
import shapely
from village_ground import box, frame, place

from lastmile.errors import FaultLog
from lastmile.places import Ground, read_places, read_units
from lastmile.progress import silent
from lastmile.scenario import scenario_from_table


@dataclass
class Village:
    """A folder of input files and the scenario over them, changed test by test."""

    folder: Path
    table: dict[str, Any]
    ground: Ground
    faults: FaultLog = field(default_factory=FaultLog)

    def write(self, name, text, encoding="utf-8"):
        (self.folder / name).write_bytes(text.encode(encoding))
        return name

    def people(self, text, encoding="utf-8"):
        self.write("people.csv", text, encoding)

    def units(self):
        scenario = scenario_from_table(self.table, self.folder, "scenario.toml")
        return read_units(scenario, self.faults)

    def read(self, *, ground=True):
        scenario = scenario_from_table(self.table, self.folder, "scenario.toml")
        units = read_units(scenario, self.faults)
        if units is None:
            return None
        roads = self.ground if ground else None
        return read_places(scenario, units, roads, self.faults, silent)

    def accepted(self):
        """Read, and fail with the faults if there are any."""
        places = self.read()
        assert not self.faults.faults, [str(fault) for fault in self.faults.faults]
        return places

    @property
    def told(self):
        return [str(fault) for fault in self.faults.faults]


def spot_rows(*spots):
    """CSV lines ``id,lon,lat`` of spots given in metres."""
    return [f"{name},{place(x, y)[0]!r},{place(x, y)[1]!r}" for name, x, y in spots]


@pytest.fixture(scope="session")
def outlines(tmp_path_factory):
    """The village's boundary files, written once and copied for each test."""
    folder = tmp_path_factory.mktemp("village")
    frame({"code": ["320402"], "name": ["东区"]}, [box(0, 0, 2000, 2000)]).to_file(
        folder / "district.gpkg"
    )
    frame(
        {
            "code": ["320402001", "320402002"],
            "name": ["西镇", "东镇"],
            "people": [1000, 500],
            "class": ["111", "220"],
        },
        [box(0, 0, 1000, 2000), box(1000, 0, 2000, 2000)],
    ).to_file(folder / "townships.gpkg")
    return folder


@pytest.fixture
def village(tmp_path, outlines):
    """Two townships side by side in one district; a street along y = 500 m and one up x = 500 m."""
    for name in ("district.gpkg", "townships.gpkg"):
        shutil.copy(outlines / name, tmp_path / name)
    lines = [
        shapely.LineString([place(0, 500), place(500, 500)]),
        shapely.LineString([place(500, 500), place(2000, 500)]),
        shapely.LineString([place(500, 0), place(500, 2000)]),
    ]
    ground = Ground(
        frame({"highway": ["residential"] * 3, "name": ["", "", ""]}, lines),
        frame({}, [shapely.Point(place(x, 500)) for x in (500, 550, 800, 2500)]),
    )
    table = {
        "name": "村",
        "boundaries": [
            {"path": "district.gpkg"},
            {
                "path": "townships.gpkg",
                "level": "township",
                "people_column": "people",
                "settlement_column": "class",
            },
        ],
        "demand": {
            "source": "points",
            "path": "people.csv",
            "crs": "wgs84",
            "columns": {"id": "id", "people": "people"},
        },
        "roads": {"path": "roads.osm.pbf"},
    }
    made = Village(tmp_path, table, ground)
    rows = spot_rows(("a", 100, 500), ("b", 1500, 510))
    made.people("\n".join(["id,lon,lat,people", rows[0] + ",10", rows[1] + ",20.5"]))
    return made


@pytest.fixture
def at():
    """``place`` as a fixture: degrees of a spot in metres."""
    return place


@pytest.fixture
def rows():
    """``spot_rows`` as a fixture."""
    return spot_rows
