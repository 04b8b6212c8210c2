"""A hand-drawn town whose every distance can be checked on paper.

One straight west–east street, Main Street, 3 km long; a lane going north from its 1,000 m mark.
Metres east and north of the south-west corner are turned into degrees by one fixed scale, so
lengths on the ground are those drawn to within a few millimetres per kilometre.
"""

from __future__ import annotations

import sys
from pathlib import Path

import geopandas as gpd
from pyproj import Geod
from shapely import Polygon

GEOD = Geod(ellps="WGS84")
WEST, SOUTH = 119.95, 31.78
EAST_M = GEOD.inv(WEST, SOUTH, WEST + 0.01, SOUTH)[2] * 100
NORTH_M = GEOD.inv(WEST, SOUTH, WEST, SOUTH + 0.01)[2] * 100

MAIN_STREET = [(x, 0) for x in range(0, 3001, 500)]
LANE = [(1000, 0), (1000, 500), (1000, 1000), (1000, 1500)]
PEOPLE = [
    # id, name, metres east and north, people, class
    ("p1", "桥头里", 500, 20, 400, "urban"),
    ("p2", "南街", 900, -10, 300, "urban"),
    ("p3", "北巷", 1010, 1400, 100, "rural"),
    ("p4", "东村", 2950, 10, 150, "rural"),
    ("p5", "湖心岛", 2000, 1500, 50, "rural"),
]
SHOPS = [
    ("s1", "桥头便利店", "购物服务;便民商店/便利店", 600, 5),
    ("s2", "北巷超市", "购物服务;超级市场", 1000, 900),
    ("s3", "东头便利店", "购物服务;便民商店/便利店", 2400, 5),
    ("s4", "烟酒行", "购物服务;烟酒专卖", 1500, 5),
]
SCENARIO = """\
name = "小镇"
seed = 3

[[boundaries]]
path = "district.geojson"
level = "district"

[[boundaries]]
path = "townships.geojson"
level = "township"

[demand]
source = "points"
path = "people.csv"
crs = "wgs84"
columns = { id = "id", name = "name", people = "people", settlement = "class" }

[settlement]
source = "column"

[roads]
path = "roads.osm"

[[candidates]]
source = "points"
path = "shops.csv"
crs = "wgs84"
filter = "type contains 便利店, 超级市场"
columns = { id = "id", name = "name" }

[[depots]]
id = "D1"
name = "城西分拨中心"
lon = 119.9502
lat = 31.7801

[siting]
curve_p = [1, 2]
time_limit_s = 10

[routing]
time_limit_s = 5
max_iterations = 200
"""


def at(x_m: float, y_m: float) -> tuple[float, float]:
    """Longitude and latitude of metres east and north of the town's corner."""
    return round(WEST + x_m / EAST_M, 7), round(SOUTH + y_m / NORTH_M, 7)


def write_town(folder: Path) -> Path:
    """Write the town's files; return its scenario."""
    folder.mkdir(parents=True, exist_ok=True)
    (folder / "roads.osm").write_text(_osm(), encoding="utf-8")
    _units([("320402", "天宁区", -500, 3500)]).to_file(folder / "district.geojson")
    townships = [("320402001", "西街道", -500, 1500), ("320402100", "东镇", 1500, 3500)]
    _units(townships).to_file(folder / "townships.geojson")
    rows = ["id,name,lon,lat,people,class"]
    rows += [f"{i},{n},{at(x, y)[0]},{at(x, y)[1]},{p},{c}" for i, n, x, y, p, c in PEOPLE]
    (folder / "people.csv").write_text("\n".join(rows) + "\n", encoding="utf-8")
    rows = ["id,name,type,lon,lat"]
    rows += [f"{i},{n},{t},{at(x, y)[0]},{at(x, y)[1]}" for i, n, t, x, y in SHOPS]
    (folder / "shops.csv").write_text("\n".join(rows) + "\n", encoding="utf-8")
    (folder / "scenario.toml").write_text(SCENARIO, encoding="utf-8")
    return folder / "scenario.toml"


def _units(rows: list[tuple[str, str, float, float]]) -> gpd.GeoDataFrame:
    shapes = [
        Polygon([at(x0, -500), at(x1, -500), at(x1, 2000), at(x0, 2000)]) for _, _, x0, x1 in rows
    ]
    codes, names = zip(*((code, name) for code, name, _, _ in rows), strict=True)
    return gpd.GeoDataFrame({"code": codes, "name": names}, geometry=shapes, crs="EPSG:4326")


def _osm() -> str:
    spots = list(dict.fromkeys(MAIN_STREET + LANE))
    number = {spot: k for k, spot in enumerate(spots, 1)}
    lines = ['<?xml version="1.0" encoding="UTF-8"?>', '<osm version="0.6" generator="town">']
    for spot, k in number.items():
        lon, lat = at(*spot)
        lines.append(f'<node id="{k}" lon="{lon}" lat="{lat}" version="1"/>')
    ways = [(1, MAIN_STREET, "secondary", "主街"), (2, LANE, "residential", "北巷")]
    for k, spots_of_way, highway, name in ways:
        lines.append(f'<way id="{k}" version="1">')
        lines += [f'<nd ref="{number[spot]}"/>' for spot in spots_of_way]
        lines.append(f'<tag k="highway" v="{highway}"/><tag k="name" v="{name}"/></way>')
    return "\n".join([*lines, "</osm>"]) + "\n"


if __name__ == "__main__":
    # `make` plans the town once after installing, so that the numba loops are compiled by then.
    write_town(Path(sys.argv[1]))
