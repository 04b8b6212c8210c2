"""Tables of points whose columns nobody names: recognised, or told to be named."""

from __future__ import annotations

import geopandas as gpd
import pytest
import shapely


def shops(village, text, **more):
    village.write("shops.csv", text)
    source = {"source": "points", "path": "shops.csv", "crs": "wgs84"}
    village.table["candidates"] = [source | more]


def layer(village, key="candidates[0]"):
    (found,) = [one for one in village.faults.findings.layers if one.key == key]
    return found


def faults_of(village):
    assert village.read() is None
    return [(fault.where, fault.found) for fault in village.faults.faults]


def remarks(village):
    return [(remark.where, remark.en) for remark in village.faults.findings.remarks]


def test_chinese_headers_need_no_word_in_the_scenario(village, at):
    lon, lat = at(300, 500)
    shops(
        village,
        "某区网点表\n站点编号,站点名称,经度,纬度,站点类型,日处理能力（件）,建设成本(万元),角色\n"
        f"A1,甲站,{lon},{lat},服务屋,80,1.5,必选\n",
    )
    site = village.accepted().sites.iloc[0]
    assert (site["id"], site["name"], site["kind"], site["role"]) == (
        "A1", "甲站", "服务屋", "required",
    )  # fmt: skip
    assert (site["cost_yuan"], site["capacity"]) == (15_000, 80.0)
    found = layer(village)
    assert found.form == "CSV, UTF-8, separator ,, header in row 2"
    assert {(c.meaning, c.column) for c in found.columns} >= {("id", "站点编号"), ("lon", "经度")}
    assert not any(c.is_stated for c in found.columns)
    assert [where for where, _ in remarks(village)] == ["column 建设成本(万元)"]


def test_a_stated_column_goes_before_one_that_is_recognised_and_an_empty_text_takes_none(
    village, rows
):
    (row,) = rows(("s", 300, 500))
    text = f"id,lon,lat,name,店名二\n{row},甲,乙\n"
    shops(village, text, columns={"name": "店名二", "id": ""})
    site = village.accepted().sites.iloc[0]
    assert (site["id"], site["name"]) == ("c1-2", "乙")
    stated = {c.meaning: c.is_stated for c in layer(village).columns}
    assert stated == {"name": True, "lon": False, "lat": False}


def test_two_columns_of_one_meaning_are_listed_with_the_key_that_decides(village, rows):
    (row,) = rows(("s", 300, 500))
    shops(village, f"id,lon,lat,名称,店名\n{row},甲,乙\n")
    (fault,) = [f for f in (village.read(), *village.faults.faults) if f]
    assert "名称, 店名" in fault.found
    assert "candidates[0].columns.name" in fault.remedy


def test_two_columns_that_hold_the_same_are_one(village, rows):
    (row,) = rows(("s", 300, 500))
    shops(village, f"id,lon,lat,名称,name\n{row},甲,甲\n")
    assert list(village.accepted().sites["name"]) == ["甲"]


@pytest.mark.parametrize("ids", [("x", "x"), ("x", "")])
def test_recognised_ids_that_are_empty_or_repeated_are_not_used(village, rows, ids):
    spots = [("", 300, 500), ("", 400, 500)]
    body = "\n".join(own + row for own, row in zip(ids, rows(*spots), strict=True))
    shops(village, f"编号,lon,lat\n{body}\n")
    assert list(village.accepted().sites["id"]) == ["c1-2", "c1-3"]
    assert remarks(village)[0][0] == "column 编号"
    village.table["candidates"][0]["columns"] = {"id": "编号"}
    assert faults_of(village)[0][0] == "row 3, column 编号"


def test_recognised_ids_that_lost_digits_are_refused(village, rows):
    body = "\n".join("3.20402E+11" + row for row in rows(("", 300, 500), ("", 400, 500)))
    shops(village, f"编码,lon,lat\n{body}\n")
    assert faults_of(village)[0] == (
        "row 2, column 编码", "'3.20402E+11', a code that a spreadsheet rounded",
    )  # fmt: skip


