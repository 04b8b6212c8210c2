"""People of rasters: cut at borders, tiled, scaled, reprojected, and by age."""

from __future__ import annotations

import numpy as np
import pytest
import rasterio
import rasterio.shutil
import rasterio.vrt
import shapely
from pyproj import Transformer

from lastmile.errors import FaultLog
from lastmile.places import read_units
from lastmile.places.locate import finest_units
from lastmile.places.raster import read_raster
from lastmile.scenario import read_scenario

STEP = 0.002


def write(path, values, west, north, **more):
    values = np.asarray(values, dtype=np.float32)
    profile = {
        "driver": "GTiff", "width": values.shape[1], "height": values.shape[0], "count": 1,
        "dtype": "float32", "crs": "EPSG:4326",
        "transform": rasterio.Affine(STEP, 0, west, 0, -STEP, north),
    }  # fmt: skip
    with rasterio.open(path, "w", **profile | more) as file:
        file.write(values, 1)


@pytest.fixture
def corner(at):
    """West and north of 16 × 16 cells over the village and some ground around it."""
    west, north = at(-400, 2400)
    return west, north


@pytest.fixture
def cells(village, corner):
    """Write one raster over the village, with one person in every square metre or so."""

    def make(values, name="people.tif", *, at_column=0, at_row=0, **more):
        west, north = corner[0] + at_column * STEP, corner[1] - at_row * STEP
        write(village.folder / name, values, west, north, **more)
        if village.table["demand"]["source"] != "raster":
            village.table["demand"] = {"source": "raster", "path": name}
        return name

    return make


def area_in_cells(village):
    return village.units().area.area / STEP**2


def test_cells_count_by_the_share_of_them_that_lies_inside(village, cells):
    cells(np.full((16, 16), 10.0))
    places = village.accepted()
    assert places.demand["people"].sum() == pytest.approx(10.0 * area_in_cells(village), rel=1e-5)
    assert places.demand["people"].min() < 10.0
    assert shapely.distance(places.demand.geometry.to_numpy(), places.area).max() < 1e-9


def test_on_request_the_middle_of_a_cell_decides(village, cells):
    cells(np.full((16, 16), 10.0))
    village.table["demand"]["border"] = "centre"
    assert set(village.accepted().demand["people"]) == {10.0}


def test_on_request_cells_are_split_between_units_too(village, cells):
    cells(np.full((16, 16), 10.0))
    by_share = village.accepted().demand
    village.table["demand"]["border"] = "units"
    demand = village.accepted().demand
    assert demand["people"].sum() == pytest.approx(by_share["people"].sum())
    shares = demand.groupby("unit_code")["people"].sum()
    units = village.units().units.query("level == 'township'").set_index("code")
    expected = 10.0 * shapely.area(units.geometry.to_numpy()) / STEP**2
    assert shares[units.index].to_numpy() == pytest.approx(expected, rel=1e-4)
    split = demand[demand["id"].str.contains("-")]
    assert len(split) > 0
    assert set(split["id"].str.split("-").str[1]) == {"320402001", "320402002"}
    assert demand["id"].is_unique


def test_units_that_leave_holes_lose_nobody(village, cells):
    cells(np.full((16, 16), 10.0))
    village.table["boundaries"][1]["filter"] = "code == 320402001"
    village.table["settlement"] = {"source": "constant"}
    village.table["demand"]["border"] = "units"
    demand = village.accepted().demand
    assert demand["people"].sum() == pytest.approx(10.0 * area_in_cells(village), rel=1e-5)


def test_tiles_are_the_raster_they_were_cut_from(village, cells):
    values = np.arange(256.0).reshape(16, 16)
    cells(values)
    whole = village.accepted().demand
    cells(values[:, :7], "west.tif")
    cells(values[:9, 7:], "north_east.tif", at_column=7)
    cells(values[9:, 7:], "south_east.tif", at_column=7, at_row=9)
    village.table["demand"]["path"] = ["west.tif", "north_east.tif", "south_east.tif"]
    tiled = village.accepted().demand
    assert list(tiled["id"]) == list(whole["id"])
    assert tiled["people"].to_numpy() == pytest.approx(whole["people"].to_numpy())


def test_tiles_beside_the_area_are_no_fault_but_all_of_them_are(village, cells):
    cells(np.ones((16, 16)))
    write(village.folder / "far.tif", [[1.0]], 100.0, 20.0)
    village.table["demand"]["path"] = ["far.tif", "people.tif"]
    village.accepted()
    village.table["demand"]["path"] = ["far.tif", "far.tif"]
    assert village.read() is None
    assert "none of which touches the area" in village.told[0]


def test_tiles_that_disagree_are_told_and_the_first_counts(village, cells):
    cells(np.full((16, 16), 1.0))
    cells(np.full((16, 16), 2.0), "again.tif")
    village.table["demand"]["path"] = ["people.tif", "again.tif"]
    places = village.accepted()
    assert places.demand["people"].max() == 1.0
    assert any("the file named first counts" in note.en for note in places.notes)


