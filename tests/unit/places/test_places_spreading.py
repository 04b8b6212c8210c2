"""Unit totals spread by streets, buildings, land use, rasters or evenly; raked and rounded."""

from __future__ import annotations

import geopandas as gpd
import numpy as np
import pytest
import rasterio
import shapely

from lastmile.errors import FaultLog, InputError
from lastmile.places.buildings import building_spots
from lastmile.places.coordinates import working_crs
from lastmile.places.dwelling import lived_in
from lastmile.scenario import Buildings, scenario_from_table


@pytest.fixture
def box(at):
    def make(x0, y0, x1, y1):
        return shapely.Polygon([at(x0, y0), at(x1, y0), at(x1, y1), at(x0, y1)])

    return make


@pytest.fixture
def totals(village):
    """Ask for the townships' totals, 1,000 in the west and 500 in the east."""

    def ask(**keys):
        village.table["demand"] = {"source": "unit_totals", "level": "township"} | keys
        village.table["settlement"] = {"source": "column"}
        return village

    return ask


@pytest.fixture
def layer(village):
    """Write a layer of polygons."""

    def make(name, columns, shapes):
        frame = gpd.GeoDataFrame(columns, geometry=list(shapes), crs="EPSG:4326")
        frame.to_file(village.folder / name)
        return name

    return make


def by_unit(places):
    return places.demand.groupby("unit_code")["people"].sum().round(6).to_dict()


KEPT = {"320402001": 1000.0, "320402002": 500.0}


def told(places):
    return " | ".join(note.en for note in places.notes)


def test_people_live_in_buildings_by_floor_area(totals, layer, box):
    shapes = [box(100, 100, 110, 110), box(200, 100, 220, 110), box(1500, 100, 1510, 110)]
    layer("houses.gpkg", {"floors": [6, 1, 2]}, shapes)
    village = totals(
        weights=["buildings"], buildings={"path": "houses.gpkg", "floors_column": "floors"}
    )
    places = village.accepted()
    assert places.demand["people"].to_numpy() == pytest.approx([750.0, 250.0, 500.0], abs=0.01)
    assert by_unit(places) == KEPT
    middle = shapely.centroid(shapes[0])
    assert shapely.distance(places.demand.geometry.iloc[0], middle) < 1e-7


def test_floor_area_counts_before_floors_and_floors_before_height(totals, layer, box):
    columns = {
        "area": [300.0, None, None, None],
        "floors": [9, 2, None, None],
        "height": [99.0, 99.0, 11.0, None],
    }
    shapes = [box(x, 100, x + 10, 110) for x in (100, 200, 300, 400)]
    shapes.append(box(1500, 100, 1510, 110))
    layer("houses.gpkg", {k: [*v, None] for k, v in columns.items()}, shapes)
    buildings = {
        "path": "houses.gpkg",
        "floor_area_column": "area",
        "floors_column": "floors",
        "height_column": "height",
    }
    places = totals(weights=["buildings"], buildings=buildings).accepted()
    # 300, 200, 300 and 100 m² of 900 in the west.
    west = places.demand["people"].to_numpy()[:4]
    assert west == pytest.approx([333.33, 222.22, 333.33, 111.11], abs=0.1)
    assert "the floors of 2 of 5 buildings are not known" in told(places)


def test_nobody_lives_in_a_factory_and_units_without_homes_take_the_next_weights(
    totals, layer, box
):
    shapes = [box(100, 100, 110, 110), box(200, 100, 300, 200), box(1500, 100, 1510, 110)]
    layer("houses.gpkg", {"用途": ["住宅", "工业", "仓储"]}, shapes)
    village = totals(
        weights=["buildings", "roads"], buildings={"path": "houses.gpkg", "class_column": "用途"}
    )
    places = village.accepted()
    west = places.demand.query("unit_code == '320402001'")
    assert west["people"].tolist() == [1000.0]
    assert by_unit(places) == KEPT
    assert "1 of 3 buildings are lived in" in told(places)
    assert (
        "these units hold no building that is lived in; their people are spread along roads: 东镇"
        in told(places)
    )


def test_a_unit_without_anything_stands_at_a_point_inside_and_is_named(totals, layer, box):
    layer("houses.gpkg", {}, [box(100, 100, 110, 110)])
    places = totals(weights=["buildings"], buildings={"path": "houses.gpkg"}).accepted()
    assert by_unit(places) == KEPT
    assert "their people stand at a point inside: 东镇" in told(places)


