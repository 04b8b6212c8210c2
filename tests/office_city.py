"""A small city in the files that a Chinese office keeps, all sound; made from a seed.

Two districts, four townships, twelve communities on 6 by 4.8 km of bent streets; people in cells,
shops along the streets with addresses, stations, villages, orders, a population raster. Totals of
every level agree to the person. ``hurt_city`` hurts copies of it.
"""

from __future__ import annotations

from dataclasses import dataclass
from pathlib import Path

import geopandas as gpd
import numpy as np
import pandas as pd
import rasterio
import shapely
from affine import Affine
from pyproj import Geod
from shapely import box

SEED = 5
_GEOD = Geod(ellps="WGS84")
WEST, SOUTH = 119.95, 31.78
EAST_M = _GEOD.inv(WEST, SOUTH, WEST + 0.01, SOUTH)[2] * 100
NORTH_M = _GEOD.inv(WEST, SOUTH, WEST, SOUTH + 0.01)[2] * 100
WIDTH_M, HEIGHT_M = 6000.0, 4800.0

DISTRICTS = (("320498", "城西区"), ("320499", "城东区"))
TOWNSHIPS = (
    ("320498001", "桥头街道"),
    ("320498100", "北塘镇"),
    ("320499001", "东门街道"),
    ("320499101", "湖滨镇"),
)
COMMUNITIES = (
    ("桥东社区居委会", "南街社区居委会", "河西社区居委会"),
    ("北塘社区居委会", "薛家村委会", "塘头村委会"),
    ("东门社区居委会", "朝阳社区居委会", "迎春社区居委会"),
    ("湖滨社区居委会", "新桥村委会", "荷花村委会"),
)
EAST_STREETS = ("人民路", "解放路", "和平路", "延陵路", "关河路", "劳动路", "武宜路", "长江路",
                "飞龙路", "通江路", "晋陵路")  # fmt: skip
NORTH_STREETS = ("健身路", "花园路", "怀德路", "公园路", "青果巷", "西瀛里", "罗汉路", "兰陵路",
                 "丽华路", "采菱路", "东方路", "青龙路", "龙城路", "中吴路")  # fmt: skip


def at(x_m: float, y_m: float) -> tuple[float, float]:
    """Longitude and latitude of metres east and north of the city's corner."""
    return round(WEST + x_m / EAST_M, 7), round(SOUTH + y_m / NORTH_M, 7)


@dataclass(frozen=True)
class Streets:
    """A bent grid: corners by column and row, in metres."""

    corners: np.ndarray
    """Shape (columns, rows, 2)."""

    def lines(self) -> list[tuple[str, list[tuple[int, int]]]]:
        """Name and corners of each street."""
        columns, rows = self.corners.shape[:2]
        across = [(EAST_STREETS[j], [(i, j) for i in range(columns)]) for j in range(rows)]
        along = [(NORTH_STREETS[i], [(i, j) for j in range(rows)]) for i in range(columns)]
        return across + along


def write_city(folder: Path) -> Path:
    """Write the files; return the scenario."""
    folder.mkdir(parents=True, exist_ok=True)
    rng = np.random.default_rng(SEED)
    streets = _streets(rng)
    (folder / "roads.osm").write_text(_osm(streets), encoding="utf-8")
    cells = _cells(rng)
    _write_units(folder, cells)
    people = cells[["id", "lon", "lat", "people"]].rename(columns={"id": "编号", "people": "人口"})
    people.to_csv(folder / "people.csv", index=False)
    _write_raster(folder / "population.tif", cells)
    _shops(rng, streets).to_csv(folder / "shops.csv", index=False)
    _stations(rng, streets).to_excel(folder / "stations.xlsx", index=False, sheet_name="站点")
    _villages(cells).to_csv(folder / "villages.csv", index=False)
    _orders(rng, cells).to_csv(folder / "orders.csv", index=False)
    (folder / "scenario.toml").write_text(SCENARIO, encoding="utf-8")
    return folder / "scenario.toml"


SCENARIO = """\
name = "小城"
seed = 3

[[boundaries]]
path = "districts.gpkg"
level = "district"

[[boundaries]]
path = "townships.gpkg"
level = "township"

[[boundaries]]
path = "communities.geojson"
level = "community"

[demand]
source = "points"
path = "people.csv"
crs = "wgs84"

[settlement]
source = "column"

[roads]
path = "roads.osm"

[[candidates]]
source = "points"
path = "shops.csv"
crs = "wgs84"
filter = "type contains 便利店, 超级市场"

[[existing]]
path = "stations.xlsx"
crs = "wgs84"

[[depots]]
id = "D1"
name = "城西分拨中心"
lon = 119.955
lat = 31.785

[siting]
time_limit_s = 10

[routing]
time_limit_s = 5
max_iterations = 200
"""


