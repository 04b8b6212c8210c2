"""A hand-made health with one of everything, for the tests that show it."""

from __future__ import annotations

from dataclasses import replace
from pathlib import Path

import geopandas as gpd
from shapely import LineString, Point, box

from lastmile.errors import Fault
from lastmile.findings import (
    ColumnFinding,
    CrsEvidence,
    CrsFinding,
    Findings,
    LayerFinding,
    Suspect,
    Tally,
    TotalFinding,
    UnitFinding,
    UnmatchedRow,
)
from lastmile.findings import Remark as Reading
from lastmile.health import ClassCount, Ground, Health, Remark
from lastmile.scenario import scenario_from_table

NASTY = "<script>document.title='hurt'</script><img src=x onerror=\"document.title='hurt'\">&\"'"
WEST, SOUTH = 119.95, 31.78


def some_scenario(language="zh", name="小镇示例 <试>"):
    table = {
        "name": name,
        "boundaries": [{"path": "units.gpkg"}],
        "demand": {"source": "points", "path": "people.csv", "crs": "wgs84"},
        "settlement": {"source": "column"},
        "roads": {"path": "roads.osm.pbf"},
        "output": {
            "language": language,
            "data_date": "2026-01",
            "notice": "合成示例数据",
            "sources": ["手工绘制"],
        },
    }
    return scenario_from_table(table, Path("/nowhere"), "scenario.toml")


def some_findings():
    evidence = [
        CrsEvidence("roads", system, share, f"{share:.0%} 距道路30米内", f"{share:.0%} within 30 m")
        for system, share in (("wgs84", 0.31), ("gcj02", 0.82), ("bd09", 0.29))
    ]
    return Findings(
        layers=[
            LayerFinding(
                "candidates[0]", "门店.csv", "CSV, GB18030", 120, 97, "gcj02",
                (ColumnFinding("name", "站点名称", is_stated=False),
                 ColumnFinding("lon", "经度", is_stated=True)),
            )
        ],
        crs=[
            CrsFinding("candidates[0]", "门店.csv", "wgs84", "refuted", "gcj02", tuple(evidence)),
            CrsFinding("existing[0]", "站点.xlsx", "", "proposed", "bd09", tuple(evidence[:1])),
            CrsFinding("demand", "people.csv", "wgs84", "confirmed", "wgs84", ()),
        ],
        suspects=[
            Suspect("existing[0]", "站点.xlsx", "row 7", WEST + 0.01, SOUTH + 0.01, "duplicate",
                    "与第 6 行相距 3 米", "3 m from row 6"),
            Suspect("candidates[0]", "门店.csv", "row 9", 31.78, 119.95, "outside",
                    "经纬度疑似颠倒", "longitude and latitude look swapped"),
            Suspect("demand", "people.csv", "p5", WEST + 0.02, SOUTH + 0.015, "off_network",
                    "距最近道路 400 米", "400 m from the nearest road"),
            Suspect("demand", "people.csv", "p6", WEST + 0.02, SOUTH + 0.012, "odd_kind",
                    "看着奇怪", "looks odd"),
        ],
        totals=[
            TotalFinding("320402001", "雕庄街道", "township", 700.0, 700.0, "七普"),
            TotalFinding("320402100", "郑陆镇", "township", 300.0, 450.0, "七普"),
        ],
        units=[
            UnitFinding("320402", "天宁区", "district", "", "", "", is_estimated=False,
                        is_excluded=False),
            UnitFinding("320402001", "雕庄街道", "township", "街道", "urban", "表.csv, 城乡分类",
                        is_estimated=True, is_excluded=False),
            UnitFinding("320402400", "某监狱", "township", "类似", "rural", "表.csv, 城乡分类",
                        is_estimated=False, is_excluded=True),
        ],
        unmatched=[
            UnmatchedRow("unit_tables[0]", "七普.xlsx", "row 12", "320402999 雕庄镇", ("雕庄街道",))
        ],
        tallies=[
            Tally("candidates[0]", "门店.csv", "premises", "shop", 90),
            Tally("candidates[0]", "门店.csv", "premises", "", 7),
            Tally("existing[0]", "站点.xlsx", "status", "closed", 2),
            Tally("existing[0]", "站点.xlsx", "opened", "2016", 3),
            Tally("orders[0]", "订单.csv", "orders", "weight_kg", 1234.5),
        ],
        remarks=[Reading("/city/门店.csv", "row 98", "略去合计行", "a row of totals is left out")],
    )  # fmt: skip


