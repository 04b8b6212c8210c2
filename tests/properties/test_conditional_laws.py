"""Conditional tags over a period, against a look at every quarter of an hour of every day."""

from __future__ import annotations

from hypothesis import given
from hypothesis import strategies as st

from lastmile.network import Period
from lastmile.network.conditions import values_over

DAYS = ("Mo", "Tu", "We", "Th", "Fr", "Sa", "Su")
QUARTER = st.integers(0, 95)
RULE = st.tuples(
    st.sampled_from(["yes", "no", "-1"]), st.sets(st.integers(0, 6), min_size=1), QUARTER, QUARTER
).filter(lambda rule: rule[2] != rule[3])
KEY = st.tuples(st.sampled_from(["", "", "yes", "no"]), st.lists(RULE, max_size=4))
SPAN = st.tuples(QUARTER, QUARTER).filter(lambda span: span[0] < span[1])


def written(rule):
    value, days, start, end = rule
    names = ",".join(DAYS[day] for day in sorted(days))
    return f"{value} @ ({names} {clock(start)}-{clock(end)})"


def clock(quarter):
    return f"{quarter // 4:02}:{quarter % 4 * 15:02}"


def value_at(keys, day, quarter):
    for plain, rules in keys:
        for value, days, start, end in reversed(rules):
            today, yesterday = day in days, (day - 1) % 7 in days
            within = today and start <= quarter < end
            over_midnight = start > end and (
                (today and quarter >= start) or (yesterday and quarter < end)
            )
            if within or over_midnight:
                return value
        if plain:
            return plain
    return ""


@given(st.lists(KEY, min_size=1, max_size=2), SPAN, st.sets(st.integers(0, 6), min_size=1))
def test_the_values_of_a_period_are_those_of_its_moments(keys, span, days):
    tags = {}
    for name, (plain, rules) in zip(("oneway:goods", "oneway"), keys, strict=False):
        tags |= {name: plain, f"{name}:conditional": "; ".join(map(written, rules))}
    start, end = span
    period = Period(15 * start, 15 * end, frozenset(days))
    found = values_over(tags, ["oneway:goods", "oneway"], period)
    assert set(found) == {value_at(keys, day, q) for day in days for q in range(start, end)}
    assert len(found) == len(set(found))
