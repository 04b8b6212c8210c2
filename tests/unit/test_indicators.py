"""Figures of coverage, on frames small enough to check by hand, and their laws."""

from __future__ import annotations

import math

import numpy as np
import pandas as pd
import pytest
from hypothesis import given
from hypothesis import strategies as st

from lastmile.indicators import (
    REASONS,
    coverage_by_class,
    coverage_by_unit,
    distance_figures,
    overall,
    people_by_reason,
)

UNITS = pd.DataFrame(
    {
        "code": ["D", "T1", "T2", "V1", "V2", "V3"],
        "parent_code": ["", "D", "D", "T1", "T1", "T2"],
    },
    index=[10, 11, 12, 20, 21, 22],
)


def demand_of(rows):
    """A demand layer of (unit_code, class, people, covered, distance_m, reason)."""
    columns = ["unit_code", "class", "people", "covered", "distance_m", "reason"]
    frame = pd.DataFrame(rows, columns=columns)
    return frame.astype({"people": float, "covered": bool, "distance_m": float})


TOWN = demand_of(
    [
        ("V1", "urban", 30.0, True, 100.0, ""),
        ("V1", "urban", 10.0, False, math.nan, "off_network"),
        ("V2", "rural", 20.0, True, 300.0, ""),
        ("T2", "rural", 5.0, True, 999.999, ""),  # a point that only its township holds
        ("V3", "rural", 5.0, False, math.nan, "budget"),
        ("", "rural", 30.0, False, math.nan, "no_candidate_in_reach"),  # outside all units
    ]
)


@st.composite
def demands(draw):
    n = draw(st.integers(0, 25))
    rows = []
    for _ in range(n):
        covered = draw(st.booleans())
        rows.append(
            (
                draw(st.sampled_from(["", "D", "T1", "T2", "V1", "V2", "V3", "elsewhere"])),
                draw(st.sampled_from(["urban", "rural"])),
                draw(st.integers(1, 5_000_000)) / 1000,
                covered,
                draw(st.integers(0, 1_000_000)) / 1000 if covered else math.nan,
                "" if covered else draw(st.sampled_from(REASONS)),
            )
        )
    return demand_of(rows)


def test_off_network_people_stay_in_the_denominator():
    assert overall(TOWN) == {
        "people": 100.0,
        "covered_people": 55.0,
        "covered_share": 0.55,
        "off_network_people": 10.0,
    }


def test_without_demand_the_share_is_not_a_number():
    figures = overall(demand_of([]))
    assert figures["people"] == figures["covered_people"] == 0.0
    assert math.isnan(figures["covered_share"])
    assert coverage_by_class(demand_of([])) == {}
    assert people_by_reason(demand_of([])) == {}


def test_a_unit_holds_its_own_points_and_those_of_all_units_below():
    table = coverage_by_unit(UNITS, TOWN)
    assert list(table.columns) == ["code", "people", "covered_people", "covered_share"]
    assert table.index.equals(UNITS.index)
    assert table.set_index("code")["people"].to_dict() == {
        "D": 70.0, "T1": 60.0, "T2": 10.0, "V1": 40.0, "V2": 20.0, "V3": 5.0,
    }  # fmt: skip
    assert table.set_index("code")["covered_share"].to_dict() == {
        "D": 55 / 70, "T1": 50 / 60, "T2": 0.5, "V1": 0.75, "V2": 1.0, "V3": 0.0,
    }  # fmt: skip


def test_a_unit_where_nobody_lives_has_no_share():
    table = coverage_by_unit(UNITS, TOWN[TOWN["unit_code"] == "V1"])
    assert table["people"].tolist() == [40.0, 40.0, 0.0, 40.0, 0.0, 0.0]
    assert table["covered_share"].isna().tolist() == [False, False, True, False, True, True]


def test_no_units_give_an_empty_table():
    assert coverage_by_unit(UNITS.iloc[:0], TOWN).empty


