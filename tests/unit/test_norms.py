"""Norms set the standard unless the scenario does, and say where they come from."""

import json
from pathlib import Path
from typing import get_args

import pytest
from hypothesis import given
from hypothesis import strategies as st
from typer.testing import CliRunner

from lastmile.cartography.facts import title_facts
from lastmile.cli import app
from lastmile.errors import InputError
from lastmile.scenario import NORMS, ServiceDistance, scenario_from_table
from lastmile.scenario.norms import DEFAULT_NORM, NormKey


def scenario_with(**standard):
    table = {
        "name": "试",
        "boundaries": [{"path": "b"}],
        "demand": {"source": "raster", "path": "r"},
        "roads": {"path": "o"},
        "service_distance": standard,
    }
    return scenario_from_table(table, Path("/nowhere"), "scenario.toml")


norms = st.sampled_from(sorted(NORMS))


@given(norms)
def test_a_norm_alone_is_never_called_modified(key):
    standard = scenario_with(norm=key).service_distance
    assert standard.modified == ()
    assert standard.urban_m == NORMS[key].urban_at(None)
    assert NORMS[key].number in standard.provenance("zh")


@given(norms, st.floats(1.0, 5000.0), st.sampled_from(["urban_m", "rural_m"]))
def test_a_stated_figure_always_wins_and_is_told_unless_it_is_the_norms_own(key, metres, name):
    standard = scenario_with(norm=key, **{name: metres}).service_distance
    assert getattr(standard, name) == metres
    own = {"urban_m": NORMS[key].urban_at(None), "rural_m": NORMS[key].rural_m}[name]
    assert standard.modified == (() if metres == own else (name,))
    assert ("已修改" in standard.provenance("zh")) == (metres != own)
    assert ("modified" in standard.provenance("en")) == (metres != own)


@given(norms, st.none() | st.floats(1.0, 5000.0), st.sampled_from(["network", "euclidean"]))
def test_a_standard_survives_the_plan_file(key, urban_m, metric):
    stated = {"norm": key, "metric": metric} | ({} if urban_m is None else {"urban_m": urban_m})
    standard = scenario_with(**stated).service_distance
    again = scenario_with(**json.loads(standard.model_dump_json())).service_distance
    assert again == standard
    assert again.modified == standard.modified


@given(st.floats(1.0, 8.0))
def test_a_circle_in_minutes_is_as_wide_as_people_walk_fast(kph):
    standard = scenario_with(norm="circle-15min", walking_kph=kph).service_distance
    assert standard.urban_m == pytest.approx(kph * 250.0, abs=0.001)
    assert standard.modified == ()


def test_the_default_is_the_changzhou_plan():
    standard = scenario_with().service_distance
    assert (standard.norm, standard.urban_m, standard.rural_m) == (DEFAULT_NORM, 500.0, 1000.0)
    assert standard == ServiceDistance()


def test_every_norm_that_may_be_named_is_there_with_both_languages():
    assert set(get_args(NormKey)) == set(NORMS)
    for norm in NORMS.values():
        assert norm.number
        for told in (norm.document, norm.clause):
            assert told.zh
            assert told.en
        assert (norm.urban_m is None) != (norm.minutes is None)
        assert norm.is_rural_own or "77号" in norm.remark.zh + norm.number


def test_only_what_was_read_is_verified():
    assert [key for key, norm in NORMS.items() if not norm.verified] == ["gb50180-5min"]
    assert "数值未经核实" in ServiceDistance(norm="gb50180-5min").provenance("zh")


@pytest.mark.parametrize(
    ("standard", "told"),
    [
        ({"norm": "gb50180-5mn"}, "'gb50180-10min', 'gb50180-15min' or 'circle-15min'"),
        ({"norm": "gb50180-5mn"}, "write 'gb50180-5min' if that was meant"),
        ({"norm": 7}, "service_distance.norm"),
        ({"norm": ["circle-15min"]}, "service_distance.norm"),
        ({"walking_kph": 5}, "which is in metres"),
        ({"norm": "circle-15min", "walking_kph": 0}, "found 0; expected more than 0"),
        ({"norm": "circle-15min", "walking_kph": "5"}, "a number"),
        ({"norm": "circle-15min", "urban_m": -1}, "found -1; expected more than 0"),
    ],
)
def test_a_faulty_norm_is_told(standard, told):
    with pytest.raises(InputError) as refusal:
        scenario_with(**standard)
    assert told in str(refusal.value)


def test_the_map_names_the_norm_and_what_is_doubtful_of_it(tiny_plan):
    def line(**standard):
        changed = ServiceDistance(**standard)
        scenario = tiny_plan.scenario.model_copy(update={"service_distance": changed})
        plan = type(tiny_plan)(scenario, tiny_plan.summary, tiny_plan.layers)
        return title_facts(plan)["lines"][2]

    assert line() == "标准依据：常政发〔2014〕77号"
    assert line(norm="gb50180-5min", urban_m=400) == "标准依据：GB 50180-2018（未核实）（已修改）"


def test_the_command_lists_every_norm():
    told = CliRunner().invoke(app, ["norms"], env={"COLUMNS": "200"})
    assert told.exit_code == 0
    for norm in NORMS.values():
        assert norm.key in told.output
        assert norm.number in told.output
    listed = json.loads(CliRunner().invoke(app, ["norms", "--json"]).stdout)["norms"]
    assert [item["norm"] for item in listed] == list(NORMS)
    assert all(item["modified"] == [] for item in listed)
