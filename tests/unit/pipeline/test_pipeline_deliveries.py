"""Loads, visits and fleets: what the vans are asked to bring, and what is told when they cannot."""

import sys

import numpy as np
import pandas as pd
import pytest
from hypothesis import given
from hypothesis import strategies as st
from town import at, write_town

from lastmile import pipeline
from lastmile.errors import InputError
from lastmile.network import hierarchy_cache, prepare_travel
from lastmile.pipeline import words
from lastmile.pipeline.deliveries import _visits
from lastmile.routing import Unserved
from lastmile.scenario import Vehicle, read_scenario


@pytest.fixture(scope="module")
def scenario(tmp_path_factory):
    return read_scenario(write_town(tmp_path_factory.mktemp("deliveries")))


def with_fleet(scenario, *vehicles, **routing):
    changed = scenario.routing.model_copy(update={"vehicles": vehicles, **routing})
    return scenario.model_copy(update={"routing": changed})


def van(capacity, n=5, name="van", **fields):
    return Vehicle(id=name, capacity_parcels=capacity, n_per_depot=n, **fields)


@given(st.lists(st.integers(0, 2_000), min_size=1, max_size=8), st.integers(1, 700))
def test_split_loads_are_full_vans_and_one_rest(scenario, loads, capacity):
    fleet = with_fleet(scenario, van(capacity), split_loads=True)
    sites = pd.DataFrame({"id": range(len(loads)), "name": range(len(loads))})
    visited, parcels = _visits(fleet, sites, np.array(loads))
    for site, load in enumerate(loads):
        own = parcels[visited == site]
        assert own.sum() == load
        assert (own[:-1] == capacity).all()
        assert ((own > 0) & (own <= capacity)).all()


def test_a_load_that_the_largest_vehicle_takes_is_not_split(scenario):
    fleet = with_fleet(scenario, van(1000, 1, "large"), van(600, 20, "small"), split_loads=True)
    sites = pd.DataFrame({"id": ["a", "b"], "name": ["a", "b"]})
    visited, parcels = _visits(fleet, sites, np.array([900, 1300]))
    # The many small vans take what is split, not the one large van.
    assert list(zip(visited.tolist(), parcels.tolist(), strict=True)) == [
        (0, 900), (1, 600), (1, 600), (1, 100),
    ]  # fmt: skip


def test_a_fleet_that_is_too_small_is_the_first_thing_told(scenario):
    plan = pipeline.plan(with_fleet(scenario, van(20, 1), split_loads=True))
    routing, left_out = plan.summary["routing"], plan.layers["unserved"]
    assert routing["n_unserved"] == len(left_out) > 0
    assert routing["n_unserved_stations"] == left_out["station_id"].nunique()
    assert "未能全部送达" in plan.summary["notes"][0]
    assert "not fully served" in plan.summary["notes_en"][0]
    assert "1 辆车已全部派出" in plan.summary["notes"][1]
    assert plan.layers["vehicles"]["n_used"].tolist() == [1]
    assert set(left_out["station_id"]) <= set(plan.layers["stations"]["id"])
    assert all("城西分拨中心的“van”增加" in remedy for remedy in left_out["remedy"])


def test_remedies_carry_their_figures_in_both_languages(scenario):
    short_range = with_fleet(scenario, van(600, max_distance_km=0.5))
    plan = pipeline.plan(short_range)
    remedy = plan.layers["unserved"]["remedy"].tolist()
    assert remedy
    assert all("公里" in told and "城西分拨中心" in told for told in remedy)
    left = Unserved(0, "window", "start the shift of van@D1 30 min earlier", 0, 0, -1_800_000)
    assert "提前 30 分钟" in words.routing_remedy(left, "van", "城西分拨中心", "zh")
    assert words.routing_remedy(left, "van", "D1", "en").startswith("start the shift of van at D1")


def test_a_depot_off_the_roads_is_no_matter_of_coverage(scenario):
    far = scenario.depots[0].model_copy(update={"lat": 31.90})
    stranded = scenario.model_copy(update={"depots": (far,)})
    assert pipeline.coverage(stranded).summary["routing"] is None
    with pytest.raises(InputError, match="drivable road where vans may stop"):
        pipeline.plan(stranded)


def test_every_uncovered_point_without_a_candidate_is_told_what_to_do(scenario):
    far_shops = scenario.candidates[0].model_copy(update={"filter": "id == s1"})
    plan = pipeline.plan(
        scenario.model_copy(
            update={
                "candidates": (far_shops,),
                "siting": scenario.siting.model_copy(update={"curve_p": ()}),
            }
        )
    )
    demand = plan.layers["demand"]
    beyond = demand[demand["reason"] == "no_candidate_in_reach"]
    assert len(beyond)
    assert (beyond["remedy"] != "").all()
    assert "步行 2.5 公里内没有任何候选点" in words.no_candidate_near(2500.0, "zh")


