"""Deliberately hurt copies of the office city: one fault each, with what must be told of it.

``python tests/hurt_city.py DIR`` writes every copy, to look at or to try by hand.
"""

from __future__ import annotations

import shutil
import sys
from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path
from typing import Literal

import geopandas as gpd
import numpy as np
import openpyxl
import pandas as pd
import rasterio
from affine import Affine
from office_city import write_city
from shapely import LineString, Polygon, affinity, transform

from lastmile.places import from_wgs84


@dataclass(frozen=True)
class Hurt:
    """One way in which a file can be wrong."""

    name: str
    do: Callable[[Path], None]
    told: tuple[str, ...]
    """What the message must hold, all of it."""

    how: Literal["fault", "finding"] = "fault"
    """Whether it stops the plan, or is told in notes and the health report."""


def edit(path: Path, old: str, new: str) -> None:
    """Replace a text that stands in a file exactly where it should."""
    text = path.read_text(encoding="utf-8")
    assert old in text, f"{old!r} does not stand in {path.name}"
    path.write_text(text.replace(old, new), encoding="utf-8")


def table(folder: Path, name: str) -> pd.DataFrame:
    return pd.read_csv(folder / name, dtype=str, keep_default_na=False)


def save(folder: Path, name: str, frame: pd.DataFrame, **how: object) -> None:
    frame.to_csv(folder / name, index=False, **how)


def cell(name: str, row: int, column: str, value: str) -> Callable[[Path], None]:
    """Write a cell; rows as a spreadsheet counts them."""

    def do(folder: Path) -> None:
        frame = table(folder, name)
        frame.loc[row - 2, column] = value
        save(folder, name, frame)

    return do


def scenario(old: str, new: str) -> Callable[[Path], None]:
    return lambda folder: edit(folder / "scenario.toml", old, new)


def both(*steps: Callable[[Path], None]) -> Callable[[Path], None]:
    def do(folder: Path) -> None:
        for step in steps:
            step(folder)

    return do


def content(name: str, data: bytes) -> Callable[[Path], None]:
    return lambda folder: (folder / name).write_bytes(data) and None


def cut(name: str, share: float) -> Callable[[Path], None]:
    """Keep the first part of a file only."""

    def do(folder: Path) -> None:
        data = (folder / name).read_bytes()
        (folder / name).write_bytes(data[: int(len(data) * share)])

    return do


def gone(name: str) -> Callable[[Path], None]:
    return lambda folder: (folder / name).unlink()


def frame(name: str, change: Callable[[pd.DataFrame], pd.DataFrame]) -> Callable[[Path], None]:
    return lambda folder: save(folder, name, change(table(folder, name)))


def moved_to(crs: str, name: str = "shops.csv") -> Callable[[Path], None]:
    """Write coordinates in another system without saying so."""

    def change(rows: pd.DataFrame) -> pd.DataFrame:
        lon, lat = from_wgs84(rows["经度"].astype(float).to_numpy(),
                              rows["纬度"].astype(float).to_numpy(), crs)  # fmt: skip
        return rows.assign(经度=np.round(lon, 7), 纬度=np.round(lat, 7))

    return frame(name, change)


def units(name: str, change: Callable[[gpd.GeoDataFrame], gpd.GeoDataFrame],
          out: str = "") -> Callable[[Path], None]:  # fmt: skip
    """Change a boundary layer, and write it to another file where one is named."""

    def do(folder: Path) -> None:
        made = change(gpd.read_file(folder / name))
        (folder / name).unlink()
        made.to_file(folder / (out or name))
        if out:
            edit(folder / "scenario.toml", name, out)

    return do


def shape_of(row: int, change: Callable) -> Callable[[gpd.GeoDataFrame], gpd.GeoDataFrame]:
    def do(rows: gpd.GeoDataFrame) -> gpd.GeoDataFrame:
        shapes = list(rows.geometry)
        shapes[row] = change(shapes[row])
        return rows.set_geometry(gpd.GeoSeries(shapes, crs=rows.crs))

    return do