def test_a_circle_of_units_is_refused():
    circle = pd.DataFrame({"code": ["V1", "V2"], "parent_code": ["V2", "V1"]})
    with pytest.raises(ValueError, match="its own ancestor"):
        coverage_by_unit(circle, TOWN)
    with pytest.raises(ValueError, match="its own ancestor"):
        coverage_by_unit(pd.DataFrame({"code": ["V1"], "parent_code": ["V1"]}), TOWN)


def test_two_units_with_one_code_are_refused():
    with pytest.raises(ValueError, match="share a code"):
        coverage_by_unit(pd.concat([UNITS, UNITS]), TOWN)


def test_classes_come_urban_first():
    by_class = coverage_by_class(TOWN)
    assert list(by_class) == ["urban", "rural"]
    assert by_class["urban"]["covered_share"] == 0.75
    assert by_class["urban"]["off_network_people"] == 10.0
    assert by_class["rural"]["people"] == 60.0


def test_reasons_come_in_their_order_and_only_if_they_occur():
    assert list(people_by_reason(TOWN).items()) == [
        ("off_network", 10.0),
        ("no_candidate_in_reach", 30.0),
        ("budget", 5.0),
    ]


def test_distances_are_weighted_by_people():
    # 30 people at 100 m, 20 at 300 m, 5 at 999.999 m.
    figures = distance_figures(TOWN)
    assert figures["mean_distance_m"] == pytest.approx((3000 + 6000 + 4999.995) / 55, abs=1e-9)
    assert figures["median_distance_m"] == 100.0
    assert figures["p90_distance_m"] == 300.0


def test_at_exactly_half_of_the_people_the_median_is_reached():
    halves = demand_of([("V1", "urban", 10, True, 50, ""), ("V1", "urban", 10, True, 70, "")])
    assert distance_figures(halves)["median_distance_m"] == 50.0


def test_where_nobody_is_covered_distances_are_not_numbers():
    nobody = distance_figures(TOWN[~TOWN["covered"]])
    assert list(nobody) == ["mean_distance_m", "median_distance_m", "p90_distance_m"]
    assert all(math.isnan(value) for value in nobody.values())


@given(demands())
def test_the_parts_add_up_to_the_whole(demand):
    whole = overall(demand)
    table = coverage_by_unit(UNITS, demand).set_index("code")
    by_class = coverage_by_class(demand)

    def exact(value):
        return round(value * 1000)

    assert sum(exact(f["people"]) for f in by_class.values()) == exact(whole["people"])
    uncovered = sum(exact(people) for people in people_by_reason(demand).values())
    assert exact(whole["covered_people"]) + uncovered == exact(whole["people"])
    for column in ("people", "covered_people"):
        children = table.loc[["V1", "V2"], column].map(exact).sum()
        counted = demand if column == "people" else demand[demand["covered"]]
        own = counted.loc[counted["unit_code"] == "T1", "people"].map(exact).sum()
        assert exact(table.loc["T1", column]) == children + own


@given(demands(), st.randoms(use_true_random=False))
def test_the_order_of_the_rows_changes_nothing(demand, random):
    order = list(range(len(demand)))
    random.shuffle(order)
    shuffled = demand.iloc[order]
    assert repr(overall(shuffled)) == repr(overall(demand))
    assert repr(distance_figures(shuffled)) == repr(distance_figures(demand))
    assert coverage_by_unit(UNITS, shuffled).equals(coverage_by_unit(UNITS, demand))


@given(demands())
def test_percentiles_agree_with_counting_every_person(demand):
    reached = demand[demand["covered"]]
    figures = distance_figures(demand)
    for per_cent, name in ((50, "median_distance_m"), (90, "p90_distance_m")):
        if reached.empty:
            assert math.isnan(figures[name])
            continue
        people = np.rint(reached["people"] * 1000).astype(int)
        within = [
            distance
            for distance in sorted(reached["distance_m"])
            if people[reached["distance_m"] <= distance].sum() * 100 >= per_cent * people.sum()
        ]
        assert figures[name] == within[0]


@given(demands())
def test_shares_lie_between_none_and_all(demand):
    shares = coverage_by_unit(UNITS, demand)["covered_share"].dropna()
    assert shares.between(0.0, 1.0).all()