@pytest.mark.parametrize(
    "wrong",
    [
        {"at_column": 0.5},
        {"transform": rasterio.Affine(0.0015, 0, 119.96, 0, -0.0015, 31.81)},
    ],
)
def test_tiles_of_another_grid_are_refused_by_name(village, cells, wrong):
    cells(np.ones((16, 16)))
    cells(np.ones((16, 16)), "other.tif", **wrong)
    village.table["demand"]["path"] = ["people.tif", "other.tif"]
    assert village.read() is None
    (fault,) = village.faults.faults
    assert fault.file.endswith("other.tif")
    assert "do not line up with those of people.tif" in fault.found


@pytest.mark.parametrize("nodata", [-99999.0, float(np.float32(-3.4e38)), -200.0, -np.inf, np.nan])
def test_the_nodata_of_worldpop_and_ghsl_is_nobody(village, cells, nodata):
    values = np.full((16, 16), 4.0)
    values[:, ::2] = nodata
    cells(values, nodata=nodata)
    assert village.accepted().demand["people"].max() == 4.0


def test_undeclared_nodata_is_a_fault_that_says_how_to_state_it(village, cells):
    values = np.full((16, 16), 4.0)
    values[8, 8] = -200.0
    cells(values)
    assert village.read() is None
    (fault,) = village.faults.faults
    assert "set demand.nodata = -200" in fault.remedy
    village.faults.faults.clear()
    village.table["demand"]["nodata"] = -200.0
    assert village.accepted().demand["people"].max() == 4.0


def test_a_band_is_read_with_its_scale_and_offset(village, cells):
    name = cells(np.full((16, 16), 7.0))
    with rasterio.open(village.folder / name, "r+") as file:
        file.scales, file.offsets = (0.5,), (1.0,)
    assert village.accepted().demand["people"].max() == pytest.approx(4.5)


def test_a_mollweide_raster_counts_the_same_people(village, at):
    """GHSL: 100 m cells of an equal-area projection, turned against the meridians here."""
    to_plane = Transformer.from_crs("EPSG:4326", "ESRI:54009", always_xy=True)
    west, north = to_plane.transform(*at(1000, 1000))
    west, north = west - 3000.0, north + 3000.0
    write(
        village.folder / "ghsl.tif", np.full((60, 60), 10.0), 0, 0, crs="ESRI:54009",
        nodata=-200.0, transform=rasterio.Affine(100, 0, west, 0, -100, north),
    )  # fmt: skip
    village.table["demand"] = {"source": "raster", "path": "ghsl.tif"}
    demand = village.accepted().demand
    # Mollweide is equal-area on a sphere: 0.3 % off a hectare on the ellipsoid here.
    corners = [
        to_plane.transform(*at(x, y)) for x, y in [(0, 0), (2000, 0), (2000, 2000), (0, 2000)]
    ]
    expected = 10.0 * shapely.Polygon(corners).area / 100.0**2
    assert expected == pytest.approx(4012.0, abs=0.5)
    assert demand["people"].sum() == pytest.approx(expected, rel=1e-5)


def ages(village, *paths, name="65+", **more):
    groups = village.table["demand"].setdefault("age_groups", [])
    groups.append({"name": name, "path": list(paths)} | more)


def test_bands_of_age_and_sex_are_added_up_where_the_people_are(village, cells):
    cells(np.full((16, 16), 10.0))
    cells(np.full((16, 16), 1.0), "f65.tif")
    cells(np.full((14, 14), 0.5), "m65.tif", at_column=1, at_row=1)
    ages(village, "f65.tif", "m65.tif")
    places = village.accepted()
    (group,) = places.age_groups
    assert group.name == "65+"
    assert len(group.people) == len(places.demand)
    assert group.people == pytest.approx(places.demand["people"].to_numpy() * 0.15)


def test_an_age_raster_of_other_cells_is_refused(village, cells):
    cells(np.full((16, 16), 10.0))
    cells(np.full((16, 16), 1.0), "f65.tif", at_column=0.5)
    ages(village, "f65.tif")
    assert village.read() is None
    assert "demand.path" in village.told[0]


def test_an_age_raster_that_is_missing_is_a_fault(village, cells):
    cells(np.full((16, 16), 10.0))
    ages(village, "f65.tif")
    assert village.read() is None
    assert "no such file" in village.told[0]


def test_more_old_people_than_people_is_told(village, cells):
    cells(np.full((16, 16), 10.0))
    cells(np.full((16, 16), 11.0), "f65.tif")
    ages(village, "f65.tif")
    assert any("more than all" in note.en for note in village.accepted().notes)


