"""Files as offices have them, hurt in every way that a hurt copy shows: each is found and named."""

import pytest
from hurt_city import HURTS, write_hurt
from office_city import write_city

from lastmile import pipeline
from lastmile.errors import InputError
from lastmile.health import Health
from lastmile.scenario import read_scenario


@pytest.fixture(scope="module")
def sound(tmp_path_factory):
    return write_city(tmp_path_factory.mktemp("city") / "sound")


def told_in(path):
    """Faults of a scenario, and everything else that is told of it."""
    try:
        health = pipeline.health(read_scenario(path))
    except InputError as error:
        return [str(fault) for fault in error.faults], ""
    return [str(fault) for fault in health.faults], " ".join(_findings(health))


def _findings(health: Health):
    found = health.findings
    yield from (f"{note.en} {note.zh}" for note in health.notes)
    yield from (f"{s.kind} {s.where} {s.en} {s.zh}" for s in found.suspects)
    yield from (f"{layer.file} {layer.form}" for layer in found.layers)
    yield from (f"{tally.topic} {tally.value}" for tally in found.tallies)
    for total in found.totals:
        if abs(total.people - total.official) > 0.5:
            yield f"{total.name} {total.source}"


def test_the_sound_city_has_no_fault_and_its_columns_need_not_be_named(sound):
    health = pipeline.health(read_scenario(sound))
    assert [str(fault) for fault in health.faults] == []
    columns = {(layer.key, c.meaning): c.column for layer in health.findings.layers
               for c in layer.columns}  # fmt: skip
    assert columns["demand", "people"] == "人口"
    assert columns["existing[0]", "capacity"] == "日处理能力"
    assert columns["existing[0]", "opened"] == "开业年份"
    assert columns["boundaries[2]", "settlement"] == "城乡分类代码"
    assert columns["candidates[0]", "lon"] == "经度"
    assert {total.level for total in health.findings.totals} == {
        "district", "township", "community",
    }  # fmt: skip
    assert all(abs(total.people - total.official) < 0.5 for total in health.findings.totals)


def test_boundaries_that_contradict_each_other_are_not_held_against_points(sound, tmp_path):
    (hurt,) = [one for one in HURTS if one.name == "townships in GCJ-02 said to be WGS84"]
    health = pipeline.health(read_scenario(write_hurt(hurt, sound.parent, tmp_path / "hurt")))
    told = [fault.where for fault in health.faults if fault.where.endswith(".crs")]
    assert told == ["boundaries[1].crs"]
    verdicts = {finding.key: finding.verdict for finding in health.findings.crs}
    assert {verdicts[f"boundaries[{k}]"] for k in (0, 1)} == {"refuted"}
    assert "refuted" not in {verdicts[key] for key in verdicts if "boundaries" not in key}


def test_there_are_many_ways_to_be_hurt():
    assert len({hurt.name for hurt in HURTS}) == len(HURTS) > 90


@pytest.mark.parametrize("hurt", HURTS, ids=lambda hurt: hurt.name)
def test_each_hurt_is_found_and_named(sound, hurt, tmp_path):
    faults, findings = told_in(write_hurt(hurt, sound.parent, tmp_path / "hurt"))
    assert bool(faults) == (hurt.how == "fault"), faults
    text = " ".join(faults) if hurt.how == "fault" else findings
    assert [part for part in hurt.told if part not in text] == [], text
    if hurt.how == "fault":  # told whole: what to do, too
        assert all("Remedy: " in fault for fault in faults)
