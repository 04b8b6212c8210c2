"""Units that have only points get the ground of their parent that is nearest to them."""

import numpy as np
import pytest
import shapely
from village_ground import box, frame, place


@pytest.fixture
def pointed(village):
    """The village with communities that are points: ``pointed(rows)``, rows of code, name, x, y."""

    def write(rows, **keys):
        lines = ["code,name,lon,lat"]
        for code, name, x, y in rows:
            lon, lat = place(x, y)
            lines.append(f"{code},{name},{lon!r},{lat!r}")
        village.write("communities.csv", "\n".join(lines) + "\n")
        layer = {"path": "communities.csv", "crs": "wgs84", "level": "community"}
        village.table["boundaries"].append(layer | {"outlines": "voronoi"} | keys)
        return village

    return write


def communities(units):
    return units.units[units.units["level"] == "community"].set_index("name")


def km2(units):
    return (communities(units).geometry.to_crs(4549).area / 1e6).to_dict()


def test_each_point_gets_what_is_nearest_inside_its_parent(pointed):
    village = pointed(
        [
            ("320402001001", "甲", 500, 500),
            ("320402001002", "乙", 500, 1500),
            ("320402002001", "丙", 1100, 1000),
        ]
    )
    units = village.units()
    assert not village.faults.faults
    assert km2(units) == pytest.approx({"甲": 1.0, "乙": 1.0, "丙": 2.0}, rel=1e-4)
    found = communities(units)
    assert found["estimated"].all()
    assert found["parent_code"].to_dict() == {
        "甲": "320402001",
        "乙": "320402001",
        "丙": "320402002",
    }
    assert not units.units[units.units["level"] != "community"]["estimated"].any()
    assert any("estimates" in note.en for note in units.notes)
    estimated = {u.name for u in village.faults.findings.units if u.is_estimated}
    assert estimated == {"甲", "乙", "丙"}


def test_a_code_that_names_no_parent_leaves_the_place_to_decide(pointed):
    units = pointed([("a", "甲", 500, 500), ("b", "乙", 1500, 500)]).units()
    assert communities(units)["parent_code"].to_dict() == {"甲": "320402001", "乙": "320402002"}
    assert km2(units) == pytest.approx({"甲": 2.0, "乙": 2.0}, rel=1e-4)


def test_a_point_a_little_outside_its_parent_still_counts_for_it_and_is_told(pointed):
    village = pointed([("320402001001", "甲", 1200, 500), ("320402001002", "乙", 500, 1500)])
    units = village.units()
    assert not village.faults.faults
    assert communities(units).loc["甲", "parent_code"] == "320402001"
    (suspect,) = [s for s in village.faults.findings.suspects if s.kind == "outside_parent"]
    assert "200 m outside 西镇" in suspect.en


def test_a_point_far_outside_its_parent_is_a_fault_that_names_both(pointed):
    village = pointed([("320402001001", "甲", 1900, 500), ("320402001002", "乙", 300, 1500)])
    strip = [box(0, 0, 600, 2000), box(600, 0, 2000, 2000)]
    columns = {"code": ["320402001", "320402002"], "name": ["西镇", "东镇"]}
    (village.folder / "townships.gpkg").unlink()
    frame(columns | {"people": [1, 1], "class": ["", ""]}, strip).to_file(
        village.folder / "townships.gpkg"
    )
    village.units()
    (told,) = village.told
    assert "甲 (320402001001) stands 1.3 km outside 西镇 (320402001), in 东镇 (320402002)" in told


def test_a_point_in_no_parent_is_a_fault_with_its_row(pointed):
    village = pointed([("a", "甲", 5000, 500), ("b", "乙", 1500, 500)])
    village.units()
    assert "communities.csv, row 2: found 甲 (a) at" in village.told[0]
    assert "in no unit of the level township" in village.told[0]


def test_a_point_that_is_nearest_to_nothing_of_its_parent_is_a_fault(pointed):
    village = pointed([("320402001001", "甲", 1500, 500), ("320402001002", "乙", 990, 500)])
    village.units()
    assert "甲 (320402001001) outside 西镇 (320402001), all of which is nearer" in village.told[0]


def test_points_in_one_place_share_its_ground_and_are_told(pointed):
    village = pointed([("320402001001", "甲", 500, 1000), ("320402001002", "乙", 500, 1000)])
    units = village.units()
    assert not village.faults.faults
    assert km2(units) == pytest.approx({"甲": 1.0, "乙": 1.0}, rel=1e-2)
    assert [s.kind for s in village.faults.findings.suspects].count("duplicate") == 2
    assert any("share one point" in note.en for note in units.notes)


def test_a_parent_without_points_is_named(pointed):
    units = pointed([("320402001001", "甲", 500, 500)]).units()
    assert any("no point of the level below" in n.en and "东镇" in n.en for n in units.notes)


def test_points_cannot_bound_the_area(pointed):
    village = pointed([("320402001001", "甲", 500, 500)])
    village.table["boundaries"].reverse()
    assert village.units() is None
    assert "points, in the layer that bounds the area" in village.told[0]