def test_buildings_without_area_are_left_out_and_counted(totals, layer, box):
    flat = shapely.Polygon([(119.98, 31.78), (119.981, 31.78), (119.982, 31.78)])
    layer("houses.gpkg", {}, [flat, box(100, 100, 110, 110), box(1500, 100, 1510, 110)])
    places = totals(weights=["buildings"], buildings={"path": "houses.gpkg"}).accepted()
    assert by_unit(places) == KEPT
    assert "houses.gpkg: 1 of 3 shapes have no area and weigh nothing" in told(places)


@pytest.mark.real_data
def test_buildings_of_an_openstreetmap_extract_are_read_as_they_come(shared_data):
    source = Buildings(
        path=shared_data / "helsinki" / "test.osm.pbf",
        layer="multipolygons",
        filter="building is present",
        class_column="building",
    )
    outlines = np.array([shapely.box(20, 59, 30, 70)], dtype=object)
    faults, notes = FaultLog(), []
    spots = building_spots(source, outlines, working_crs(26.9), faults, notes)
    assert faults.faults == []
    assert len(spots.owner) == 2193 == np.count_nonzero(shapely.is_valid(spots.points))
    assert np.count_nonzero(spots.weight) == 2134
    assert any("2,134 of 2,193 buildings are lived in" in note.en for note in notes)


def test_people_live_on_residential_ground_by_area_and_density(totals, layer, box):
    shapes = [box(0, 0, 400, 200), box(400, 0, 600, 200), box(600, 0, 1000, 800)]
    shapes += [box(800, 1000, 1400, 1200)]
    layer("land.gpkg", {"code": ["R2", "R1", "M1", "R2"]}, shapes)
    land = {"path": "land.gpkg", "class_column": "code", "classes": {"R1": 0.5, "R2": 1.0}}
    places = totals(weights=["land_use"], land_use=land, spacing_m=50).accepted()
    assert by_unit(places) == KEPT
    points = places.demand.geometry.to_numpy()
    people = places.demand["people"].to_numpy()
    on = [people[shapely.intersects(shape, points)].sum() for shape in shapes]
    # 80,000, 20,000 (half as dense) and 40,000 m² in the west; all of the east on the last.
    west = np.array([80_000, 20_000, 0, 40_000]) / 140_000 * 1000
    assert on[:3] == pytest.approx(west[:3], abs=15.0)
    assert on[3] == pytest.approx(west[3] + 500.0, abs=15.0)
    assert on[2] == 0.0


def test_land_use_without_any_class_that_is_lived_on_is_refused(totals, layer, box):
    layer("land.gpkg", {"code": ["M1", "G1"]}, [box(0, 0, 500, 500), box(500, 0, 2000, 500)])
    land = {"path": "land.gpkg", "class_column": "code"}
    village = totals(weights=["land_use"], land_use=land)
    assert village.read() is None
    assert "no class that is lived on among G1, M1" in village.told[0]
    assert "demand.land_use.classes" in village.told[0]


def test_people_are_spread_as_a_raster_has_them(totals, at):
    west, north = at(-500, 2500)
    village = totals(weights=["raster"], population={"path": "people.tif"})
    values = np.zeros((20, 20), np.float32)
    values[6, 5], values[7, 5], values[6, 12] = 3.0, 1.0, 9.0
    step = rasterio.Affine(0.002, 0, west, 0, -0.002, north)
    with rasterio.open(
        village.folder / "people.tif", "w", driver="GTiff", width=20, height=20, count=1,
        dtype="float32", crs="EPSG:4326", transform=step,
    ) as file:  # fmt: skip
        file.write(values, 1)
    places = village.accepted()
    assert by_unit(places) == KEPT
    assert sorted(places.demand["people"]) == [250.0, 500.0, 750.0]


def test_a_raster_of_weights_below_zero_is_a_fault_that_says_how_to_state_it(totals, at):
    west, north = at(-500, 2500)
    village = totals(weights=["raster"], population={"path": "people.tif"})
    step = rasterio.Affine(0.002, 0, west, 0, -0.002, north)
    with rasterio.open(
        village.folder / "people.tif", "w", driver="GTiff", width=20, height=20, count=1,
        dtype="float32", crs="EPSG:4326", transform=step,
    ) as file:  # fmt: skip
        file.write(np.full((20, 20), -200.0, np.float32), 1)
    assert village.read() is None
    (fault,) = village.faults.faults
    assert "set demand.population.nodata = -200" in fault.remedy


def test_people_are_spread_evenly_over_ground(totals):
    places = totals(weights=["equal"], spacing_m=200).accepted()
    assert by_unit(places) == KEPT
    assert len(places.demand) > 90
    per_square = places.demand.query("unit_code == '320402001'")["people"]
    assert per_square.max() == pytest.approx(1000.0 * 200 * 200 / 2e6, rel=1e-3)


