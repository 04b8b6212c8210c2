"""What every test may use."""

from __future__ import annotations

import os
from pathlib import Path

import pytest
from hypothesis import settings
from shapely import LineString, MultiPolygon, Point, Polygon
from town import write_town

from lastmile.plans import LAYER_COLUMNS, Plan, layer_frame
from lastmile.scenario import scenario_from_table

# Laws are about answers, never about how fast a shared machine gives them. Developers' runs try new
# examples each time; what decides whether a change lands tries the same ones again.
settings.register_profile("lastmile", deadline=None, derandomize=bool(os.environ.get("CI")))
settings.load_profile("lastmile")

REPOSITORY = Path(__file__).resolve().parents[1]


@pytest.fixture(scope="session", autouse=True)
def own_cache(tmp_path_factory: pytest.TempPathFactory) -> None:
    """Keep what tests make out of the developer's own cache, and that out of the tests."""
    os.environ["LASTMILE_CACHE"] = str(tmp_path_factory.mktemp("cache"))


@pytest.fixture(scope="session")
def repository() -> Path:
    """Root of the repository."""
    return REPOSITORY


@pytest.fixture(scope="session")
def shared_data() -> Path:
    """Folder of the real inputs, which stand beside the repository and are never copied into it."""
    folder = REPOSITORY.parent / "shared" / "data"
    if not folder.is_dir():
        pytest.skip("the real inputs (../shared/data) are not on this machine")
    return folder


@pytest.fixture(scope="session")
def tiny_plan() -> Plan:
    """A hand-made plan with one of everything; not the result of a solver."""
    frames = _tiny_frames()
    layers = {name: _layer(name, frames[name]) for name in LAYER_COLUMNS}
    return Plan(_tiny_scenario(), _tiny_summary(), layers)


def _layer(name, rows):
    columns = LAYER_COLUMNS[name]
    values = zip(*rows, strict=True) if rows else [[] for _ in columns]
    return layer_frame(name, dict(zip(columns, map(list, values), strict=True)))


def _tiny_scenario():
    table = {
        "name": "小镇示例 <试>",
        "boundaries": [{"path": "units.gpkg"}],
        "demand": {"source": "points", "path": "people.csv", "crs": "wgs84"},
        "roads": {"path": "roads.osm.pbf"},
        "depots": [{"id": "D1", "name": "城北分拨中心", "lon": 119.95, "lat": 31.80}],
        "output": {"data_date": "2026-01", "notice": "合成示例数据", "sources": ["手工绘制"]},
    }
    return scenario_from_table(table, Path("/nowhere"), "scenario.toml")


def _tiny_frames():
    west, south = 119.95, 31.78

    def at(x_m, y_m):
        return Point(round(west + x_m / 94_700, 7), round(south + y_m / 110_900, 7))

    def block(x0, y0, x1, y1):
        corners = ((x0, y0), (x1, y0), (x1, y1), (x0, y1))
        return Polygon([at(*corner) for corner in corners])

    nan, inf = float("nan"), float("inf")
    units = [
        ("320402", "天宁区", "district", "", "", 1000.0, 800.0, 0.8, False, "",
         block(0, 0, 4000, 2000)),
        ("320402001", "雕庄街道", "township", "320402", "urban", 700.0, 700.0, 1.0, False,
         "乡镇.csv, 城乡",
         block(0, 0, 2000, 2000)),
        ("320402100", "郑陆镇", "township", "320402", "rural", 300.0, 100.0, 1 / 3, True,
         "乡镇.csv, 城乡",
         block(2000, 0, 4000, 2000)),
    ]  # fmt: skip
    demand = [
        ("p1", "p1", "320402001", "urban", 400.0, 500.0, True, "s1", 120.5, "", "", at(400, 400)),
        ("p2", "p2", "320402001", "urban", 300.0, 500.0, True, "s1", 500.0, "", "", at(900, 500)),
        ("p3", "p3", "320402100", "rural", 100.0, 1000.0, True, "s2", 730.0, "", "", at(2600, 600)),
        ("p4", "p4", "320402100", "rural", 150.0, 1000.0, False, "", nan, "no_candidate_in_reach",
         "nearest candidate s2 is 240 m too far", at(3800, 1800)),
        ("p5", "p5", "320402100", "rural", 50.0, 1000.0, False, "", nan, "off_network",
         "", at(3900, 200)),
    ]  # fmt: skip
    sites = [
        ("s1", "兰陵便利店", "服务屋", "existing", True, 0, 400.0, "shop", 2016.0, at(500, 450)),
        (
            "s2",
            "郑陆村委会 & 超市",
            "服务站",
            "candidate",
            True,
            20_000,
            float("inf"),
            "committee",
            nan,
            at(2500, 500),
        ),
        ("s3", "停用门店", "服务屋", "forbidden", False, 80_000, inf, "", nan, at(1500, 1500)),
        ("s4", "路口", "服务屋", "candidate", False, 80_000, inf, "generated", nan, at(1200, 900)),
    ]
    stations = [
        ("s1", "兰陵便利店", "服务屋", "existing", 700.0, 140, 0.35, 1, at(500, 450)),
        ("s2", "郑陆村委会 & 超市", "服务站", "candidate", 100.0, 10, nan, 1, at(2500, 500)),
    ]
    catchments = [
        ("s1", 500.0, MultiPolygon([block(50, 50, 950, 950)])),
        ("s2", 500.0, MultiPolygon([block(2100, 200, 2900, 800)])),
        ("s2", 1000.0, MultiPolygon([block(1600, 0, 3400, 1300)])),
    ]
    assignments = [("p1", "s1", 120.5), ("p2", "s1", 500.0), ("p3", "s2", 730.0)]
    path = LineString([at(0, 2000), at(500, 2000), at(500, 450), at(2500, 500), at(0, 2000)])
    routes = [
        ("R001", "van", "D1", 2, 7600.0, 2400, 150, 240.0, 1.9, 25_200, 27_600, path),
    ]
    stops = [
        ("R001", 1, "s1", "兰陵便利店", 25_500, 25_940, 25_200, 64_800, 140, "s1", at(500, 450)),
        (
            "R001",
            2,
            "s2",
            "郑陆村委会 & 超市",
            26_400,
            26_710,
            25_200,
            64_800,
            10,
            "s2",
            at(2500, 500),
        ),
    ]
    roads = [
        ("primary", "延陵路", LineString([at(0, 500), at(4000, 500)])),
        ("residential", "", LineString([at(500, 0), at(500, 2000)])),
        ("footway", "", LineString([at(900, 500), at(900, 1200)])),
    ]
    return {
        "units": units, "demand": demand, "sites": sites, "stations": stations,
        "catchments": catchments, "assignments": assignments, "roads": roads, "routes": routes,
        "stops": stops,
        "centres": [("D1", "城北分拨中心", 1, 150, at(0, 2000))],
        "vehicles": [("van", "D1", 600, 25_200, 64_800, nan, 20, 1)],
        "unserved": [("s9", "fleet", "1 more vehicle of type van", "s9", at(3000, 1000))],
    }  # fmt: skip