def _streets(rng: np.random.Generator) -> Streets:
    xs = np.cumsum(rng.uniform(300.0, 560.0, len(NORTH_STREETS)))
    ys = np.cumsum(rng.uniform(300.0, 560.0, len(EAST_STREETS)))
    xs = (xs - xs[0]) / (xs[-1] - xs[0]) * (WIDTH_M - 100.0) + 50.0
    ys = (ys - ys[0]) / (ys[-1] - ys[0]) * (HEIGHT_M - 100.0) + 50.0
    grid = np.stack(np.meshgrid(xs, ys, indexing="ij"), axis=-1)
    return Streets(grid + rng.uniform(-70.0, 70.0, grid.shape) * _inner(grid.shape))


def _inner(shape: tuple[int, ...]) -> np.ndarray:
    inner = np.ones(shape)
    inner[[0, -1], :, :] = 0.3
    inner[:, [0, -1], :] = 0.3
    return inner


def _osm(streets: Streets) -> str:
    columns, rows = streets.corners.shape[:2]
    lines = ['<?xml version="1.0" encoding="UTF-8"?>', '<osm version="0.6" generator="city">']
    for i in range(columns):
        for j in range(rows):
            lon, lat = at(*streets.corners[i, j])
            lines.append(f'<node id="{1 + i * rows + j}" lon="{lon}" lat="{lat}" version="1"/>')
    for k, (name, corners) in enumerate(streets.lines(), 1):
        lines.append(f'<way id="{k}" version="1">')
        lines += [f'<nd ref="{1 + i * rows + j}"/>' for i, j in corners]
        kind = "secondary" if k % 4 == 0 else "residential"
        lines.append(f'<tag k="highway" v="{kind}"/><tag k="name" v="{name}"/></way>')
    return "\n".join([*lines, "</osm>"]) + "\n"


def _cells(rng: np.random.Generator) -> pd.DataFrame:
    """Cells of 150 m with whole people, each in its community."""
    x, y = np.meshgrid(np.arange(75.0, WIDTH_M, 150.0), np.arange(75.0, HEIGHT_M, 150.0))
    x, y = x.ravel(), y.ravel()
    people = rng.poisson(40.0, x.size) + 1
    lon, lat = np.array([at(a, b) for a, b in zip(x, y, strict=True)]).T
    return pd.DataFrame({
        "id": [f"p{k:05d}" for k in range(1, x.size + 1)], "x": x, "y": y, "lon": lon, "lat": lat,
        "people": people, "community": _community_at(x, y),
    })  # fmt: skip


