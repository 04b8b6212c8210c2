"""A commented scenario to start from, written from the scenario's own documentation."""

from __future__ import annotations

import inspect
import json
from collections.abc import Iterator
from datetime import time
from pathlib import Path
from typing import Any, Final, get_args

from pydantic import BaseModel
from pydantic_core import PydanticUndefined

from lastmile import scenario as s
from lastmile.errors import Fault, InputError

_PLACEHOLDERS: Final[dict[tuple[str, str], Any]] = {
    ("Scenario", "name"): "我的城市",
    ("Boundaries", "path"): "data/districts.gpkg",
    ("UnitTable", "path"): "data/residents.xlsx",
    ("UnitTable", "level"): "township",
    ("RasterDemand", "path"): "data/population.tif",
    ("PointDemand", "path"): "data/people.csv",
    ("PointDemand", "crs"): "wgs84",
    ("AgeGroupRasters", "name"): "65+",
    ("AgeGroupRasters", "path"): ["data/f_65.tif", "data/m_65.tif"],
    ("Buildings", "path"): "data/buildings.gpkg",
    ("LandUse", "path"): "data/land_use.gpkg",
    ("WeightRaster", "path"): "data/population.tif",
    ("NearestCommunitySettlement", "path"): "data/communities.csv",
    ("NearestCommunitySettlement", "crs"): "gcj02",
    ("Roads", "path"): "data/roads.osm.pbf",
    ("PointCandidates", "path"): "data/shops.csv",
    ("PointCandidates", "crs"): "gcj02",
    ("PointCandidates", "classes"): ("shop", "committee", "post"),
    ("Existing", "path"): "data/stations.csv",
    ("Existing", "crs"): "gcj02",
    ("OsmCandidates", "path"): "data/city.osm.pbf",
    ("Geocoding", "path"): "data/addresses.csv",
    ("Geocoding", "crs"): "gcj02",
    ("Orders", "path"): "data/orders.csv",
    ("Orders", "crs"): "gcj02",
    ("Depot", "id"): "D1",
    ("Depot", "name"): "分拨中心",
    ("Depot", "lon"): 119.97,
    ("Depot", "lat"): 31.81,
    ("DepotTable", "path"): "data/centres.csv",
    ("DepotTable", "crs"): "gcj02",
    ("Vehicle", "id"): "van",
    ("SitingPhase", "name"): "2026",
    ("Profile", "name"): "our_van",
    ("Ban", "path"): "data/bans.gpkg",
    ("Routing", "split_loads"): True,
}

_REASONS: Final[dict[tuple[str, str], str]] = {
    # The model's default stays false: several visits a day are for the planner to allow.
    ("Routing", "split_loads"): "Set here, unlike the default: a busy station may get more "
    "parcels than one van carries,\nand a plan that may not visit it twice is then refused.",
}

_LIVE: Final[tuple[tuple[str, type[BaseModel]], ...]] = (
    ("[[boundaries]]", s.Boundaries),
    ("[demand]", s.RasterDemand),
    ("[settlement]", s.ConstantSettlement),
    ("[service_distance]", s.ServiceDistance),
    ("[roads]", s.Roads),
    ("[[candidates]]", s.PointCandidates),
    ("[[depots]]", s.Depot),
    ("[siting]", s.Siting),
    ("[siting.costs]", s.SiteCosts),
    ("[siting.capacities]", s.SiteCapacities),
    ("[routing]", s.Routing),
    ("[[routing.vehicles]]", s.Vehicle),
    ("[output]", s.Output),
)
_OTHERS: Final[tuple[tuple[str, type[BaseModel]], ...]] = (
    ("[[unit_tables]]", s.UnitTable),
    ("[[demand.age_groups]]", s.AgeGroupRasters),
    ("[demand]", s.PointDemand),
    ("[demand.columns]", s.DemandColumns),
    ("[demand]", s.UnitTotalsDemand),
    ("[demand.buildings]", s.Buildings),
    ("[demand.land_use]", s.LandUse),
    ("[demand.population]", s.WeightRaster),
    ("[settlement]", s.ColumnSettlement),
    ("[settlement]", s.NearestCommunitySettlement),
    ("[roads.columns]", s.RoadColumns),
    ("[candidates.columns]", s.SiteColumns),
    ("[[candidates]]", s.OsmCandidates),
    ("[[candidates]]", s.JunctionCandidates),
    ("[[existing]]", s.Existing),
    ("[existing.columns]", s.StationColumns),
    ("[duplicates]", s.Duplicates),
    ("[geocoding]", s.Geocoding),
    ("[[orders]]", s.Orders),
    ("[orders.columns]", s.OrderColumns),
    ("[[depots]]", s.DepotTable),
    ("[[siting.phases]]", s.SitingPhase),
    ("[[profiles]]", s.Profile),
    ("[[bans]]", s.Ban),
)