def _tiny_summary():
    return {
        "schema": 1,
        "name": "小镇示例 <试>",
        "status": "feasible",
        "siting": {
            "goal": "lscp", "status": "feasible", "objective": 1, "bound": 1, "unit": "stations",
            "gap": 0.0, "n_open": 2, "n_new": 1, "n_existing": 1, "message": "",
            "all_open_share": 0.8, "n_components": 1, "n_proven": 1,
            "components": [
                {"n_demand": 3, "n_sites": 3, "objective": 1, "bound": 1, "method": "reduction",
                 "proven": True},
            ],
            "curve": [
                {"p": 1, "covered_people": 800.0, "covered_share": 0.8, "bound_share": 0.8,
                 "status": "optimal"},
                {"p": 2, "covered_people": 800.0, "covered_share": 0.8, "bound_share": 0.85,
                 "status": "feasible"},
            ],
        },
        "routing": {
            "status": "feasible", "engine": "pyvrp", "cost_yuan": 240.0, "bound_yuan": 200.0,
            "n_routes": 1, "n_unserved": 1, "n_unserved_stations": 1, "distance_km": 7.6,
            "duration_h": 0.667, "load_parcels": 150, "co2e_kg": 1.9,
        },
        "indicators": {
            "people": 1000.0, "covered_people": 800.0, "covered_share": 0.8,
            "off_network_people": 50.0, "metric": "network",
            "by_class": {
                "urban": {"people": 700.0, "covered_people": 700.0, "covered_share": 1.0,
                          "off_network_people": 0.0},
                "rural": {"people": 300.0, "covered_people": 100.0, "covered_share": 1 / 3,
                          "off_network_people": 50.0},
            },
            "by_reason": {"no_candidate_in_reach": 150.0, "off_network": 50.0},
            "before": {"covered_people": 700.0, "covered_share": 0.7},
            "mean_distance_m": 339.0, "median_distance_m": 120.5, "p90_distance_m": 730.0,
        },
        "network": {
            "walk_km": 7.2, "drive_km": 6.0, "walk_components": 1, "main_component_share": 1.0,
            "n_snapped_past_islands": 0, "people_past_islands": 0.0,
            "access_median_m": 20.0, "access_p90_m": 40.0, "n_gaps_with_people": 0,
            "people_behind_gaps": 0.0,
        },
        "notes": ["示例说明：p5 在路网之外"],
        "notes_en": ["an example: p5 is off the network"],
        "inputs": [{"path": "people.csv", "sha256": "0" * 64}],
        "seed": 1,
        "timings": {"siting": 0.1},
        "versions": {"lastmile": "0.1.0"},
    }  # fmt: skip


@pytest.fixture
def town(tmp_path) -> Path:
    """Scenario file of the hand-drawn town of ``tests/town.py``, in a folder of its own."""
    return write_town(tmp_path / "town")