def value_of(row: int, column: str, value: object):
    def do(rows: gpd.GeoDataFrame) -> gpd.GeoDataFrame:
        made = rows.copy()
        made[column] = made[column].astype(object)
        made.loc[row, column] = value
        return made

    return do


def transform_to(shape: object, crs: str) -> object:
    """Move a shape from WGS84 to another system."""
    return transform(
        shape, lambda xy: np.column_stack(from_wgs84(xy[:, 0].copy(), xy[:, 1].copy(), crs))
    )


def sheet(change: Callable) -> Callable[[Path], None]:
    """Change the stations' workbook cell by cell."""

    def do(folder: Path) -> None:
        book = openpyxl.load_workbook(folder / "stations.xlsx")
        change(book)
        book.save(folder / "stations.xlsx")

    return do


def raster(change: Callable[[np.ndarray, dict], tuple[np.ndarray, dict]]) -> Callable[[Path], None]:
    """Plan from the raster, changed."""

    def do(folder: Path) -> None:
        use_raster(folder)
        with rasterio.open(folder / "population.tif") as old:
            values, profile = old.read(1), dict(old.profile)
        values, profile = change(values, profile)
        with rasterio.open(folder / "population.tif", "w", **profile) as new:
            new.write(values, 1)

    return do


def use_raster(folder: Path) -> None:
    edit(
        folder / "scenario.toml",
        'source = "points"\npath = "people.csv"\ncrs = "wgs84"',
        'source = "raster"\npath = "population.tif"',
    )


def use_totals(folder: Path) -> None:
    edit(
        folder / "scenario.toml",
        'source = "points"\npath = "people.csv"\ncrs = "wgs84"',
        'source = "unit_totals"\nlevel = "community"',
    )


def with_orders(folder: Path) -> None:
    text = (folder / "scenario.toml").read_text("utf-8")
    orders = """
[[orders]]
path = "orders.csv"
crs = "wgs84"
columns = { id = "订单号", parcels = "件数", weight_kg = "重量", window = "时间窗", \\
temperature = "温度" }
""".replace("\\\n", "")
    (folder / "scenario.toml").write_text(text + orders, encoding="utf-8")


def with_totals(folder: Path) -> None:
    rows = gpd.read_file(folder / "townships.gpkg")[["名称", "常住人口"]]
    rows.rename(columns={"常住人口": "人口"}).to_csv(folder / "totals.csv", index=False)
    text = (folder / "scenario.toml").read_text("utf-8")
    totals = """
[[unit_tables]]
path = "totals.csv"
level = "township"
code_column = ""
name_column = "名称"
people_column = "人口"
title = "普查"
"""
    (folder / "scenario.toml").write_text(text + totals, encoding="utf-8")


def shapefile(folder: Path) -> None:
    """Boundaries as an old program writes them: GBK, and no .cpg to say so."""
    rows = gpd.read_file(folder / "townships.gpkg").rename(columns={"区划代码": "代码"})
    (folder / "townships.gpkg").unlink()
    rows.to_file(folder / "townships.shp", encoding="GBK")
    (folder / "townships.cpg").unlink()
    edit(folder / "scenario.toml", "townships.gpkg", "townships.shp")


def header_of(sheet_: object) -> dict[str, int]:
    return {cell.value: cell.column for cell in sheet_[1]}


def put(row: int, column: str, value: object) -> Callable:
    """Write a cell of the first sheet."""

    def do(book: openpyxl.Workbook) -> None:
        page = book.worksheets[0]
        page.cell(row, header_of(page)[column]).value = value

    return do


def titled(book: openpyxl.Workbook) -> None:
    """Put a merged title above the header, as offices do."""
    page = book.worksheets[0]
    page.insert_rows(1, 2)
    page["A1"] = "小城农村电商服务站点一览表"
    page.merge_cells("A1:F1")
    page["A2"] = "单位：个　填报日期：2026年3月"


