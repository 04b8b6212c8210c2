"""Candidates by class, doubles, generated places, and what they cost and handle."""

from __future__ import annotations

import numpy as np
import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from lastmile.errors import FaultLog
from lastmile.places.osm_premises import osm_rows
from lastmile.scenario import OsmCandidates

HEAD = "id,name,type,lon,lat"


def shops(village, rows, *lines, path="shops.csv", **more):
    """Write a table of premises: id, name, type, and metres east and north."""
    table = [HEAD]
    for own, name, kind, x, y in lines:
        (row,) = rows((own, x, y))
        table.append(f"{own},{name},{kind},{row.partition(',')[2]}")
    village.write(path, "\n".join(table))
    source = {"source": "points", "path": path, "crs": "wgs84"}
    source["columns"] = {"id": "id", "name": "name"}
    village.table.setdefault("candidates", []).append(source | more)


def duplicates(village):
    return [s for s in village.faults.findings.suspects if s.kind == "duplicate"]


def test_classes_choose_premises_by_type_path_and_name(village, rows):
    shops(
        village, rows,
        ("a", "好德", "购物服务;便民商店/便利店;便民商店/便利店", 100, 500),
        ("b", "西镇邮政所", "生活服务;邮局;邮局", 300, 500),
        ("c", "西镇村居民委员会", "政府机构及社会团体;政府机关;乡镇以下级政府及事业单位", 500, 500),
        ("d", "居委会老年活动室", "体育休闲服务;休闲场所;休闲场所", 700, 500),
        ("e", "西镇供销社", "购物服务;超级市场;超市", 900, 500),
        ("f", "永升物业", "公司企业;公司;公司", 1100, 500),
        ("g", "物业公司旁小吃", "餐饮服务;中餐厅;中餐厅", 1300, 500),
        classes=["shop", "property", "committee", "coop", "post"],
    )  # fmt: skip
    sites = village.accepted().sites
    assert dict(zip(sites["id"], sites["premises"], strict=True)) == {
        "a": "shop", "b": "post", "c": "committee", "e": "coop", "f": "property",
    }  # fmt: skip
    counts = {t.value: t.n for t in village.faults.findings.tallies if t.topic == "premises"}
    assert counts == {"shop": 1, "post": 1, "committee": 1, "coop": 1, "property": 1, "": 2}


def test_a_class_goes_together_with_a_filter(village, rows):
    shops(
        village, rows, ("a", "好德便利店", "", 100, 500), ("b", "可的便利店", "", 300, 500),
        ("c", "可的饭店", "", 500, 500), classes=["shop"], filter="name contains 可的",
    )  # fmt: skip
    assert list(village.accepted().sites["id"]) == ["b"]


def test_classes_that_no_row_belongs_to_are_refused_with_the_column_looked_at(village, rows):
    shops(village, rows, ("a", "甲", "餐饮服务;中餐厅", 100, 500), classes=["shop", "post"])
    assert village.read() is None
    (told,) = village.told
    assert "1 rows, none of the classes shop, post by column type" in told
    assert "candidates[0].columns.type" in told


def test_an_unknown_class_is_refused_by_name(village, rows):
    shops(village, rows, ("a", "甲", "", 100, 500), classes=["shops"])
    with pytest.raises(ValueError, match="write 'shop' if that was meant"):
        village.read()


def test_one_premises_in_two_tables_is_kept_once_with_more_of_it_known(village, rows):
    shops(village, rows, ("a1", "好德便利店", "", 100, 500))
    shops(
        village, rows, ("b1", "好德便利店（西镇店）", "购物;便利店", 140, 500),
        ("b2", "好德便利店（西镇店）", "购物;便利店", 191, 500), path="more.csv",
    )  # fmt: skip
    places = village.accepted()
    assert list(places.sites["id"]) == ["b1", "b2"]
    (double,) = duplicates(village)
    assert (double.key, double.where) == ("candidates[0]", "row 2")
    assert "more.csv, row 2" in double.en
    assert any("1 candidates are listed more than once" in note.en for note in places.notes)


def test_merging_can_be_switched_off(village, rows):
    village.table["duplicates"] = {"same_name_m": 0, "similar_name_m": 0}
    shops(village, rows, ("a", "好德便利店", "", 100, 500), ("b", "好德便利店", "", 101, 500))
    assert list(village.accepted().sites["id"]) == ["a", "b"]


def test_two_shops_that_share_but_their_sort_as_name_stay_two(village, rows):
    shops(village, rows, ("a", "便利店", "", 100, 500), ("b", "便利店", "", 130, 500))
    assert list(village.accepted().sites["id"]) == ["a", "b"]