@pytest.mark.parametrize("form", ["{lon},{lat}", "({lon} {lat})", "{lat}，{lon}"])
def test_one_column_of_both_coordinates_is_read_in_either_order(village, at, form):
    lon, lat = at(300, 500)
    cell = form.format(lon=lon, lat=lat)
    shops(village, f'名称,坐标\n甲,"{cell}"\n')
    point = village.accepted().sites.geometry.iloc[0]
    assert (point.x, point.y) == (lon, lat)


def test_degrees_minutes_and_seconds_are_read(village):
    shops(village, "名称,经度,纬度\n甲,119°58′30″E,北纬31°47'24\"\n")
    point = village.accepted().sites.geometry.iloc[0]
    assert (point.x, point.y) == pytest.approx((119.975, 31.79))


def test_coordinates_in_each_others_columns_are_told_once_with_the_remedy(village, at):
    spots = [at(300 + k, 500) for k in range(40)]
    shops(
        village, "名称,经度,纬度\n" + "".join(f"n{k},{y},{x}\n" for k, (x, y) in enumerate(spots))
    )
    assert village.read() is None
    (fault,) = village.faults.faults
    assert "39 more such pairs" in fault.found
    assert "exchange lon and lat under candidates[0].columns" in fault.remedy


def test_single_rows_the_wrong_way_round_are_told_by_row(village, at):
    (x, y), (u, v) = at(300, 500), at(400, 500)
    shops(village, f"名称,经度,纬度\n甲,{x},{y}\n乙,{v},{u}\n丙,{u},{v}\n")
    assert [where for where, _ in faults_of(village)] == ["row 3"]


def test_eastings_and_northings_the_wrong_way_round_are_told(village):
    text = "名称,x,y\n甲,3518500,497100\n乙,3518510,497300\n"
    shops(village, text, crs="EPSG:4549")
    assert village.read() is None
    assert "look swapped" in village.faults.faults[0].remedy


def test_eastings_that_begin_with_their_zone_are_told_with_the_system_to_try(village):
    shops(village, "名称,x,y\n甲,40497100,3518500\n", crs="EPSG:4549")
    assert village.read() is None
    assert '"EPSG:4528"' in village.faults.faults[0].remedy


def test_layers_with_their_axes_the_wrong_way_round_are_told(village, at):
    x, y = at(300, 500)
    spots = [shapely.Point(y, x), shapely.Point(y, x + 0.001)]
    gpd.GeoDataFrame({"name": ["甲", "乙"]}, geometry=spots, crs="EPSG:4326").to_file(
        village.folder / "shops.gpkg"
    )
    village.table["candidates"] = [{"source": "points", "path": "shops.gpkg", "crs": "wgs84"}]
    assert village.read() is None
    assert "axes look swapped" in village.faults.faults[0].remedy


def test_a_header_that_names_another_system_and_coarse_degrees_are_remarked(village):
    text = "名称,lon_gcj,lat_gcj\n甲,119.97,31.78\n乙,119.98,31.78\n丙,119.97,31.79\n"
    shops(village, text)
    village.read()
    told = [en for _, en in remarks(village)]
    assert any("speaks of gcj02" in en and "read as wgs84" in en for en in told)
    assert any("at most 2 decimals" in en and "1,100 m" in en for en in told)
    village.faults.findings.remarks.clear()
    shops(village, text.replace("31.78", "31.78001"), crs="gcj02")
    village.read()
    assert remarks(village) == []


def test_a_column_of_brands_is_no_column_of_kinds(village, rows):
    one, two, three = rows(("a", 300, 500), ("b", 400, 500), ("c", 600, 500))
    shops(village, f"id,lon,lat,站点类型\n{one},菜鸟驿站\n{two},快递柜\n{three},服务站\n")
    assert set(village.accepted().sites["kind"]) == {"服务屋"}
    assert remarks(village)[0][0] == "column 站点类型"
    shops(village, f"id,lon,lat,站点类型\n{one},服务屋\n{two},快递柜\n{three},服务站\n")
    assert faults_of(village) == [("row 3, column 站点类型", "'快递柜'")]