def _community_at(x: np.ndarray, y: np.ndarray) -> np.ndarray:
    """Position of a place's community: quarters of the city are townships, thirds of these."""
    township = 2 * (x >= WIDTH_M / 2).astype(int) + (y >= HEIGHT_M / 2).astype(int)
    third = np.minimum(2, (x % (WIDTH_M / 2)) // (WIDTH_M / 6)).astype(int)
    return township * 3 + third


def _write_units(folder: Path, cells: pd.DataFrame) -> None:
    people = cells.groupby("community")["people"].sum()
    communities, rows = [], []
    for k in range(12):
        township, third = divmod(k, 3)
        west = (township // 2) * WIDTH_M / 2 + third * WIDTH_M / 6
        south = (township % 2) * HEIGHT_M / 2
        shape = _ground(box(west, south, west + WIDTH_M / 6, south + HEIGHT_M / 2))
        village = COMMUNITIES[township][third].endswith("村委会")
        code = f"{TOWNSHIPS[township][0]}{(201 if village else 1) + third:03d}"
        rows.append(
            (code, COMMUNITIES[township][third], int(people[k]), "220" if village else "111")
        )
        communities.append(shape)
    frame = gpd.GeoDataFrame(
        pd.DataFrame(rows, columns=["统计用区划代码", "名称", "常住人口", "城乡分类代码"]),
        geometry=communities, crs="EPSG:4326",
    )  # fmt: skip
    frame.to_file(folder / "communities.geojson")
    _dissolved(frame, 9, TOWNSHIPS).to_file(folder / "townships.gpkg", layer="乡镇街道")
    _dissolved(frame, 6, DISTRICTS).to_file(folder / "districts.gpkg", layer="区县")


def _ground(shape):
    def degrees(spots):
        return np.array([at(x, y) for x, y in spots])

    return shapely.transform(shape, degrees)


def _dissolved(frame: gpd.GeoDataFrame, digits: int, named) -> gpd.GeoDataFrame:
    own = frame["统计用区划代码"].str[:digits]
    shapes = frame.geometry.groupby(own).agg(lambda parts: parts.union_all())
    people = frame["常住人口"].groupby(own).sum()
    codes = [code for code, _ in named]
    return gpd.GeoDataFrame(
        {
            "区划代码": codes,
            "名称": [name for _, name in named],
            "常住人口": people[codes].tolist(),
        },
        geometry=list(shapes[codes]), crs="EPSG:4326",
    )  # fmt: skip


def _write_raster(path: Path, cells: pd.DataFrame) -> None:
    columns, rows = int(WIDTH_M / 150), int(HEIGHT_M / 150)
    values = cells["people"].to_numpy(dtype="float32").reshape(rows, columns)[::-1]
    west, north = at(0.0, HEIGHT_M)
    transform_ = Affine(150.0 / EAST_M, 0.0, west, 0.0, -150.0 / NORTH_M, north)
    with rasterio.open(
        path, "w", driver="GTiff", width=columns, height=rows, count=1, dtype="float32",
        crs="EPSG:4326", transform=transform_, nodata=-99999.0,
    ) as raster:  # fmt: skip
        raster.write(values, 1)


def _beside_streets(rng: np.random.Generator, streets: Streets, n: int, off_m: float):
    """Places at the kerb: metres, and the name of the street."""
    lines = streets.lines()
    spots, names = [], []
    for _ in range(n):
        name, corners = lines[int(rng.integers(len(lines)))]
        k = int(rng.integers(len(corners) - 1))
        a, b = streets.corners[corners[k]], streets.corners[corners[k + 1]]
        along = rng.uniform(0.1, 0.9)
        side = np.array([-(b - a)[1], (b - a)[0]]) / np.hypot(*(b - a))
        spots.append(a + along * (b - a) + side * rng.choice([-1.0, 1.0]) * rng.uniform(4.0, off_m))
        names.append(name)
    return np.array(spots), names


def _shops(rng: np.random.Generator, streets: Streets) -> pd.DataFrame:
    spots, names = _beside_streets(rng, streets, 260, 14.0)
    kinds = ("购物服务;便民商店/便利店;便民商店/便利店", "购物服务;超级市场;超市",
             "生活服务;物流速递;物流速递", "生活服务;邮局;邮局")  # fmt: skip
    words = ("便利店", "超市", "快递点", "邮政所")
    kind = rng.integers(len(kinds), size=len(spots))
    lon, lat = np.array([at(*spot) for spot in spots]).T
    number = rng.integers(1, 400, size=len(spots))
    return pd.DataFrame({
        "id": [f"B{k:06d}" for k in range(1, len(spots) + 1)],
        "name": [f"{names[k][:2]}{words[kind[k]]}{k + 1}号店" for k in range(len(spots))],
        "type": [kinds[k] for k in kind],
        "address": [f"{names[k]}{number[k]}号" for k in range(len(spots))],
        "经度": lon, "纬度": lat,
    })  # fmt: skip


def _stations(rng: np.random.Generator, streets: Streets) -> pd.DataFrame:
    spots, names = _beside_streets(rng, streets, 40, 14.0)
    lon, lat = np.array([at(*spot) for spot in spots]).T
    return pd.DataFrame({
        "站点编号": [f"Z{k:03d}" for k in range(1, len(spots) + 1)],
        "站点名称": [f"{names[k]}服务点{k + 1}" for k in range(len(spots))],
        "经度": lon, "纬度": lat,
        "开业年份": rng.integers(2014, 2017, size=len(spots)),
        "日处理能力": rng.integers(2, 9, size=len(spots)) * 100,
    })  # fmt: skip


def _villages(cells: pd.DataFrame) -> pd.DataFrame:
    middle = cells.groupby("community")[["x", "y"]].mean()
    rows = []
    for k, (x, y) in enumerate(middle.to_numpy()):
        township, third = divmod(k, 3)
        name = COMMUNITIES[township][third]
        village = name.endswith("村委会")
        code = f"{TOWNSHIPS[township][0]}{(201 if village else 1) + third:03d}"
        rows.append((code, name, *at(x, y), "220" if village else "111"))
    return pd.DataFrame(rows, columns=["代码", "名称", "lon", "lat", "城乡分类代码"])


def _orders(rng: np.random.Generator, cells: pd.DataFrame) -> pd.DataFrame:
    chosen = rng.integers(len(cells), size=300)
    spots = cells.iloc[chosen]
    return pd.DataFrame({
        "订单号": [f"O{k:05d}" for k in range(1, 301)],
        "lon": spots["lon"].to_numpy(), "lat": spots["lat"].to_numpy(),
        "件数": rng.integers(1, 4, size=300), "重量": rng.integers(1, 40, size=300) / 4,
        "时间窗": rng.choice(["08:00-12:00", "13:00-18:00", ""], size=300),
        "温度": rng.choice(["常温", "冷藏", "冷冻"], size=300),
    })  # fmt: skip