def test_two_required_sites_side_by_side_are_never_merged(village, rows):
    shops(
        village, rows, ("a", "好德便利店", "", 100, 500), ("b", "好德便利店", "", 101, 500),
        ("c", "好德便利店", "", 102, 500),
    )  # fmt: skip
    village.table["siting"] = {"required": ["b", "a"]}
    sites = village.accepted().sites
    assert dict(zip(sites["id"], sites["role"], strict=True)) == {"a": "required", "b": "required"}
    assert [double.where for double in duplicates(village)] == ["row 4"]
    (alike,) = [s for s in village.faults.findings.suspects if s.kind == "look_alike"]
    assert "not merged" in alike.en


def test_a_station_takes_in_the_candidate_of_its_name(village, rows):
    shops(village, rows, ("a", "好德便利店", "", 100, 500), ("b", "可的便利店", "", 110, 500))
    (row,) = rows(("s", 130, 500))
    village.write("open.csv", f"id,name,lon,lat\ns,好德便利店（西镇店）,{row.partition(',')[2]}")
    village.table["existing"] = [
        {"path": "open.csv", "crs": "wgs84", "columns": {"id": "id", "name": "name"}}
    ]
    places = village.accepted()
    assert list(places.sites["id"]) == ["s", "b"]
    assert any("1 candidates are existing stations" in note.en for note in places.notes)


def test_sites_geocoded_to_one_spot_are_told_and_not_taken_for_one(village, rows):
    names = ["甲乙丙", "丁戊己", "庚辛壬", "癸子丑"]
    heap = [(f"s{k}", name, "", 100, 500) for k, name in enumerate(names)]
    shops(village, rows, *heap, ("s9", "寅卯辰", "", 700, 500))
    assert len(village.accepted().sites) == 5
    (found,) = [s for s in village.faults.findings.suspects if s.kind == "stacked"]
    assert "4 sites on one spot" in found.en
    assert all(name in found.zh for name in names)


def test_sites_outside_are_told_with_their_places(village, rows):
    shops(village, rows, ("a", "甲", "", 100, 500), ("b", "乙", "", 9000, 500))
    places = village.accepted()
    assert list(places.sites["id"]) == ["a"]
    (found,) = [s for s in village.faults.findings.suspects if s.kind == "outside"]
    assert (found.where, found.key) == ("row 3", "candidates[0]")
    lon, lat = map(float, rows(("b", 9000, 500))[0].split(",")[1:])
    assert (found.lon, found.lat) == pytest.approx((lon, lat))


def test_places_are_thought_up_only_where_people_have_no_premises_near_them(village, rows):
    # People a stand at 100 m and b at 1500 m along the street; junctions at 500, 550 and 800 m.
    village.table["candidates"] = [{"source": "junctions", "spacing_m": 100, "where": "gaps"}]
    shops(village, rows, ("x", "甲", "", 1200, 500))
    places = village.accepted()
    assert list(places.sites["premises"]) == ["", "generated"]
    assert list(places.sites["id"]) == ["x", "j-0001"]  # 400 m from a; the one at 800 m serves none
    assert any("1 of 2 demand points (10 people)" in note.en for note in places.notes)
    shops(village, rows, ("y", "乙", "", 590, 500), path="more.csv")
    assert list(village.accepted().sites["id"]) == ["x", "y"]


def test_the_people_without_premises_are_counted(village, rows):
    village.table["settlement"] = {"source": "column"}  # b is rural: 1,000 m
    shops(village, rows, ("x", "甲", "", 590, 500))
    village.table["candidates"].append({"source": "junctions", "spacing_m": 10, "where": "gaps"})
    shops(village, rows, ("y", "乙", "", 100, 700), path="more.csv")
    places = village.accepted()
    assert list(places.sites["id"]) == ["x", "y"]
    assert any("0 of 2 demand points (0 people)" in note.en for note in places.notes)


def test_a_forbidden_site_leaves_a_gap(village, rows):
    shops(village, rows, ("x", "甲", "", 300, 500))
    village.table["candidates"][0]["columns"]["role"] = "type"
    village.write(
        "shops.csv", "\n".join([HEAD, "x,甲,禁选," + rows(("x", 300, 500))[0].partition(",")[2]])
    )
    village.table["candidates"].append({"source": "junctions", "spacing_m": 100, "where": "gaps"})
    assert list(village.accepted().sites["id"]) == ["x", "j-0001"]


def test_generated_places_are_called_so(village):
    village.table["candidates"] = [{"source": "junctions", "spacing_m": 10}]
    places = village.accepted()
    assert set(places.sites["premises"]) == {"generated"}
    assert any("nobody knows whether there are rooms" in note.en for note in places.notes)


