"""Stations that are open, planned or closed; centres of several kinds; addresses without places."""

from __future__ import annotations

import numpy as np
import pytest


def stations(village, rows, *lines, **more):
    """Write stations: id, name, status, opened, capacity, metres east."""
    table = ["id,name,status,opened,cap,lon,lat"]
    for own, name, status, opened, cap, x in lines:
        (row,) = rows((own, x, 500))
        table.append(f"{own},{name},{status},{opened},{cap},{row.partition(',')[2]}")
    village.write("open.csv", "\n".join(table))
    columns = {
        "id": "id", "name": "name", "status": "status", "opened": "opened", "capacity": "cap",
    }  # fmt: skip
    village.table["existing"] = [{"path": "open.csv", "crs": "wgs84", "columns": columns} | more]


LINES = (
    ("s1", "东站", "在营", "2014年5月", "300", 100),
    ("s2", "西站", "筹建", "", "", 500),
    ("s3", "南站", "停业", "2015-03-01", "200", 900),
    ("s4", "北站", "", "2016", "", 1300),
)


def test_closed_stations_are_left_out_and_planned_ones_must_open(village, rows):
    stations(village, rows, *LINES)
    places = village.accepted()
    sites = places.sites
    assert dict(zip(sites["id"], sites["role"], strict=True)) == {
        "s1": "existing", "s2": "required", "s4": "existing",
    }  # fmt: skip
    assert list(sites["cost_yuan"]) == [0, 80_000, 0]
    assert list(sites["capacity"]) == [300.0, np.inf, np.inf]
    np.testing.assert_array_equal(sites["opened"], [2014.0, np.nan, 2016.0])
    told = [note.en for note in places.notes]
    assert any("1 existing stations are closed and left out: 南站" in line for line in told)
    assert any("1 stations are planned, not open yet; they must open: 西站" in x for x in told)


@pytest.mark.parametrize(
    ("planned", "roles"),
    [("candidate", ["existing", "candidate", "existing"]), ("left_out", ["existing", "existing"])],
)
def test_planned_stations_may_be_candidates_or_left_out(village, rows, planned, roles):
    stations(village, rows, *LINES, planned=planned)
    assert list(village.accepted().sites["role"]) == roles


def test_stations_are_counted_by_status_and_year(village, rows):
    stations(village, rows, *LINES)
    village.accepted()
    counts = {(t.topic, t.value): t.n for t in village.faults.findings.tallies}
    assert counts["status", "open"] == 2
    assert counts["status", "planned"] == counts["status", "closed"] == 1
    assert counts["opened", "2014"] == counts["opened", "2015"] == counts["opened", "2016"] == 1


def test_a_status_and_a_year_that_nobody_understands_are_faults(village, rows):
    stations(village, rows, ("s1", "东站", "也许", "去年", "300", 100))
    assert village.read() is None
    assert any("column status: found '也许'" in told for told in village.told)
    assert any("column opened: found '去年'" in told for told in village.told)


def test_a_station_listed_twice_counts_once(village, rows):
    stations(
        village, rows, ("s1", "西镇服务站", "", "", "", 100),
        ("s2", "西镇服务站（西镇店）", "", "2014", "", 130),
    )  # fmt: skip
    places = village.accepted()
    assert list(places.sites["id"]) == ["s2"]
    assert any("1 existing stations are listed more than once" in n.en for n in places.notes)


def test_centres_keep_their_kind_and_capacity(village, rows):
    one, two = rows(("d1", 100, 500), ("d2", 500, 500))
    village.write("centres.csv", f"id,lon,lat,类别,日处理量\n{one},分拨中心,20000\n{two},中转,")
    columns = {"id": "id", "kind": "类别", "capacity": "日处理量"}
    village.table["depots"] = [
        {"path": "centres.csv", "crs": "wgs84", "columns": columns},
        {"id": "d3", "lon": 119.9, "lat": 31.7, "kind": "sorting", "capacity": 5000},
    ]
    depots = village.accepted().depots
    assert list(depots["kind"]) == ["sorting", "transit", "sorting"]
    assert list(depots["capacity"]) == [20_000.0, np.inf, 5000.0]


def test_a_kind_of_centre_that_does_not_exist_is_a_fault(village, rows):
    (one,) = rows(("d1", 100, 500))
    village.write("centres.csv", f"id,lon,lat,kind\n{one},机场")
    village.table["depots"] = [
        {"path": "centres.csv", "crs": "wgs84", "columns": {"id": "id", "kind": "kind"}}
    ]
    assert village.read() is None
    assert "'机场'" in village.faults.faults[0].found


ADDRESSES = "名称,地址\n好德便利店,天宁区延陵西路１８号\n可的便利店,江苏省常州市天宁区 翠竹路2号\n"


def addressed(village, text=ADDRESSES):
    village.write("shops.csv", text)
    village.table["candidates"] = [
        {"source": "points", "path": "shops.csv", "columns": {"name": "名称"}}
    ]


def known(village, rows, *lines):
    table = ["地址,lon,lat"]
    for address, x in lines:
        table.append(f"{address},{rows((address, x, 500))[0].partition(',')[2]}")
    village.write("known.csv", "\n".join(table))
    village.table["geocoding"] = {"path": "known.csv", "crs": "wgs84"}


def test_a_table_of_addresses_alone_is_refused_with_what_to_do(village):
    addressed(village)
    assert village.read() is None
    (fault,) = village.faults.faults
    assert fault.where == "column 地址"
    assert fault.found == "2 rows with an address and no coordinates"
    assert "candidates[0].crs" in fault.remedy
    assert "[geocoding]" in fault.remedy


def test_known_addresses_place_a_table_that_has_no_coordinates(village, rows, at):
    addressed(village)
    known(village, rows, ("江苏省常州市天宁区延陵西路18号", 300), ("天宁区翠竹路2号", 700))
    places = village.accepted()
    spots = [(p.x, p.y) for p in places.sites.geometry]
    assert spots == [pytest.approx(at(300, 500)), pytest.approx(at(700, 500))]
    assert any("2 rows were placed by the addresses of" in note.en for note in places.notes)


def test_an_address_that_is_unknown_or_known_at_two_places_is_told_with_its_row(village, rows):
    addressed(village)
    known(village, rows, ("天宁区延陵西路18号", 300), ("天宁区延陵西路18号", 900))
    assert village.read() is None
    told = "\n".join(village.told)
    assert "row 2, column 地址" in told
    assert "known at several places" in told
    assert "row 3, column 地址" in told
    assert "not among the known ones" in told


def test_a_table_with_coordinates_is_never_placed_by_its_addresses(village, rows, at):
    lon_lat = rows(("a", 300, 500))[0].partition(",")[2]
    addressed(village, f"名称,地址,lon,lat\n好德,天宁区延陵西路18号,{lon_lat}\n")
    village.table["candidates"][0]["crs"] = "wgs84"
    known(village, rows, ("天宁区延陵西路18号", 900))
    (point,) = village.accepted().sites.geometry
    assert (point.x, point.y) == pytest.approx(at(300, 500))


def test_a_name_that_ends_like_a_city_is_not_cut_off_an_address(village, rows):
    addressed(village, "名称,地址\n好德,华联超市旁3号\n")
    known(village, rows, ("旁3号", 300))
    assert village.read() is None
