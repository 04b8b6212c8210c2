"""The scenario refuses what it does not know, and says what was meant."""

import inspect
import re
from pathlib import Path

import pytest
from pydantic import BaseModel

from lastmile import scenario as scenario_module
from lastmile.errors import InputError
from lastmile.scenario import Scenario, read_scenario, scenario_from_table

MODELS = [
    model
    for _, model in inspect.getmembers(scenario_module, inspect.isclass)
    if issubclass(model, BaseModel) and model.__module__.startswith("lastmile.scenario")
]


def least() -> dict:
    return {
        "name": "x",
        "boundaries": [{"path": "b.gpkg"}],
        "demand": {"source": "raster", "path": "p.tif"},
        "roads": {"path": "r.osm.pbf"},
    }


def refused(table: dict) -> str:
    with pytest.raises(InputError) as caught:
        scenario_from_table(table, Path("/nowhere"), "scenario.toml")
    return str(caught.value)


def test_relative_paths_start_at_the_scenario_file(tmp_path):
    (tmp_path / "s.toml").write_text(
        'name = "x"\n[[boundaries]]\npath = "b.gpkg"\n[demand]\nsource = "raster"\n'
        'path = "../p.tif"\n[roads]\npath = "/abs/r.osm.pbf"\n'
    )
    read = read_scenario(tmp_path / "s.toml")
    assert read.boundaries[0].path == tmp_path.resolve() / "b.gpkg"
    assert read.demand.path == (tmp_path.resolve() / ".." / "p.tif",)
    assert read.roads.path == (Path("/abs/r.osm.pbf"),)


def test_a_folder_stands_for_the_scenario_inside_it(tmp_path):
    (tmp_path / "scenario.toml").write_text(
        'name = "x"\nboundaries = [{ path = "b.gpkg" }]\nroads = { path = "r.osm.pbf" }\n'
        'demand = { source = "raster", path = "p.tif" }\n',
        encoding="utf-8",
    )
    assert read_scenario(tmp_path) == read_scenario(tmp_path / "scenario.toml")
    assert read_scenario(tmp_path).boundaries[0].path == tmp_path / "b.gpkg"


def test_a_scenario_survives_json():
    read = scenario_from_table(least(), Path("/nowhere"), "x")
    again = scenario_from_table(read.model_dump(mode="json"), Path("/elsewhere"), "x")
    assert again == read


def test_a_scenario_is_frozen():
    read = scenario_from_table(least(), Path("/nowhere"), "x")
    with pytest.raises(ValueError, match="frozen"):
        read.seed = 2


def test_every_field_says_what_it_is():
    silent = [
        f"{model.__name__}.{name}"
        for model in MODELS
        for name, field in model.model_fields.items()
        if not field.description
    ]
    assert silent == []


def test_every_length_time_and_sum_names_its_unit():
    for model in MODELS:
        for name, field in model.model_fields.items():
            if re.search(r"_(m|s|km|yuan|kg)$", name):
                text = (field.description or "") + (inspect.getdoc(model) or "")
                assert re.search(r"metre|second|yuan|kilomet|kg", text, re.IGNORECASE), name