def test_costs_and_capacities_go_by_row_then_class_then_kind(village, rows):
    village.write(
        "shops.csv",
        "\n".join(
            ["id,name,cost,cap,lon,lat"]
            + [
                f"{own},{name},{cost},{cap},{rows((own, x, 500))[0].partition(',')[2]}"
                for own, name, cost, cap, x in (
                    ("a", "好德便利店", "7000", "70", 100),
                    ("b", "可的便利店", "", "", 500),
                    ("c", "西镇村委会", "", "", 900),
                )
            ]
        ),
    )
    columns = {"id": "id", "name": "name", "cost_yuan": "cost", "capacity": "cap"}
    village.table["candidates"] = [
        {"source": "points", "path": "shops.csv", "crs": "wgs84", "columns": columns}
    ]
    village.table["siting"] = {
        "costs": {"class_yuan": {"shop": 10_000}},
        "capacities": {"service_house": 500, "by_class": {"shop": 300}},
    }
    sites = village.accepted().sites
    assert list(sites["cost_yuan"]) == [7_000, 10_000, 80_000]
    assert list(sites["capacity"]) == [70.0, 300.0, 500.0]
    del village.table["siting"]
    assert list(village.accepted().sites["capacity"]) == [70.0, np.inf, np.inf]


OSM = """<?xml version="1.0" encoding="UTF-8"?>
<osm version="0.6" generator="test">
<node id="1" lon="{0}" lat="{1}" version="1"><tag k="shop" v="convenience"/>
<tag k="name" v="好德便利店"/></node>
<node id="2" lon="{2}" lat="{3}" version="1"/><node id="3" lon="{4}" lat="{3}" version="1"/>
<node id="4" lon="{4}" lat="{5}" version="1"/>
<node id="5" lon="{0}" lat="{1}" version="1"><tag k="amenity" v="bank"/>
<tag k="name" v="邮政储蓄银行"/></node>
<node id="6" lon="{0}" lat="{1}" version="1"><tag k="shop" v="supermarket"/>
<tag k="name" v="西镇供销社"/></node>
<way id="8" version="1"><nd ref="2"/><nd ref="3"/><tag k="shop" v="convenience"/></way>
<way id="9" version="1"><nd ref="2"/><nd ref="3"/><nd ref="4"/><nd ref="77"/><nd ref="2"/>
<tag k="amenity" v="townhall"/><tag k="name" v="西镇村委会"/></way>
</osm>
"""


def osm_town(village, at):
    numbers = (*at(300, 500), *at(600, 500), at(620, 500)[0], at(600, 520)[1])
    village.write("city.osm", OSM.format(*map(repr, map(float, numbers))))
    village.table["candidates"] = [{"source": "osm", "path": "city.osm"}]


def test_tags_of_openstreetmap_tell_premises_of_nodes_and_outlines(village, at):
    # Node 77 of the town hall is beyond the extract; way 8 is no outline; node 5 is a bank.
    osm_town(village, at)
    sites = village.accepted().sites
    assert dict(zip(sites["id"], sites["premises"], strict=True)) == {
        "osm-n1": "shop", "osm-n6": "coop", "osm-w9": "committee",
    }  # fmt: skip
    hall = sites.geometry.iloc[2]
    assert at(600, 500)[0] <= hall.x <= at(620, 500)[0]
    assert list(sites["name"]) == ["好德便利店", "西镇供销社", "西镇村委会"]


def test_an_extract_named_twice_holds_its_premises_once(village, at):
    osm_town(village, at)
    village.table["candidates"][0]["path"] = ["city.osm", "city.osm"]
    village.table["candidates"][0]["classes"] = ["committee"]
    assert list(village.accepted().sites["id"]) == ["osm-w9"]


def test_an_extract_without_premises_of_the_classes_is_refused(village, at):
    osm_town(village, at)
    village.table["candidates"][0]["classes"] = ["post"]
    assert village.read() is None
    (told,) = village.told
    assert "no premises in or near the area with tags such as amenity=post_office" in told
    assert "--everything" in told


def test_an_extract_that_is_cut_off_is_refused(village, at):
    osm_town(village, at)
    whole = (village.folder / "city.osm").read_text("utf-8")
    village.write("city.osm", whole[:300])
    assert village.read() is None
    (told,) = village.told
    assert "cannot be read to its end" in told


def test_an_extract_whose_objects_are_out_of_order_is_refused_with_the_way_to_sort_it(village, at):
    osm_town(village, at)
    text = (village.folder / "city.osm").read_text("utf-8")
    village.write("city.osm", text.replace('way id="8"', 'way id="10"'))
    assert village.read() is None
    (told,) = village.told
    assert "lastmile osm clip --everything" in told


@settings(max_examples=60, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(st.binary(max_size=300), st.sampled_from(["x.osm", "x.osm.pbf", "x.osm.bz2"]))
def test_bytes_that_are_no_extract_are_a_fault_and_never_a_crash(tmp_path, content, name):
    (tmp_path / name).write_bytes(content)
    faults = FaultLog()
    source = OsmCandidates(source="osm", path=(tmp_path / name,))
    assert osm_rows(source, (-180.0, -90.0, 180.0, 90.0), "candidates[0]", faults) is None
    assert len(faults.faults) == 1