def test_zeros_for_a_place_that_was_not_found_are_told_by_row(village, at):
    x, y = at(300, 500)
    shops(village, f"名称,经度,纬度\n甲,{x},{y}\n乙,0,0\n丙,0.0,0\n")
    assert faults_of(village) == [("row 3", "0, 0"), ("row 4", "0, 0")]


def test_all_rows_at_one_place_are_a_fault(village, at):
    x, y = at(300, 500)
    shops(village, "名称,经度,纬度\n" + f"甲,{x},{y}\n" * 5)
    ((_, found),) = faults_of(village)
    assert found.startswith("all 5 rows at ")


def test_a_table_of_addresses_alone_is_told_to_be_geocoded(village):
    shops(village, "名称,详细地址\n甲,某路1号\n")
    (fault,) = [f for f in (village.read(), *village.faults.faults) if f]
    assert (fault.where, fault.found) == (
        "column 详细地址", "1 rows with an address and no coordinates",
    )  # fmt: skip
    assert "[geocoding]" in fault.remedy


def test_a_table_without_any_place_names_its_headers(village):
    shops(village, "名称,电话\n甲,1\n")
    ((where, found),) = faults_of(village)
    assert (where, found) == ("header", "名称, 电话")


def test_registered_residents_stand_for_people_only_with_a_remark(village, rows):
    one, two = rows(("a", 100, 500), ("b", 1500, 510))
    village.people(f"id,lon,lat,户籍人口\n{one},10\n{two},1.2万\n")
    village.table["demand"]["columns"] = {}
    assert list(village.accepted().demand["people"]) == [10.0, 12_000.0]
    assert remarks(village)[0][1].startswith("only registered residents")


def test_boundary_layers_are_recognised_by_their_level(village):
    units = gpd.read_file(village.folder / "townships.gpkg")
    units = units.rename(
        columns={"code": "区划代码", "name": "街道名称", "people": "常住人口", "class": "城乡分类"}
    )
    units["区县名称"] = "东区"
    units.to_file(village.folder / "townships.gpkg")
    village.table["boundaries"][1] = {"path": "townships.gpkg", "level": "township"}
    found = village.accepted().units
    assert list(found["code"])[1:] == ["320402001", "320402002"]
    assert list(found["name"])[1:] == ["西镇", "东镇"]
    assert list(found["people"])[1:] == [1000.0, 500.0]
    assert list(found["settlement"])[1:] == ["urban", "rural"]
    assert {c.column for c in layer(village, "boundaries[1]").columns} == {
        "区划代码", "街道名称", "常住人口", "城乡分类",
    }  # fmt: skip


def test_a_boundary_layer_without_codes_or_names_is_told(village):
    units = gpd.read_file(village.folder / "townships.gpkg")[["geometry"]]
    units.assign(备注="x").to_file(village.folder / "townships.gpkg")
    village.table["boundaries"][1] = {"path": "townships.gpkg", "level": "township"}
    village.read()
    assert "code_column" in village.faults.faults[0].remedy


def test_the_class_of_the_nearest_community_is_recognised_or_told_to_be_missing(village, rows):
    one, two = rows(("x", 0, 500), ("y", 1990, 500))
    village.write("communities.csv", f"id,lon,lat,城乡分类代码\n{one},111\n{two},220")
    source = {"source": "nearest_community", "path": "communities.csv", "crs": "wgs84"}
    village.table["settlement"] = source
    assert list(village.accepted().demand["settlement"]) == ["urban", "rural"]
    village.write("communities.csv", f"id,lon,lat,类\n{one},111\n{two},220")
    assert village.read() is None
    assert "settlement.code_column" in village.faults.faults[0].remedy