@pytest.mark.parametrize(
    ("change", "told"),
    [
        ({"sitting": {}}, "write 'siting' if that was meant"),
        ({"siting": {"gaol": "mclp"}}, "write 'goal' if that was meant"),
        ({"demand": {"source": "raster", "path": "p", "bnd": 1}}, "write 'band' if that was meant"),
        ({"roads": {}}, "set roads.path"),
        ({"siting": {"goal": "mclp"}}, "goal mclp without a limit; expected p (a number"),
        ({"siting": {"p": 3}}, "p or budget_yuan under goal lscp"),
        ({"siting": {"required_share": 1.5}}, "found 1.5; expected at most 1."),
        ({"service_distance": {"urban_m": -5}}, "found -5; expected more than 0"),
        (
            {"demand": {"source": "points", "path": "p.csv", "crs": "wsg84"}},
            "found 'wsg84'; expected wgs84, cgcs2000",
        ),
        ({"siting": {"goal": "lspc"}}, "write 'lscp' if that was meant"),
        ({"demand": {"source": "pionts", "path": "p"}}, "write 'points' if that was meant"),
        ({"siting": {"goal": "mclp", "p": True}}, "found true; expected a whole number"),
        ({"seed": "7"}, "found '7'; expected a whole number"),
        ({"routing": {"enabled": "no"}}, "expected true or false"),
        ({"routing": {"station_opens": "soon"}}, "expected a local time such as 07:00"),
        ({"boundaries": []}, "found none; expected at least one"),
        ({"name": " "}, "found an empty text"),
        ({"depots": [{"id": "", "lon": 4, "lat": 2}]}, "found an empty text"),
        ({"depots": [{"id": "a", "lon": 400, "lat": 2}]}, "depots.0.lon"),
        ({"depots": [{"id": "a", "lon": 4, "lat": 2}] * 2}, "several depots with the id 'a'"),
        (
            {"routing": {"vehicles": [{"id": "v"}, {"id": "v"}]}},
            "several vehicle types with the id 'v'",
        ),
        (
            {"routing": {"vehicles": [{"id": "v", "shift_start": "09:00", "shift_end": "08:00"}]}},
            "found a shift from 09:00 to 08:00; expected a shift_end after shift_start",
        ),
    ],
)
def test_a_fault_is_named_with_its_place_and_remedy(change, told):
    assert told in refused(least() | change)


def test_every_fault_is_listed_at_once():
    message = refused(least() | {"sitting": {}, "roads": {}, "seed": -1})
    # Two of the three files are named in vain, too; the third's path is the missing key.
    assert message.startswith("5 faults")


POINTS = {"source": "points", "path": "p.csv", "crs": "wgs84"}


@pytest.mark.parametrize(
    ("change", "found", "expected"),
    [
        ({"siting": {"goal": 3}}, "3", "'lscp' or 'mclp'"),
        ({"siting": {"goal": "mclp"}}, "goal mclp without a limit", "budget_yuan or both where"),
        ({"siting": {"goal": "mclp", "p": 0}}, "0", "at least 1"),
        ({"siting": {"curve_p": 5}}, "5", "a list in square brackets"),
        ({"siting": {"required": [1]}}, "1", "a text in quotes"),
        ({"seed": 2**31}, "2147483648", "less than 2,147,483,648"),
        (
            {"siting": {"costs": {"service_house_yuan": 10**19}}},
            "10000000000000000000",
            "at most 1,000,000,000,000",
        ),
        ({"service_distance": {"urban_m": float("nan")}}, "nan", "a finite number"),
        ({"demand": {"path": "p"}}, "nothing", "'raster', 'points' or 'unit_totals'"),
        ({"demand": {"source": "x", "path": "p"}}, "'x'", "'raster', 'points' or 'unit_totals'"),
        ({"demand": [{"source": "raster", "path": "p"}]}, "tables [[demand]]", "one table [demand"),
        ({"demand": POINTS | {"columns": "x"}}, "'x'", "a table"),
        ({"boundaries": {"path": "b"}}, "a table [boundaries]", "tables [[boundaries]]"),
        ({"depots": [{"source": "pt", "id": "a"}]}, "'pt'", "'point' or 'points'"),
        ({"routing": {"vehicles": [{"id": "v", "shift_start": ""}]}}, "an empty text", "a local"),
        ({"roads": {"path": 5}}, "5", "a text in quotes"),
    ],
)
def test_found_and_expected_read_as_one_sentence(change, found, expected):
    with pytest.raises(InputError) as caught:
        scenario_from_table(least() | change, Path("/nowhere"), "scenario.toml")
    fault = next(fault for fault in caught.value.faults if fault.found != "no such file")
    assert fault.found == found
    assert fault.expected.startswith(expected) or expected in fault.expected
    assert not re.search(r"[Ii]nput|should|_tag|a sound value", str(fault))