def appended(*cells: object) -> Callable:
    return lambda book: book.worksheets[0].append(list(cells))


def second_sheet(book: openpyxl.Workbook) -> None:
    page = book.copy_worksheet(book.worksheets[0])
    page.title = "站点(旧)"


HURTS: tuple[Hurt, ...] = (
    # --- text tables
    Hurt("an empty table", content("people.csv", b""), ("people.csv", "empty")),
    Hurt(
        "a header without rows",
        content("people.csv", "编号,lon,lat,人口\n".encode()),
        ("people.csv", "no rows"),
    ),
    Hurt(
        "bytes that are no text",
        content("people.csv", bytes(range(256)) * 4),
        ("people.csv", "no text"),
    ),
    Hurt(
        "a row with a cell too many",
        lambda d: edit(d / "people.csv", "p00003,", "p00003,9,"),
        ("people.csv", "4"),
    ),
    Hurt(
        "no column of people",
        frame("people.csv", lambda f: f.rename(columns={"人口": "甲"})),
        ("people.csv", "people"),
    ),
    Hurt(
        "two columns of one name",
        lambda d: edit(d / "people.csv", "编号,lon,lat,人口", "编号,lon,lon,人口"),
        ("people.csv", "lon"),
    ),
    Hurt(
        "two columns that mean people",
        frame("people.csv", lambda f: f.assign(人口数="7")),
        ("people.csv", "人口, 人口数"),
    ),
    Hurt("people below zero", cell("people.csv", 5, "人口", "-7"), ("people.csv", "row 5", "-7")),
    Hurt("people in words", cell("people.csv", 6, "人口", "约三百"), ("row 6", "约三百")),
    Hurt(
        "people with an unclear separator", cell("people.csv", 7, "人口", "1,2"), ("row 7", "1,2")
    ),
    Hurt("people with digits and letters mixed", cell("people.csv", 7, "人口", "１2O"), ("row 7",)),
    Hurt("people missing", cell("people.csv", 8, "人口", ""), ("people.csv", "row 8")),
    Hurt("people beyond belief", cell("people.csv", 8, "人口", "1e12"), ("people.csv", "row 8")),
    Hurt(
        "one id twice",
        both(
            cell("people.csv", 9, "编号", "p00001"),
            scenario(
                'path = "people.csv"\ncrs = "wgs84"',
                'path = "people.csv"\ncrs = "wgs84"\ncolumns = { id = "编号" }',
            ),
        ),
        ("row 9", "p00001", "row 2"),
    ),
    Hurt(
        "an id left out",
        both(
            cell("people.csv", 9, "编号", ""),
            scenario(
                'path = "people.csv"\ncrs = "wgs84"',
                'path = "people.csv"\ncrs = "wgs84"\ncolumns = { id = "编号" }',
            ),
        ),
        ("row 9", "an id"),
    ),
    Hurt(
        "an id that a spreadsheet rounded",
        both(
            cell("people.csv", 9, "编号", "3.20402E+11"),
            scenario(
                'path = "people.csv"\ncrs = "wgs84"',
                'path = "people.csv"\ncrs = "wgs84"\ncolumns = { id = "编号" }',
            ),
        ),
        ("row 9", "3.20402E+11"),
    ),
    Hurt(
        "a stated column that is not there",
        scenario(
            'path = "people.csv"\ncrs = "wgs84"',
            'path = "people.csv"\ncrs = "wgs84"\ncolumns = { people = "居民" }',
        ),
        ("people.csv", "居民"),
    ),
    # --- coordinates
    Hurt("a longitude missing", cell("people.csv", 4, "lon", ""), ("row 4", "lon")),
    Hurt("a longitude in words", cell("people.csv", 4, "lon", "桥头"), ("row 4", "桥头")),
    Hurt("a latitude off the globe", cell("people.csv", 4, "lat", "131.8"), ("row 4", "131.8")),
    Hurt(
        "longitudes and latitudes exchanged",
        frame("shops.csv", lambda f: f.rename(columns={"经度": "纬度", "纬度": "经度"})),
        ("shops.csv", "exchange"),
    ),
    Hurt("shops in GCJ-02 said to be WGS84", moved_to("gcj02"), ("shops.csv", "gcj02")),
    Hurt("shops in BD-09 said to be WGS84", moved_to("bd09"), ("shops.csv", "bd09")),
    Hurt(
        "shops in WGS84 said to be GCJ-02",
        scenario('path = "shops.csv"\ncrs = "wgs84"', 'path = "shops.csv"\ncrs = "gcj02"'),
        ("shops.csv", "wgs84"),
    ),
    Hurt(
        "shops in WGS84 said to be BD-09",
        scenario('path = "shops.csv"\ncrs = "wgs84"', 'path = "shops.csv"\ncrs = "bd09"'),
        ("shops.csv", "wgs84"),
    ),
    Hurt(
        "shops of no stated system",
        scenario('path = "shops.csv"\ncrs = "wgs84"', 'path = "shops.csv"'),
        ("shops.csv", 'crs = "wgs84"'),
    ),
    Hurt(
        "shops in GCJ-02 of no stated system",
        both(
            moved_to("gcj02"), scenario('path = "shops.csv"\ncrs = "wgs84"', 'path = "shops.csv"')
        ),
        ("shops.csv", 'crs = "gcj02"'),
    ),
    Hurt(
        "a system that is none",
        scenario('path = "shops.csv"\ncrs = "wgs84"', 'path = "shops.csv"\ncrs = "EPSG:99999"'),
        ("EPSG:99999",),
    ),
    Hurt("eastings said to be degrees", moved_to("EPSG:4549"), ("shops.csv",)),
    Hurt(
        "eastings of the zone beside",
        both(
            moved_to("EPSG:4549"),
            scenario('path = "shops.csv"\ncrs = "wgs84"', 'path = "shops.csv"\ncrs = "EPSG:4548"'),
        ),
        ("shops.csv", "EPSG:4549"),
    ),
    Hurt(
        "all shops far away",
        frame("shops.csv", lambda f: f.assign(经度=f["经度"].astype(float) + 2)),
        ("shops.csv", "area"),
    ),
    # --- filters, roles, costs
    Hurt(
        "a filter that keeps nothing",
        scenario("便利店, 超级市场", "火锅店"),
        ("shops.csv", "火锅店"),
    ),
    Hurt(
        "a filter by a column that is not there",
        scenario("type contains", "kind_of contains"),
        ("shops.csv", "kind_of"),
    ),
    Hurt(
        "a filter without sense",
        scenario("type contains 便利店, 超级市场", "type contains ("),
        ("shops.csv", "filter"),
    ),
    Hurt(
        "a role that is none",
        both(
            frame(
                "shops.csv",
                lambda f: f.assign(
                    角色=["随便" if t.startswith("购物") else "候选" for t in f["type"]]
                ),
            ),
            scenario('filter = "type', 'columns = { role = "角色" }\nfilter = "type'),
        ),
        ("shops.csv", "随便"),
    ),
    Hurt(
        "a cost below zero",
        both(
            frame("shops.csv", lambda f: f.assign(费用="-5")),
            scenario('filter = "type', 'columns = { cost_yuan = "费用" }\nfilter = "type'),
        ),
        ("shops.csv", "-5"),
    ),
    Hurt(
        "a required site that no table holds",
        scenario("[siting]", '[siting]\nrequired = ["B999999"]'),
        ("B999999",),
    ),
    Hurt(
        "a site both required and forbidden",
        both(
            scenario("[siting]", '[siting]\nrequired = ["B000001"]\nforbidden = ["B000001"]'),
            cell("shops.csv", 2, "type", "购物服务;便民商店/便利店"),
        ),
        ("B000001",),
    ),
    Hurt(
        "a shop with the id of a station elsewhere",
        both(
            cell("shops.csv", 2, "id", "Z001"),
            cell("shops.csv", 2, "type", "购物服务;便民商店/便利店"),
        ),
        ("Z001",),
    ),
    # --- addresses
    Hurt(
        "addresses without coordinates",
        frame("shops.csv", lambda f: f.drop(columns=["经度", "纬度"])),
        ("shops.csv", "address"),
    ),
    # --- workbooks
    Hurt("a workbook cut short", cut("stations.xlsx", 0.6), ("stations.xlsx", "workbook")),
    Hurt(
        "a text called a workbook",
        content("stations.xlsx", "站点编号,经度\n".encode()),
        ("stations.xlsx",),
    ),
    Hurt(
        "a sheet that is not there",
        scenario(
            'path = "stations.xlsx"\ncrs = "wgs84"',
            'path = "stations.xlsx"\nlayer = "网点"\ncrs = "wgs84"',
        ),
        ("网点", "站点"),
    ),
    Hurt("two sheets that may be meant", sheet(second_sheet), ("stations.xlsx", "站点(旧)")),
    Hurt(
        "an empty sheet", sheet(lambda b: b.worksheets[0].delete_rows(1, 100)), ("stations.xlsx",)
    ),
    Hurt("a cell with an error", sheet(put(4, "经度", "#N/A")), ("stations.xlsx", "row 4", "#N/A")),
    Hurt("a formula without a value", sheet(put(4, "经度", "=A1+1")), ("stations.xlsx", "row 4")),
    Hurt(
        "a sum below the stations",
        sheet(appended("合计", None, None, None, None, 9000)),
        ("合计",),
        "finding",
    ),
    Hurt(
        "a station closed",
        both(
            sheet(
                lambda b: b.worksheets[0].cell(1, 7, "状态") and b.worksheets[0].cell(2, 7, "停业")
            ),
            scenario(
                'path = "stations.xlsx"\ncrs = "wgs84"',
                'path = "stations.xlsx"\ncrs = "wgs84"\ncolumns = { status = "状态" }',
            ),
        ),
        ("closed",),
        "finding",
    ),
    Hurt(
        "a status that is none",
        both(
            sheet(
                lambda b: b.worksheets[0].cell(1, 7, "状态") and b.worksheets[0].cell(2, 7, "好")
            ),
            scenario(
                'path = "stations.xlsx"\ncrs = "wgs84"',
                'path = "stations.xlsx"\ncrs = "wgs84"\ncolumns = { status = "状态" }',
            ),
        ),
        ("stations.xlsx", "row 2", "好"),
    ),
    Hurt(
        "a year of opening that cannot be",
        both(
            sheet(put(3, "开业年份", 20155)),
            scenario(
                'path = "stations.xlsx"\ncrs = "wgs84"',
                'path = "stations.xlsx"\ncrs = "wgs84"\ncolumns = { opened = "开业年份" }',
            ),
        ),
        ("stations.xlsx", "row 3", "20155"),
    ),
    Hurt(
        "a capacity of nothing",
        both(
            sheet(put(3, "日处理能力", 0)),
            scenario(
                'path = "stations.xlsx"\ncrs = "wgs84"',
                'path = "stations.xlsx"\ncrs = "wgs84"\ncolumns = { capacity = "日处理能力" }',
            ),
        ),
        ("stations.xlsx", "row 3"),
    ),
    Hurt(
        "a station listed twice",
        sheet(
            lambda b: b.worksheets[0].append(["Z900", *[c.value for c in b.worksheets[0][2]][1:]])
        ),
        ("duplicate",),
        "finding",
    ),
    # --- boundaries
    Hurt("a shapefile in GBK that does not say so", shapefile, ("GB18030",), "finding"),
    Hurt(
        "a shapefile without its table", both(shapefile, gone("townships.dbf")), ("townships.shp",)
    ),
    Hurt(
        "a shapefile without its system",
        both(shapefile, gone("townships.prj")),
        ("townships.shp", "system"),
    ),
    Hurt("GeoJSON cut short", cut("communities.geojson", 0.5), ("communities.geojson",)),
    Hurt(
        "boundaries that are lines",
        units("townships.gpkg", shape_of(0, lambda s: LineString(s.exterior.coords))),
        ("townships.gpkg", "1"),
    ),
    Hurt(
        "an outline that crosses itself",
        units(
            "townships.gpkg",
            shape_of(
                0,
                lambda s: Polygon(
                    [
                        s.bounds[:2],
                        s.bounds[2:],
                        (s.bounds[2], s.bounds[1]),
                        (s.bounds[0], s.bounds[3]),
                    ]
                ),
            ),
        ),
        ("桥头街道",),
        "finding",
    ),
    Hurt(
        "a layer without features",
        units("townships.gpkg", lambda f: f.iloc[:0]),
        ("townships.gpkg",),
    ),
    Hurt(
        "two townships of one code",
        units("townships.gpkg", value_of(1, "区划代码", "320498001")),
        ("townships.gpkg", "320498001"),
    ),
    Hurt(
        "a code at two levels",
        units("townships.gpkg", value_of(0, "区划代码", "320498")),
        ("320498",),
    ),
    Hurt(
        "a community whose code names another township",
        units("communities.geojson", value_of(0, "统计用区划代码", "320499101009")),
        ("320499101009",),
    ),
    Hurt(
        "a community missing: a hole in the coverage of units",
        both(
            units("communities.geojson", lambda f: f.drop(index=4).reset_index(drop=True)),
            scenario('source = "column"', 'source = "constant"\nvalue = "urban"'),
        ),
        ("hole",),
        "finding",
    ),
    Hurt(
        "communities that lie over each other",
        both(
            units("communities.geojson", shape_of(1, lambda s: affinity.translate(s, -0.004, 0))),
            scenario('source = "column"', 'source = "constant"\nvalue = "urban"'),
        ),
        ("overlap",),
        "finding",
    ),
    Hurt(
        "communities that add up to less than their township",
        units("communities.geojson", value_of(0, "常住人口", 10)),
        ("桥头街道",),
        "finding",
    ),
    Hurt(
        "a class that is none",
        units("communities.geojson", value_of(2, "城乡分类代码", "999")),
        ("communities.geojson", "999"),
    ),
    Hurt(
        "a class left out everywhere",
        units("communities.geojson", lambda f: f.assign(城乡分类代码="")),
        ("class",),
    ),
    Hurt(
        "people left out of a unit whose people are to be spread",
        both(use_totals, units("communities.geojson", value_of(2, "常住人口", None))),
        ("河西社区",),
    ),
    Hurt(
        "a unit of a 类似 code left out by rule",
        both(
            units("communities.geojson", value_of(5, "统计用区划代码", "320498100401")),
            scenario(
                'path = "communities.geojson"',
                'path = "communities.geojson"\nsimilar_units = "exclude"',
            ),
        ),
        ("塘头村委会",),
        "finding",
    ),
    Hurt(
        "townships in GCJ-02 said to be WGS84",
        units(
            "townships.gpkg",
            lambda f: f.set_geometry([transform_to(s, "gcj02") for s in f.geometry], crs=f.crs),
        ),
        ("townships.gpkg", "gcj02"),
    ),
    Hurt(
        "official figures of a unit that is not there",
        both(with_totals, lambda d: edit(d / "totals.csv", "湖滨镇", "湖边镇")),
        ("湖边镇", "湖滨镇"),
        "finding",
    ),
    Hurt(
        "official figures that differ",
        both(with_totals, cell("totals.csv", 2, "人口", "99999")),
        ("普查",),
        "finding",
    ),
    # --- rasters
    Hurt(
        "a raster whose empty cells are minus infinity",
        raster(lambda v, p: (np.where(v < 40, -np.inf, v), {**p, "nodata": None})),
        ("population.tif",),
        "finding",
    ),
    Hurt(
        "a raster with an undeclared value for nothing",
        raster(lambda v, p: (np.where(v < 30, -200, v), {**p, "nodata": None})),
        ("population.tif", "-200"),
    ),
    Hurt(
        "a raster without a system",
        raster(lambda v, p: (v, {**p, "crs": None})),
        ("population.tif", "system"),
    ),
    Hurt(
        "a raster of another place",
        raster(lambda v, p: (v, {**p, "transform": Affine(0.001, 0.0, 100.0, 0.0, -0.001, 31.8)})),
        ("population.tif", "area"),
    ),
    Hurt("a raster cut short", both(use_raster, cut("population.tif", 0.3)), ("population.tif",)),
    Hurt(
        "a band that is not there",
        both(use_raster, scenario('path = "population.tif"', 'path = "population.tif"\nband = 3')),
        ("band",),
    ),
    Hurt("a raster of nobody", raster(lambda v, p: (v * 0, p)), ("population.tif", "populated")),
    Hurt(
        "a raster that misses a part of the area",
        raster(lambda v, p: (v[:, :-8], {**p, "width": p["width"] - 8})),
        ("km²",),
        "finding",
    ),
    # --- orders
    Hurt(
        "an order of less than nothing",
        both(with_orders, cell("orders.csv", 3, "件数", "-1")),
        ("orders.csv", "row 3", "-1"),
    ),
    Hurt(
        "an order whose window ends before it begins",
        both(with_orders, cell("orders.csv", 3, "时间窗", "18:00-08:00")),
        ("orders.csv", "row 3"),
    ),
    Hurt(
        "an order whose window is none",
        both(with_orders, cell("orders.csv", 3, "时间窗", "傍晚前")),
        ("orders.csv", "row 3", "傍晚前"),
    ),
    Hurt(
        "an order of no known temperature",
        both(with_orders, cell("orders.csv", 3, "温度", "烫")),
        ("orders.csv", "row 3", "烫"),
    ),
    Hurt(
        "an order far outside",
        both(with_orders, cell("orders.csv", 3, "lon", "121.5")),
        ("outside",),
        "finding",
    ),
    # --- roads, depots, the scenario
    Hurt("roads cut short", cut("roads.osm", 0.5), ("roads.osm",)),
    Hurt("roads of nothing", content("roads.osm", b'<osm version="0.6"></osm>'), ("roads.osm",)),
    Hurt(
        "roads of another place",
        lambda d: (
            (d / "roads.osm").write_text(
                (d / "roads.osm")
                .read_text("utf-8")
                .replace('lon="119.', 'lon="117.')
                .replace('lon="120.', 'lon="118.'),
                encoding="utf-8",
            )
            and None
        ),
        ("roads.osm",),
    ),
    Hurt("a file that is not there", gone("roads.osm"), ("roads.osm", "no such file")),
    Hurt(
        "a folder for a file",
        both(gone("shops.csv"), lambda d: (d / "shops.csv").mkdir()),
        ("shops.csv", "a folder"),
    ),
    Hurt("a depot far from any road", scenario("lat = 31.785", "lat = 31.9"), ("D1",)),
    Hurt("an unknown key", scenario("time_limit_s = 10", "time_limt_s = 10"), ("time_limt_s",)),
    Hurt(
        "a norm that is none",
        scenario("[roads]", '[service_distance]\nnorm = "gb-1"\n\n[roads]'),
        ("gb-1", "changzhou-2014"),
    ),
)


def write_hurt(hurt: Hurt, sound: Path, folder: Path) -> Path:
    """Copy the sound city and hurt the copy; return its scenario."""
    shutil.copytree(sound, folder)
    hurt.do(folder)
    return folder / "scenario.toml"


if __name__ == "__main__":
    target = Path(sys.argv[1])
    write_city(target / "sound")
    for number, one in enumerate(HURTS, 1):
        write_hurt(one, target / "sound", target / f"{number:02d} {one.name}"[:80])
    print(f"{len(HURTS)} hurt copies in {target}")  # noqa: T201 - a script for people