def test_columns_of_age_are_read_for_the_points_that_are_kept(village, rows):
    lines = rows(("a", 100, 500), ("b", 1500, 510), ("c", 9000, 9000))
    village.people(
        "\n".join(
            ["id,lon,lat,people,老年", lines[0] + ",10,2", lines[1] + ",20,", lines[2] + ",5,5"]
        )
    )
    village.table["demand"]["age_columns"] = {"65+": "老年"}
    (group,) = village.accepted().age_groups
    assert group.people.tolist() == [2.0, 0.0]


def test_a_bad_cell_of_age_is_a_fault_with_its_row(village, rows):
    (line,) = rows(("a", 100, 500))
    village.people("\n".join(["id,lon,lat,people,老年", line + ",10,很多"]))
    village.table["demand"]["age_columns"] = {"65+": "老年"}
    assert village.read() is None
    assert "row 2, column 老年" in village.told[0]


def test_what_is_planned_for_stands_beside_the_official_totals(village, cells):
    cells(np.full((16, 16), 10.0))
    village.accepted()
    totals = {found.code: found for found in village.faults.findings.totals}
    assert set(totals) == {"320402001", "320402002"}
    assert totals["320402001"].official == 1000.0
    planned = sum(found.people for found in totals.values())
    assert planned == pytest.approx(10.0 * area_in_cells(village), rel=1e-3)


@pytest.mark.parametrize("offset", [0.0, 20.0])
def test_a_point_in_a_sliver_between_layers_has_the_class_beside_it(village, at, rows, offset):
    """The district reaches 20 m beyond its townships; 40 m beyond, nobody guesses."""
    _ = at
    (line,) = rows(("a", 2000 + 20 + offset, 500))
    village.people("\n".join(["id,lon,lat,people", line + ",10"]))
    village.table["boundaries"][0] = {"path": "wide.gpkg", "code": "320402", "name": "东区"}
    wide = shapely.box(*[*at(0, 0), *at(2100, 2000)])
    from geopandas import GeoDataFrame  # noqa: PLC0415

    GeoDataFrame(geometry=[wide], crs="EPSG:4326").to_file(village.folder / "wide.gpkg")
    village.table["settlement"] = {"source": "column"}
    if offset:
        assert village.read() is None
        assert "no class for 1 of 1" in village.told[0]
    else:
        assert village.accepted().demand["settlement"].tolist() == ["rural"]


@pytest.mark.real_data
def test_of_xuhui_the_cells_inside_count_whole_and_those_cut_by_their_share(
    shared_data, repository
):
    scenario = read_scenario(repository / "tests" / "scenarios" / "xuhui.toml")
    faults = FaultLog()
    units = read_units(scenario, faults)
    found = {}
    for border in ("centre", "share", "units"):
        source = scenario.demand.model_copy(update={"border": border})
        people, _ = read_raster(source, units, faults)
        assert (finest_units(people.points, units.units) == 0).all()
        found[border] = (len(people.ids), people.people.sum())
    assert faults.faults == []
    # 5,885 middles lie inside; the border cuts 196 cells more whose middles lie outside.
    assert found["centre"] == (5885, pytest.approx(1_080_179, abs=1))
    assert found["share"] == (6081, pytest.approx(1_082_321, abs=1))
    assert found["units"] == found["share"]


def test_a_raster_without_a_place_is_a_fault_and_no_warning(village, cells):
    with pytest.warns(rasterio.errors.NotGeoreferencedWarning):
        cells(np.ones((16, 16)), transform=rasterio.Affine.identity())
    assert village.read() is None
    assert "cells that lie nowhere" in village.told[0]


@pytest.mark.parametrize("seed", range(60))
def test_no_damage_to_a_raster_ends_in_anything_but_a_fault_or_people(village, cells, seed):
    """Cut, or with bytes changed in the header or anywhere; a run of 6,000 seeds found no other."""
    name = cells(np.random.default_rng(0).random((16, 16)), nodata=-99999.0)
    random = np.random.default_rng(seed)
    content = bytearray((village.folder / name).read_bytes())
    if seed % 3 == 0:
        content = content[: random.integers(0, len(content))]
    else:
        reach = min(700, len(content)) if seed % 3 == 1 else len(content)
        for at_byte in random.integers(0, reach, random.integers(1, 40)):
            content[at_byte] = random.integers(0, 256)
    (village.folder / name).write_bytes(bytes(content))
    places = village.read()
    assert (places is None) == bool(village.faults.faults)


@pytest.mark.parametrize("name", ["a.tif", "a.img"])
def test_a_raster_that_names_another_file_reads_nothing(village, cells, name):
    cells(np.full((16, 16), 10.0), "secret.tif")
    with rasterio.open(village.folder / "secret.tif") as raster:
        made = rasterio.vrt.WarpedVRT(raster)
        rasterio.shutil.copy(made, village.folder / "other.vrt", driver="VRT")
    (village.folder / "other.vrt").rename(village.folder / name)
    village.table["demand"] = {"source": "raster", "path": name}
    assert village.read() is None
    (fault,) = village.faults.faults
    assert fault.found == "a file that names others to be read in its place"