@pytest.mark.parametrize(
    ("content", "where", "found", "remedy"),
    [
        ("[demand]\n[demand]\n", "line 2", "a second [demand] table", "put # before"),
        ("[a]\n[a.'b c']\n[a.'b c']\n", "line 3", "a second [a.b c] table", "put # before"),
        ("[a]\nx = 1\nx = 2\n", "line 3", "a second value of one key", "delete one"),
        ("[demand]\n[[demand]]\n", "line 2", "a second value of one key", "delete one"),
        ("a = 07\n", "line 1", "text that is no TOML (Expected", "mend this place"),
        ('a = "C:\\Users"\n', "line 1", "text that is no TOML", "with / or in single"),
    ],
)
def test_what_is_no_toml_is_told_with_its_line(tmp_path, content, where, found, remedy):
    (tmp_path / "s.toml").write_text(content, encoding="utf-8")
    with pytest.raises(InputError) as caught:
        read_scenario(tmp_path / "s.toml")
    (fault,) = caught.value.faults
    assert fault.where.startswith(where)
    assert fault.found.startswith(found)
    assert remedy in fault.remedy


@pytest.mark.parametrize(
    "content", ["name = '城'".encode("gb18030"), "name = '城'".encode("utf-16")]
)
def test_a_file_in_another_encoding_is_told_as_that(tmp_path, content):
    (tmp_path / "s.toml").write_bytes(content)
    with pytest.raises(InputError, match="save the file as UTF-8"):
        read_scenario(tmp_path / "s.toml")


@pytest.mark.parametrize("content", [b"name = ", b"\xff\xfe\x00", b"= 3"])
def test_a_file_that_is_not_toml_is_one_fault(tmp_path, content):
    (tmp_path / "s.toml").write_bytes(content)
    with pytest.raises(InputError, match="1 fault "):
        read_scenario(tmp_path / "s.toml")


def test_a_missing_file_tells_how_to_make_one(tmp_path):
    with pytest.raises(InputError, match="lastmile new"):
        read_scenario(tmp_path / "none.toml")


def test_neutral_defaults_make_a_whole_scenario():
    assert (
        scenario_from_table(least(), Path(), "x").siting == Scenario.model_fields["siting"].default
    )


def test_roads_may_come_from_one_file_or_from_several():
    one = scenario_from_table(least(), Path("/f"), "x")
    assert one.roads.path == (Path("/f/r.osm.pbf"),)
    several = least() | {"roads": {"path": ["north.osm.pbf", "/abs/south.osm.pbf"]}}
    read = scenario_from_table(several, Path("/f"), "x")
    assert read.roads.path == (Path("/f/north.osm.pbf"), Path("/abs/south.osm.pbf"))
    assert read.roads.file_names == "north.osm.pbf, south.osm.pbf"


def test_each_missing_road_file_is_told_beside_other_faults():
    message = refused(least() | {"roads": {"path": ["a.pbf", "b.pbf"]}, "seeed": 1})
    assert "/nowhere/a.pbf, roads.path.0: found no such file" in message
    assert "/nowhere/b.pbf, roads.path.1: found no such file" in message


def test_no_road_file_at_all_is_a_fault():
    assert "roads.path: found none; expected at least one" in refused(
        least() | {"roads": {"path": []}}
    )


@pytest.mark.parametrize("n", [0, 1, 23, 25])
def test_factors_are_exactly_one_an_hour(n):
    profile = {"name": "own", "speed_factors": {"primary": [1.0] * n}}
    told = refused(least() | {"profiles": [profile]})
    assert "profiles.0.speed_factors.primary" in told
    assert "expected exactly 24, one for each hour" in told
    assert f"found {n} factor" in told


@pytest.mark.parametrize(
    ("field", "value", "most"),
    [("width_m", 200, 5), ("height_m", 260, 6), ("length_m", 600, 30), ("weight_t", 4500, 100)],
)
def test_sizes_in_other_units_are_refused(field, value, most):
    told = refused(least() | {"profiles": [{"name": "own", field: value}]})
    assert f"profiles.0.{field}: found {value}; expected at most {most}" in told
