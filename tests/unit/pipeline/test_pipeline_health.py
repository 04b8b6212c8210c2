"""The health of data: the faults that stop a plan, and everything that can be read beside them."""

import re

import pytest
from town import write_town

from lastmile import pipeline
from lastmile.errors import InputError
from lastmile.places.total_findings import STATED
from lastmile.scenario import read_scenario


def edit(file, old, new):
    text = file.read_text("utf-8")
    assert old in text
    file.write_text(text.replace(old, new), "utf-8")


@pytest.fixture
def town(tmp_path):
    return write_town(tmp_path)


def spoil_people(town):
    edit(town.parent / "people.csv", ",300,urban", ",-300,urban")


def lose_roads(town):
    (town.parent / "roads.osm").unlink()


def lose_everything(town):
    for file in town.parent.iterdir():
        if file != town:
            file.unlink()


def break_boundary(town):
    (town.parent / "district.geojson").write_text("no json", "utf-8")


def move_people(town):
    text = (town.parent / "people.csv").read_text("utf-8")
    (town.parent / "people.csv").write_text(re.sub(r",31\.\d+,", ",31.7935,", text), "utf-8")


def ask_too_much(town):
    edit(town, "[siting]", '[siting]\ngoal = "mclp"\np = 7')


def leave_sound(_town):
    pass


SPOILERS = [spoil_people, lose_roads, lose_everything, break_boundary, move_people, ask_too_much]


@pytest.mark.parametrize("spoil", [leave_sound, *SPOILERS])
def test_health_names_exactly_the_faults_that_refuse_a_plan_and_never_raises(town, spoil):
    spoil(town)
    scenario = read_scenario(town)
    try:
        pipeline.check(scenario)
        refused = ()
    except InputError as error:
        refused = error.faults
    health = pipeline.health(scenario, source=str(town))
    assert health.faults == refused
    assert health.can_be_planned == (spoil is leave_sound)


def test_sound_data_are_counted_whole(town):
    health = pipeline.health(read_scenario(town), source=str(town))
    assert health.figures["people"] == 1000
    assert health.figures["demand_points"] == 5
    assert health.figures["off_network_people"] == 50
    assert sum(part.people for part in health.classes) == 1000
    assert sum(part.off_network_people for part in health.classes) == 50
    assert health.roads["snapping"]["places"]["weight"] == 1000
    off = [one for one in health.findings.suspects if one.kind == "off_network"]
    assert [(one.key, one.where) for one in off] == [("demand", "p5 湖心岛")]
    assert off[0].en.startswith("50 people; ")


def test_what_can_be_read_beside_a_fault_is_there(town):
    spoil_people(town)
    health = pipeline.health(read_scenario(town))
    assert len(health.ground.units) == 3
    assert len(health.ground.roads) == 2
    assert health.ground.demand is None
    assert health.figures == {"units": 3}
    assert health.roads is None


def test_faults_of_the_whole_leave_every_figure(town):
    ask_too_much(town)
    health = pipeline.health(read_scenario(town))
    assert len(health.faults) == 1
    assert health.figures["people"] == 1000
    assert health.roads is not None


def test_totals_are_summed_up_the_hierarchy(tmp_path):
    from lastmile.sample import write_sample  # noqa: PLC0415 - one test needs it

    scenario = read_scenario(write_sample(tmp_path, "core"))
    health = pipeline.health(scenario)
    totals = [total for total in health.findings.totals if total.source == STATED]
    assert {total.level for total in totals} == {"district", "township", "community"}
    for total in totals:
        assert total.people == pytest.approx(total.official, abs=0.5), total
    by_level = {
        level: sum(total.people for total in totals if total.level == level)
        for level in ("district", "township", "community")
    }
    assert len({round(people) for people in by_level.values()}) == 1
    assert round(by_level["district"]) == round(health.figures["people"])


def test_machines_are_told_everything_but_what_is_drawn(town):
    told = pipeline.health(read_scenario(town), source=str(town)).for_machines()
    assert {"faults", "people", "notes", "layers", "crs", "suspects", "totals", "classes",
            "snapping", "repairs", "standard"} <= set(told)  # fmt: skip
    assert told["standard"]["norm"] == "changzhou-2014"


@pytest.mark.real_data
def test_xuhui_is_sound_and_its_far_cells_are_pointed_at(repository, shared_data):
    scenario = read_scenario(repository / "tests" / "scenarios" / "xuhui.toml")
    health = pipeline.health(scenario)
    assert health.can_be_planned
    off = [one for one in health.findings.suspects if one.kind == "off_network"]
    assert len(off) == 17
    assert round(health.figures["off_network_people"]) == 1677
    assert health.findings.totals == []