_HEAD: Final = """\
# A lastmile scenario. Paths are relative to this file.
# A line such as  #seed = 1  shows a default: take the # away to change it.
# Check it with:  lastmile check scenario.toml
# Plan it with:   lastmile plan scenario.toml -o plan
"""


_OTHER_WAYS: Final = """\
---- Other ways to state the above, and tables that may be added ----
A table in single brackets may stand only once: another [demand] or [settlement] takes the place
of the one above, which you then delete, or comment out with a # before each of its lines.
Tables in double brackets may stand several times, side by side."""


def write_scaffold(folder: Path) -> Path:
    """Write ``scenario.toml`` and an empty ``data`` folder; return the scenario's path.

    Raises
    ------
    InputError
        When the folder already holds a scenario.
    """
    path = folder / "scenario.toml"
    if path.exists() or (folder.exists() and not folder.is_dir()):
        fault = Fault(str(path), "", "something already there", "a new folder", "name another")
        raise InputError([fault])
    (folder / "data").mkdir(parents=True, exist_ok=True)
    path.write_text(scaffold(), encoding="utf-8")
    return path


def scaffold() -> str:
    """Return the text of a commented scenario that holds every field with unit and default."""
    lines = [_HEAD, *_keys(s.Scenario)]
    for header, model in _LIVE:
        lines += ["", *_comment(_summary(model)), *_comment(_outlook(header)), header]
        lines += _keys(model)
    lines += ["", *_comment(_OTHER_WAYS)]
    for header, model in _OTHERS:
        body = [*_comment(_place_of(header)), *_comment(_summary(model)), header, *_keys(model)]
        lines += ["", *(line if line.startswith("#") else f"#{line}" for line in body)]
    return "\n".join(lines) + "\n"


def _outlook(header: str) -> str:
    """Say of a table of the first part that others at the end exclude it."""
    if header.startswith("[[") or header not in dict(_OTHERS):
        return ""
    return f"Only one {header} may stand in this file; the other ways stand at its end."


def _place_of(header: str) -> str:
    """Say how a table of the second part goes together with those of the first."""
    if header.startswith("[["):
        live = header in dict(_LIVE)
        return f"May be added to the {header} above, or replace it:" if live else "May be added:"
    outer, _, inner = header.strip("[]").rpartition(".")
    if not outer:
        return f"INSTEAD OF the {header} above; only one of them may stand in the file:"
    return f"Belongs to the {outer} table that stands last before it, and names its {inner}:"


def _summary(model: type[BaseModel]) -> str:
    return inspect.getdoc(model) or ""


def _keys(model: type[BaseModel]) -> Iterator[str]:
    for name, field in model.model_fields.items():
        default = field.get_default(call_default_factory=True)
        if _is_table(model, name, default):
            continue
        if field.description:
            yield from _comment(field.description)
        yield from _comment(_REASONS.get((model.__name__, name), ""))
        stated = _PLACEHOLDERS.get((model.__name__, name))
        if stated is not None:
            yield f"{name} = {_toml(stated)}"
        elif name == "source" and field.annotation is not None:
            (value,) = field.annotation.__args__
            yield f"{name} = {_toml(value)}"
        else:
            yield f"#{name} = {_toml(default)}"


def _is_table(model: type[BaseModel], name: str, default: object) -> bool:
    """Whether a field is written as a table of its own rather than as a key."""
    models = isinstance(default, BaseModel)
    several = isinstance(default, tuple) and any(isinstance(item, BaseModel) for item in default)
    own = model is s.Scenario and name not in {"name", "seed"}
    return models or several or own or _names_a_table(model.model_fields[name].annotation)


def _names_a_table(annotation: object) -> bool:
    """Whether a type is a table, several, or perhaps one: ``Buildings | None``."""
    if isinstance(annotation, type) and issubclass(annotation, BaseModel):
        return True
    return any(_names_a_table(part) for part in get_args(annotation))


def _comment(text: str) -> Iterator[str]:
    for line in text.splitlines():
        yield f"# {line}".rstrip()


def _toml(value: object) -> str:
    if value is None or value is PydanticUndefined:
        return "…"
    if isinstance(value, bool):
        return "true" if value else "false"
    if isinstance(value, time):
        return value.isoformat()
    if isinstance(value, tuple | list):
        return "[" + ", ".join(_toml(item) for item in value) + "]"
    if isinstance(value, dict):
        return "{" + ", ".join(f"{_toml(k)} = {_toml(v)}" for k, v in value.items()) + "}"
    return json.dumps(value, ensure_ascii=False)