def test_points_need_a_coarser_level(pointed):
    village = pointed([("320402", "甲", 500, 500)])
    village.table["boundaries"][2]["level"] = "district"
    village.units()
    assert "no boundary layer of a coarser level" in village.told[0]


@pytest.mark.parametrize("key", ["lon_column", "lat_column", "code_column"])
def test_a_missing_column_of_points_is_told_with_the_key_to_mend(pointed, key):
    village = pointed([("320402001001", "甲", 500, 500)], **{key: "经度"})
    village.units()
    assert "a column '经度'" in village.told[0]
    assert "under boundaries[2] in the scenario" in village.told[0]


def test_people_stand_in_estimated_units_as_in_drawn_ones(pointed):
    village = pointed([("320402001001", "甲", 500, 500), ("320402001002", "乙", 500, 1500)])
    places = village.accepted()
    assert places.demand["unit_code"].tolist() == ["320402001001", "320402002"]


@pytest.mark.real_data
def test_the_271_points_of_changzhou_fill_their_districts(village, shared_data):
    folder = shared_data / "changzhou"
    village.table["boundaries"] = [
        {"path": str(folder / "districts_wgs84.geojson"), "code_column": "adcode"},
        {
            "path": str(folder / "admin5_2016_urcode.csv"),
            "crs": "gcj02",
            "level": "community",
            "outlines": "voronoi",
            "lon_column": "lon_gcj",
            "lat_column": "lat_gcj",
            "settlement_column": "ur_code",
            "filter": "level == village and lon_gcj is present",
        },
    ]
    units = village.units()
    assert not village.faults.faults, village.told
    found = units.units[units.units["level"] == "community"]
    assert len(found) == 271
    assert (found["code"].str[:6] == found["parent_code"]).all()
    for _, district in units.units[units.units["level"] == "district"].iterrows():
        cells = found.geometry[found["parent_code"] == district["code"]].to_numpy()
        assert shapely.area(cells).sum() == pytest.approx(district.geometry.area, rel=1e-9)
    apart = shapely.union_all(found.geometry.to_numpy()).symmetric_difference(units.area)
    assert apart.area < 1e-9 * units.area.area
    # The one pair of homonyms in one district, and the two pairs of points in one place.
    kinds = [suspect.kind for suspect in village.faults.findings.suspects]
    assert (kinds.count("duplicate"), kinds.count("duplicate_name")) == (4, 2)


@pytest.mark.real_data
def test_the_codes_of_2016_find_the_communities_of_2023(village, shared_data):
    folder = shared_data / "changzhou"
    village.table["boundaries"] = [
        {"path": str(folder / "districts_wgs84.geojson"), "code_column": "adcode"},
        {
            "path": str(folder / "town_seats_wgs84_2dp.csv"),
            "crs": "wgs84",
            "level": "township",
            "outlines": "voronoi",
            "filter": "lon is present",
            "similar_units": "exclude_prisons",
        },
        {
            "path": str(folder / "villages_2023.csv"),
            "crs": "gcj02",
            "level": "community",
            "outlines": "voronoi",
            "lon_column": "lon_gcj",
            "lat_column": "lat_gcj",
            "filter": "lon_gcj is present",
        },
    ]
    village.table["unit_tables"] = [
        {
            "path": str(folder / "admin5_2016_urcode.csv"),
            "level": "community",
            "settlement_column": "ur_code",
            "filter": "level == village",
        }
    ]
    units = village.units()
    assert not village.faults.faults, village.told
    found = units.units[units.units["level"] == "community"]
    classed = np.count_nonzero(found["settlement"] != "")
    assert classed >= 0.98 * len(found)
    assert set(found["settlement_source"]) <= {
        "", "admin5_2016_urcode.csv, ur_code", "villages_2023.csv, ur_code",
    }  # fmt: skip
    excluded = {u.name for u in village.faults.findings.units if u.is_excluded}
    assert excluded == {"常州监狱", "溧阳监狱"}


@pytest.mark.real_data
def test_a_cell_belongs_to_the_estimated_township_it_stands_in(village, shared_data):
    folder = shared_data / "shanghai_sw"
    points = {"path": str(folder / "admin5_2016_urcode.csv"), "crs": "gcj02",
              "outlines": "voronoi"}  # fmt: skip
    village.table["boundaries"] = [
        {"path": str(folder / "districts_wgs84.geojson"), "filter": "name in 松江区, 金山区"},
        points | {"level": "township", "filter": "level == town and lon_gcj is present"},
        points | {"level": "community", "filter": "level == village and lon_gcj is present"},
    ]
    units = village.units().units
    assert not village.faults.faults, village.told
    shapes = dict(zip(units["code"], units.geometry, strict=True))
    # Four villages stand in the cell of a neighbour of the town that their codes name.
    for row in units[units["level"] == "community"].itertuples():
        own, parent = row.geometry, shapes[row.parent_code]
        assert own.intersection(parent).area > 0.99 * own.area, row.name