def test_squares_too_fine_for_the_area_are_refused(totals):
    village = totals(weights=["equal"], spacing_m=1)
    village.table["boundaries"][0]["path"] = "huge.gpkg"
    huge = gpd.GeoDataFrame(
        {"code": ["32"], "name": ["省"], "people": [10.0]},
        geometry=[shapely.box(119.0, 31.0, 120.0, 32.0)],
        crs="EPSG:4326",
    )
    huge.to_file(village.folder / "huge.gpkg")
    village.table["boundaries"][0]["people_column"] = "people"
    village.table["demand"]["level"] = "district"
    village.table["settlement"] = {"source": "constant"}
    assert village.read() is None
    assert "demand.spacing_m" in village.told[0]


@pytest.mark.parametrize("weights", [["roads"], ["equal"]])
def test_by_person_every_point_holds_whole_persons_and_units_keep_theirs(totals, weights):
    places = totals(weights=weights, rounding="person", spacing_m=50).accepted()
    people = places.demand["people"].to_numpy()
    assert (people == np.rint(people)).all()
    assert (people >= 1.0).all()
    assert by_unit(places) == KEPT


def district_people(village, people):
    frame = gpd.read_file(village.folder / "district.gpkg")
    frame["people"] = people
    frame.to_file(village.folder / "district.gpkg")
    village.table["boundaries"][0]["people_column"] = "people"


def test_totals_are_raked_to_the_official_one_and_that_is_told(totals):
    village = totals(rake_to=["district"], rounding="person")
    district_people(village, 1801)
    places = village.accepted()
    assert by_unit(places) == {"320402001": 1201.0, "320402002": 600.0}
    assert "raked to those of district: from 1,500 to 1,801 in all" in told(places)
    found = {total.code: total for total in village.faults.findings.totals}
    assert found["320402"].people == found["320402"].official == 1801.0
    assert found["320402002"].people == 600.0
    assert found["320402002"].official == 500.0


def test_totals_that_add_up_already_are_left_alone_and_nothing_is_told(totals):
    village = totals(rake_to=["district"])
    district_people(village, 1500)
    places = village.accepted()
    assert by_unit(places) == KEPT
    assert "raked" not in told(places)


def test_people_of_a_district_without_any_unit_to_live_in_are_a_fault(totals):
    village = totals(rake_to=["district"])
    district_people(village, 1500)
    frame = gpd.read_file(village.folder / "townships.gpkg")
    frame["people"] = 0
    frame.loc[0, "people"] = 7
    frame.geometry = frame.geometry.translate(1.0, 0.0)
    frame.to_file(village.folder / "townships.gpkg")
    assert village.read() is None
    assert "1,500 people, and no unit with people inside it" in " ".join(village.told)


def test_raking_to_a_finer_level_or_to_one_without_people_is_a_fault(totals):
    village = totals(rake_to=["community"])
    assert village.read() is None
    assert "finer than township" in village.told[0]
    village.faults.faults.clear()
    village = totals(rake_to=["district"])
    assert village.read() is None
    assert "no people for 东区" in village.told[0]


@pytest.mark.parametrize("kind", ["buildings", "land_use", "raster"])
def test_weights_without_their_file_are_refused(totals, kind):
    village = totals(weights=[kind])
    with pytest.raises(InputError, match=r"a table \[demand\."):
        scenario_from_table(village.table, village.folder, "scenario.toml")


def test_a_file_of_weights_that_is_missing_is_a_fault(totals):
    village = totals(weights=["buildings"], buildings={"path": "none.gpkg"})
    assert village.read() is None
    assert "no such file" in village.told[0]


def test_words_and_codes_of_dwelling():
    classes = {
        "住宅": True, "城镇住宅用地": True, "居住用地": True, "农村宅基地": True, "R": True,
        "R2": True, "r21": True, "R22": False, "0701": True, "070102": True, "0702": False,
        "0703": True, "07": True, "0601": False, "工业": False, "非居住": False,
        "城镇社区服务设施用地": False, "居住服务设施用地": False, "apartments": True, "yes": True,
        "": True, "retail": False, "Residential": True, "non-residential": False,
    }  # fmt: skip
    import pandas as pd  # noqa: PLC0415

    found = lived_in(pd.Series(list(classes)), ())
    assert dict(zip(classes, found.tolist(), strict=True)) == classes
    assert lived_in(pd.Series(["H1", "R2"]), ("H1",)).tolist() == [True, False]
