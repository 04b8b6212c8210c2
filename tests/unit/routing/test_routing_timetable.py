"""When vehicles leave, wait and return."""

from __future__ import annotations

from lastmile.routing import timetable

MINUTE_MS = 60_000


def test_a_tour_is_timed_as_on_paper(line_town):
    route = timetable(line_town([5, 8]), 0, (0, 1))
    assert [visit.arrival_ms // MINUTE_MS for visit in route.visits][1] - (
        route.start_ms // MINUTE_MS
    ) == 5 + 10 + 3
    assert route.end_ms - route.start_ms == (5 + 10 + 3 + 10 + 8) * MINUTE_MS
    assert route.distance_mm == 16_000_000
    assert route.load == (2,)
    assert route.cost_yuan == 100.0 + 16.0 + 36.0


def test_a_vehicle_leaves_late_rather_than_wait(line_town):
    route = timetable(line_town([5], windows=[(120, 180)]), 0, (0,))
    assert route.start_ms == 115 * MINUTE_MS
    assert route.visits[0].arrival_ms == 120 * MINUTE_MS


def test_a_vehicle_waits_between_windows_that_force_it_to(line_town):
    route = timetable(line_town([5, 6], windows=[(0, 20), (100, 200)]), 0, (0, 1))
    assert route.visits[0].arrival_ms == 20 * MINUTE_MS
    assert route.visits[1].arrival_ms == 31 * MINUTE_MS
    assert route.visits[1].departure_ms == 110 * MINUTE_MS


def test_windows_and_shifts_are_inclusive(line_town, van):
    on_time = van(shift_end_ms=20 * MINUTE_MS)
    assert timetable(line_town([5], windows=[(0, 5)], vehicles=(on_time,)), 0, (0,))
    too_late = van(shift_end_ms=20 * MINUTE_MS - 1)
    assert timetable(line_town([5], vehicles=(too_late,)), 0, (0,)) is None
    assert timetable(line_town([5], windows=[(0, 4)]), 0, (0,)) is None


def test_a_tour_beyond_capacity_or_range_has_no_timetable(line_town, van):
    assert timetable(line_town([5, 6], demand=[6, 5]), 0, (0, 1)) is None
    assert timetable(line_town([5], vehicles=(van(max_distance_mm=10_000_000),)), 0, (0,))
    assert timetable(line_town([5], vehicles=(van(max_distance_mm=9_999_999),)), 0, (0,)) is None
