"""Words that the map does not know are told with the nearest that it does."""

from __future__ import annotations

import geopandas as gpd
import pytest
from hypothesis import given
from hypothesis import strategies as st
from shapely import LineString
from town import at, write_town

from lastmile.errors import FaultLog, InputError
from lastmile.network import Profile as Rules
from lastmile.network import builtin_profile
from lastmile.network.vocabulary import ROAD_CLASSES
from lastmile.pipeline import check
from lastmile.pipeline.map_words import check_profile, check_words
from lastmile.scenario import Profile, read_scenario


def faults_of(**fields):
    faults = FaultLog()
    check_profile("profiles[0]", Profile(name="own", **fields), faults)
    return [str(fault) for fault in faults.faults]


@pytest.mark.parametrize(
    ("field", "value", "slip", "meant"),
    [
        ("speed_kph", {"primry": 40.0, "primary": 40.0}, "primry", "primary"),
        ("speed_kph", {"Secondary": 40.0}, "Secondary", "secondary"),
        ("speed_factors", {"residental": (1.0,) * 24, "all": (1.0,) * 24}, "residental",
         "residential"),
        ("passed_only", ("trunk_lnk", "ferry"), "trunk_lnk", "trunk_link"),
        ("own_side_only", ("secundary",), "secundary", "secondary"),
        ("access_tags", ("motorvehicle", "access"), "motorvehicle", "motor_vehicle"),
        ("closed_values", ("privat",), "privat", "private"),
        ("one_way_tags", ("one_way",), "one_way", "oneway"),
        ("closed_barriers", ("bolard",), "bolard", "bollard"),
        ("barrier_s", {"lift-gate": 5.0}, "lift-gate", "lift_gate"),
    ],
)  # fmt: skip
def test_each_slip_is_a_fault_with_what_was_meant(field, value, slip, meant):
    (fault,) = faults_of(**{field: value})
    assert f"scenario, profiles[0].{field}" in fault or "closed_barriers or barrier_s" in fault
    assert f"found {slip!r}" in fault
    assert f"write {meant!r} if that was meant" in fault


def test_all_slips_are_told_at_once():
    slips = {"primry": 1.0, "secondry": 1.0}
    assert len(faults_of(speed_kph=slips, access_tags=("mtorcar",), passed_only=("fery",))) == 4


@pytest.mark.parametrize("name", ["walk", "e_tricycle", "van", "truck"])
def test_every_word_of_the_built_in_profiles_is_known(name):
    rules: Rules = builtin_profile(name)
    assert (
        faults_of(
            speed_kph=dict(rules.speed_kph),
            passed_only=rules.passed_only,
            own_side_only=rules.own_side_only,
            access_tags=rules.access_tags,
            closed_values=rules.closed_values,
            one_way_tags=rules.one_way_tags,
            closed_barriers=rules.closed_barriers,
            barrier_s=dict(rules.barrier_s),
        )
        == []
    )


@given(st.lists(st.one_of(st.sampled_from(sorted(ROAD_CLASSES)), st.text(max_size=12))))
def test_exactly_the_words_that_are_not_known_are_faults(words):
    faults = FaultLog()
    check_words("speed_kph", words, ROAD_CLASSES, faults)
    assert len(faults.faults) == len(set(words) - ROAD_CLASSES)


# settings of [roads]


def refusal(folder, settings, *, layer=False):
    """Faults of the town with settings of its own under [roads]."""
    path = write_town(folder)
    if layer:
        street = LineString([at(0, 0), at(3000, 0)])
        frame = gpd.GeoDataFrame({"等级": ["甲"]}, geometry=[street], crs="EPSG:4326")
        frame.to_file(folder / "roads.gpkg")
    name = "roads.gpkg" if layer else "roads.osm"
    text = path.read_text(encoding="utf-8")
    text = text.replace('path = "roads.osm"\n', f'path = "{name}"\n{settings}\n')
    path.write_text(text, encoding="utf-8")
    with pytest.raises(InputError) as caught:
        check(read_scenario(path))
    return [str(fault) for fault in caught.value.faults]


@pytest.mark.parametrize(
    ("setting", "key"),
    [
        ('crs = "gcj02"', "crs"),
        ('layer = "道路"', "layer"),
        ("noded = false", "noded"),
        ("snap_m = 2.0", "snap_m"),
        ('columns = { highway = "等级" }', "columns"),
    ],
)
def test_settings_of_layers_do_not_fit_extracts(tmp_path, setting, key):
    (fault,) = refusal(tmp_path, setting)
    assert f"scenario, roads.{key}: found a setting of layers of lines" in fault
    assert "roads.osm is an OpenStreetMap extract" in fault


def test_all_settings_that_do_not_fit_are_told_at_once(tmp_path):
    assert len(refusal(tmp_path, 'crs = "wgs84"\nnoded = false\nsnap_m = 1.0')) == 3


def test_settings_that_say_what_holds_anyway_are_no_fault(tmp_path):
    path = write_town(tmp_path)
    text = path.read_text(encoding="utf-8")
    stated = 'path = "roads.osm"\ncrs = "file"\nnoded = true\nsnap_m = 0.5\n'
    path.write_text(text.replace('path = "roads.osm"\n', stated), encoding="utf-8")
    inputs, _ = check(read_scenario(path))
    assert inputs.roads.n_ways


def test_meanings_of_a_layers_classes_must_be_the_maps(tmp_path):
    columns = 'columns = { highway = "等级", classes = { "甲" = "primry" } }'
    faults = refusal(tmp_path, columns, layer=True)
    assert any("roads.columns.classes: found 'primry'" in fault for fault in faults)
    assert any("write 'primary' if that was meant" in fault for fault in faults)


def test_meanings_of_words_in_no_column_are_told(tmp_path):
    columns = 'columns = { classes = { "甲" = "primary" }, directions = { "乙" = "yes" } }'
    faults = refusal(tmp_path, columns, layer=True)
    assert (
        sum("but no highway column" in fault or "but no oneway" in fault for fault in faults) == 2
    )


def test_a_layer_that_is_named_twice_is_told(tmp_path):
    path = write_town(tmp_path)
    street = LineString([at(0, 0), at(3000, 0)])
    gpd.GeoDataFrame(geometry=[street], crs="EPSG:4326").to_file(tmp_path / "roads.gpkg")
    text = path.read_text(encoding="utf-8")
    twice = 'path = ["roads.gpkg", "./roads.gpkg"]'
    path.write_text(text.replace('path = "roads.osm"', twice), encoding="utf-8")
    with pytest.raises(InputError, match="the same layer 2 times"):
        check(read_scenario(path))
