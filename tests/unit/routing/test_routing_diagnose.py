"""Why a stop cannot be served, and what would mend it."""

from __future__ import annotations

from dataclasses import replace

from lastmile.costs import UNREACHABLE
from lastmile.routing import diagnose, oversized_stops

MINUTE_MS = 60_000


def only(problem):
    (left,) = diagnose(problem)
    return left


def test_a_stop_larger_than_every_vehicle_is_told_with_its_figures(line_town):
    problem = line_town([5, 6], demand=[3, 11])
    left = only(problem)
    assert (left.stop, left.reason) == (1, "capacity")
    assert "11 parcels (the largest takes 10)" in left.remedy
    assert oversized_stops(problem) == (1,)


def test_a_stop_without_a_road_is_unreachable(line_town):
    problem = line_town([5, 6])
    values = problem.travel_time.values.copy()
    values[0, 2] = UNREACHABLE
    left = only(replace(problem, travel_time=replace(problem.travel_time, values=values)))
    assert (left.stop, left.reason) == (1, "unreachable")


def test_a_window_that_closes_too_early_asks_for_an_earlier_shift(line_town, van):
    early = van(shift_start_ms=60 * MINUTE_MS)
    left = only(line_town([5], windows=[(0, 62)], vehicles=(early,)))
    assert (left.reason, left.remedy) == ("window", "start the shift of van 3 min earlier")


def test_a_return_after_the_shift_asks_for_a_longer_one(line_town, van):
    left = only(line_town([5], vehicles=(van(shift_end_ms=18 * MINUTE_MS),)))
    assert (left.reason, left.remedy) == ("window", "end the shift of van 2 min later")


def test_the_vehicle_nearest_to_reaching_a_far_stop_is_named(line_town, van):
    types = (van(id="trike", max_distance_mm=20_000_000), van(max_distance_mm=99_000_000))
    left = only(line_town([50], vehicles=types))
    assert left.reason == "range"
    assert "extend the range of van by 1.0 km" in left.remedy


def test_a_rule_counts_only_where_one_vehicle_meets_all_of_them(line_town, van):
    small_but_far = van(id="small", capacity=(1,))
    large_but_short = van(id="large", max_distance_mm=5_000_000)
    left = only(line_town([50], demand=[5], vehicles=(small_but_far, large_but_short)))
    assert left.reason == "range"
    assert "large" in left.remedy


def test_without_vehicle_types_every_stop_is_unreachable(line_town):
    problem = replace(line_town([5, 6]), vehicle_types=())
    assert [left.reason for left in diagnose(problem)] == ["unreachable"] * 2
    assert "add a vehicle type" in diagnose(problem)[0].remedy