def some_ground():
    units = gpd.GeoDataFrame(
        {"code": ["320402", "320402001"], "name": ["天宁区", "雕庄街道"],
         "level": ["district", "township"]},
        geometry=[box(WEST, SOUTH, WEST + 0.03, SOUTH + 0.02),
                  box(WEST, SOUTH, WEST + 0.01, SOUTH + 0.02)],
        crs="EPSG:4326",
    )  # fmt: skip
    roads = gpd.GeoDataFrame(
        {"highway": ["primary", "residential"]},
        geometry=[
            LineString([(WEST, SOUTH + 0.01), (WEST + 0.03, SOUTH + 0.01)]),
            LineString([(WEST + 0.01, SOUTH), (WEST + 0.01, SOUTH + 0.02)]),
        ],
        crs="EPSG:4326",
    )
    at = [Point(WEST + 0.01, SOUTH + 0.01), Point(WEST + 0.02, SOUTH + 0.015)]
    return Ground(
        units=units,
        roads=roads,
        demand=gpd.GeoDataFrame({"people": [400.0, 50.0]}, geometry=at, crs="EPSG:4326"),
        sites=gpd.GeoDataFrame({"role": ["existing", "candidate"]}, geometry=at, crs="EPSG:4326"),
        depots=gpd.GeoDataFrame({"name": ["D1"]}, geometry=at[:1], crs="EPSG:4326"),
    )


def some_roads():
    tally = {"n": 2, "weight": 30.0}
    legs = {"median_m": 20.0, "p90_m": 80.0, "longest_m": 400.0}
    bands = [
        {"over_m": 0, "to_m": 25, "n": 3, "weight": 400.0},
        {"over_m": 25, "to_m": 50, "n": 0, "weight": 0.0},
        {"over_m": 5000, "to_m": None, "n": 1, "weight": 50.0},
    ]
    snapping = {
        "places": {"n": 4, "weight": 450.0}, "on_network": tally, "off_network": tally,
        "without_road": {"n": 1, "weight": 7.0}, "past_island": tally,
        "beside_main": {"n": 0, "weight": 0.0}, "bands": bands, "legs": legs,
        "weighted_legs": legs,
    }  # fmt: skip
    return {"snapping": snapping, "repairs": {"n": 0, "top": []}, "drive_repairs": None}


def some_health(language="zh", *, faults=()):
    return Health(
        source="/city/scenario.toml",
        scenario=some_scenario(language),
        faults=tuple(faults),
        findings=some_findings(),
        notes=(
            Remark("有 3 处重叠", "3 overlaps"),
            Remark("门店.csv：略去合计行", "门店.csv, row 98: a row of totals is left out"),
        ),
        figures={
            "units": 2, "demand_points": 2, "people": 450.0, "off_network_points": 1,
            "off_network_people": 50.0, "sites": {"candidate": 1, "existing": 1}, "depots": 1,
            "walk_km": 4.2,
        },
        classes=(ClassCount("urban", 1, 400.0, 0.0), ClassCount("rural", 1, 50.0, 50.0)),
        roads=some_roads(),
        ground=some_ground(),
    )  # fmt: skip


def some_faults(n=3):
    return tuple(
        Fault(
            "/city/shops.csv", f"row {k + 2}, column 人口", f"'-{k}'", "people >= 0", "correct it"
        )
        for k in range(n)
    )


def nasty_health():
    """Everything that comes from data is an attack."""
    findings = some_findings()
    layer, (column, _) = findings.layers[0], findings.layers[0].columns
    hurt = Findings(
        layers=[
            replace(layer, key=NASTY, file=NASTY, form=NASTY, crs=NASTY,
                    columns=(replace(column, meaning=NASTY, column=NASTY),))
        ],
        crs=[
            replace(finding, key=NASTY, file=NASTY, stated=NASTY, proposal=NASTY,
                    evidence=(CrsEvidence(NASTY, "wgs84", 0.5, NASTY, NASTY),))
            for finding in findings.crs
        ],
        suspects=[
            replace(one, key=NASTY, file=NASTY, where=NASTY, kind=NASTY, zh=NASTY, en=NASTY)
            for one in findings.suspects
        ],
        totals=[
            replace(one, code=NASTY, name=NASTY, level=NASTY, source=NASTY)
            for one in findings.totals
        ],
        units=[
            replace(one, code=NASTY, name=NASTY, level=NASTY, kind=NASTY, settlement=NASTY,
                    settlement_source=NASTY)
            for one in findings.units
        ],
        unmatched=[UnmatchedRow(NASTY, NASTY, NASTY, NASTY, (NASTY,))],
        tallies=[Tally(NASTY, NASTY, NASTY, NASTY, 1.0)],
        remarks=[Reading(NASTY, NASTY, NASTY, NASTY)],
    )  # fmt: skip
    scenario = some_scenario(name=NASTY)
    output = scenario.output.model_copy(
        update={"notice": NASTY, "data_date": NASTY, "sources": (NASTY,),
                "map_review_number": NASTY}
    )  # fmt: skip
    return replace(
        some_health(),
        source=NASTY,
        scenario=scenario.model_copy(update={"output": output}),
        faults=(Fault(NASTY, NASTY, NASTY, NASTY, NASTY),),
        findings=hurt,
        notes=(Remark(NASTY, NASTY),),
    )
