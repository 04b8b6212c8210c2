"""Two real areas, planned whole: an urban district, and town and country in one run."""

import json
import math

import numpy as np
import pandas as pd
import pytest
import shapely
from oracle import WalkOracle
from typer.testing import CliRunner

from lastmile.cli import app
from lastmile.plans import LAYER_COLUMNS, Plan
from lastmile.scenario import read_scenario

pytestmark = pytest.mark.real_data
SAMPLE = 200


def planned(repository, folder, name):
    scenario = repository / "tests" / "scenarios" / f"{name}.toml"
    result = CliRunner().invoke(app, ["plan", str(scenario), "-o", str(folder), "--json"])
    assert result.exit_code == 0, result.output
    return json.loads(result.stdout), Plan.load(folder), read_scenario(scenario)


@pytest.fixture(scope="module")
def xuhui(repository, shared_data, tmp_path_factory):
    return planned(repository, tmp_path_factory.mktemp("xuhui") / "plan", "xuhui")


@pytest.fixture(scope="module")
def southwest(repository, shared_data, tmp_path_factory):
    return planned(repository, tmp_path_factory.mktemp("sw") / "plan", "songjiang_jinshan")


def expect_agreement_with_the_oracle(plan, scenario):
    """Coverage, station and distance of 200 demand points, to the metre."""
    oracle = WalkOracle(*scenario.roads.path)
    access = {}
    for site in plan.layers["stations"].itertuples():
        access[site.id] = oracle.attach(f"s{site.id}", site.geometry.x, site.geometry.y)
    demand = plan.layers["demand"]
    rows = np.random.default_rng(5).permutation(len(demand))[:SAMPLE]
    n_covered = 0
    for point in demand.iloc[rows].itertuples():
        leg_m = oracle.attach(f"p{point.id}", point.geometry.x, point.geometry.y)
        if leg_m > scenario.service_distance.max_access_m:
            assert point.reason == "off_network"
            continue
        found = oracle.lengths_from(f"p{point.id}", point.service_distance_m)
        lengths = {s: leg_m + found[f"s{s}"] + access[s] for s in access if f"s{s}" in found}
        nearest_m = min(lengths.values(), default=math.inf)
        if abs(nearest_m - point.service_distance_m) < 1.0:
            continue  # the oracle's own rounding decides; to the metre both are right
        assert point.covered == (nearest_m <= point.service_distance_m), point.id
        if point.covered:
            n_covered += 1
            assert point.distance_m == pytest.approx(nearest_m, abs=1.0)
            assert lengths[point.station_id] == pytest.approx(nearest_m, abs=1.0)
    assert n_covered > SAMPLE // 4


def test_networkx_agrees_on_xuhui_to_the_metre(xuhui):
    expect_agreement_with_the_oracle(*xuhui[1:])


def test_networkx_agrees_on_town_and_country_to_the_metre(southwest):
    expect_agreement_with_the_oracle(*southwest[1:])


@pytest.mark.parametrize("area", ["xuhui", "southwest"])
def test_people_live_on_the_ground_of_the_station_that_covers_them(area, request):
    _, plan, _ = request.getfixturevalue(area)
    frame = plan.layers["catchments"]
    ground = dict(
        zip(zip(frame["station_id"], frame["limit_m"], strict=True), frame.geometry, strict=True)
    )
    covered = plan.layers["demand"].query("covered")
    keys = zip(covered["station_id"], covered["service_distance_m"], strict=True)
    shapes = np.array([ground[key] for key in keys], dtype=object)
    points = np.asarray(covered.geometry.array, dtype=object)
    inside = shapely.covers(shapes, points)
    assert inside.mean() > 0.998
    # A hundred-thousandth of a degree is a metre; the grid of the ground has ten.
    assert shapely.distance(shapes, points).max() < 1e-4
    assert set(plan.layers["stations"]["id"]) == set(frame["station_id"])


def test_xuhui_answers_what_the_bureau_asked(xuhui):
    told, plan, _ = xuhui
    siting = plan.summary["siting"]
    assert siting["status"] == "optimal"
    # The fewest stations cover exactly what all candidates together would.
    assert told["indicators"]["covered_share"] == pytest.approx(siting["all_open_share"])
    shares = [point["covered_share"] for point in siting["curve"]]
    assert [point["p"] for point in siting["curve"]] == [20, 50, 100]
    assert shares == sorted(shares)
    assert shares[-1] <= siting["all_open_share"]
    demand = plan.layers["demand"]
    assert 1_070_000 < demand["people"].sum() < 1_090_000
    off = demand[demand["reason"] == "off_network"]
    assert len(off) == 17
    assert off["people"].sum() == pytest.approx(1677, abs=1)


def test_the_extracts_end_is_told_by_name(southwest):
    _, plan, _ = southwest
    demand = plan.layers["demand"]
    assert len(demand) == 179
    off = demand[demand["reason"] == "off_network"]
    assert len(off) == 47
    told = "".join(plan.summary["notes"])
    assert all(name in told for name in off["name"])
    outside = [note for note in plan.summary["notes"] if "路网数据范围" in note]
    assert outside
    assert outside[0].startswith("其中 24 个需求点")


def test_town_and_country_have_their_own_standards(southwest):
    _, plan, _ = southwest
    demand = plan.layers["demand"]
    limits = demand.groupby("class")["service_distance_m"].unique()
    assert limits["urban"].tolist() == [500.0]
    assert limits["rural"].tolist() == [1000.0]
    assert (demand["distance_m"].dropna() <= demand["service_distance_m"][demand["covered"]]).all()
    assert set(plan.layers["stations"]["kind"]) == {"服务屋", "服务站"}
    assert demand["people"].sum() == pytest.approx(2_730_000)


@pytest.mark.parametrize("area", ["xuhui", "southwest"])
def test_routes_keep_their_promises(area, request):
    _, plan, _ = request.getfixturevalue(area)
    routes, stops = plan.layers["routes"], plan.layers["stops"]
    vehicles = plan.layers["vehicles"].set_index(["vehicle_type", "depot_id"])
    visited = stops["stop_id"].str.split("#").str[0]
    left_out = plan.layers["unserved"]["stop_id"].str.split("#").str[0]
    loaded = plan.layers["stations"].query("load > 0")
    assert set(visited) | set(left_out) == set(loaded["id"])
    served = stops.groupby(visited)["load_parcels"].sum()
    whole = loaded.set_index("id")["load"].drop(index=set(left_out))
    pd.testing.assert_series_equal(served[whole.index], whole, check_names=False)
    for route in routes.itertuples():
        vehicle = vehicles.loc[(route.vehicle_type, route.depot_id)]
        assert route.load_parcels <= vehicle["capacity_parcels"]
        assert vehicle["shift_start_s"] <= route.start_s
        assert route.end_s <= vehicle["shift_end_s"]
    used = routes.groupby(["vehicle_type", "depot_id"]).size()
    assert (used <= vehicles["n_available"].reindex(used.index)).all()


def test_the_same_run_twice_is_identical(xuhui, repository, tmp_path):
    _, plan, _ = xuhui
    _, again, _ = planned(repository, tmp_path / "again", "xuhui")
    assert untimed(plan) == untimed(again)
    for name in LAYER_COLUMNS:
        pd.testing.assert_frame_equal(plan.layers[name], again.layers[name])


def untimed(plan):
    return {key: value for key, value in plan.summary.items() if key != "timings"}