def test_a_class_without_people_is_there_with_nothing(scenario):
    constant = {"source": "constant", "value": "urban"}
    table = scenario.model_dump(mode="json") | {"settlement": constant}
    plan = pipeline.coverage(type(scenario).model_validate(table))
    assert plan.summary["indicators"]["by_class"]["rural"]["people"] == 0
    assert list(plan.summary["indicators"]["by_class"]) == ["urban", "rural"]


def test_people_kept_out_by_forbidden_sites_are_accounted_for(scenario):
    barred = scenario.siting.model_copy(update={"forbidden": ("s2",), "curve_p": ()})
    plan = pipeline.plan(scenario.model_copy(update={"siting": barred}))
    (note,) = [note for note in plan.summary["notes"] if "全部可选站点" in note]
    assert "只有禁用的站点" in note
    assert "解除站点禁用" in note


def test_generated_candidates_stand_where_vans_can_supply_them(scenario, tmp_path):
    # A footpath meets the lane far from any street; only walkers can get to its other junction.
    path = write_town(tmp_path / "town")
    roads = (path.parent / "roads.osm").read_text("utf-8")
    spots = {50: (119.9656, 31.7935), 53: (119.9711, 31.7935), 54: (119.9711, 31.7960),
             55: (119.9750, 31.7935)}  # fmt: skip
    extra = "".join(
        f'<node id="{k}" lon="{lon}" lat="{lat}" version="1"/>' for k, (lon, lat) in spots.items()
    )
    assert "</osm>" in roads
    ways = "".join(
        f'<way id="{k}" version="1">{"".join(f"<nd ref={chr(34)}{n}{chr(34)}/>" for n in nodes)}'
        '<tag k="highway" v="footway"/></way>'
        for k, nodes in ((60, (10, 50, 53)), (61, (53, 54)), (62, (53, 55)))
    )
    first_way = roads.index("<way")
    (path.parent / "roads.osm").write_text(
        roads[:first_way] + extra + roads[first_way:].replace("</osm>", ways + "</osm>"), "utf-8"
    )
    text = path.read_text("utf-8")
    start = text.index("[[candidates]]")
    generated = '[[candidates]]\nsource = "junctions"\nspacing_m = 100\n\n'
    path.write_text(text[:start] + generated + text[text.index("[[depots]]") :], "utf-8")
    path.write_text(path.read_text("utf-8").replace("curve_p = [1, 2]", ""), "utf-8")
    wanted = read_scenario(path)
    with_vans = pipeline.check(wanted)[0].places.sites
    on_foot = pipeline.check(pipeline._measured_only(wanted))[0].places.sites
    assert (len(with_vans), len(on_foot)) == (1, 2)


def stretched(tmp_path, east_m, **changes):
    """The town with its main street drawn out to the east, beyond the area."""
    path = write_town(tmp_path / "town")
    roads = path.parent / "roads.osm"
    lon, lat = at(east_m, 0)
    text = roads.read_text("utf-8")
    text = text.replace("<way", f'<node id="90" lon="{lon}" lat="{lat}" version="1"/><way', 1)
    text = text.replace('<nd ref="7"/>', '<nd ref="7"/><nd ref="90"/>', 1)
    roads.write_text(text, "utf-8")
    return read_scenario(path).model_copy(update=changes)


def test_a_depot_far_outside_the_area_is_reached_over_its_roads(tmp_path):
    lon, lat = at(14_990, 0)
    wide = stretched(tmp_path, 15_000)
    depot = wide.depots[0].model_copy(update={"lon": lon, "lat": lat})
    plan = pipeline.plan(wide.model_copy(update={"depots": (depot,)}))
    assert plan.summary["routing"]["n_unserved"] == 0
    assert plan.layers["routes"]["distance_m"].iloc[0] > 24_000


@pytest.mark.parametrize("setting", ["off", "on"])
def test_the_hierarchy_of_the_roads_is_built_once(scenario, tmp_path, monkeypatch, setting):
    built = []
    price = hierarchy_cache.price

    def counted(*arguments):
        built.append(arguments)
        return price(*arguments)

    monkeypatch.setenv("LASTMILE_CACHE", "off" if setting == "off" else str(tmp_path))
    monkeypatch.setattr(hierarchy_cache, "price", counted)
    # As in a city: nothing so small that it is searched without, or not worth a file.
    monkeypatch.setattr(hierarchy_cache, "_WORTH_KEEPING", 0)
    monkeypatch.setattr(sys.modules[prepare_travel.__module__], "_FEW", 0)
    plan = pipeline.plan(scenario)
    assert plan.summary["routing"]["n_routes"] > 0
    assert len(built) == 1
