"""The scaffold holds every field and is itself a sound scenario."""

import pytest

from lastmile import scenario as s
from lastmile.errors import InputError
from lastmile.scaffold import scaffold, write_scaffold
from lastmile.scenario import read_scenario


def test_a_new_scenario_reads_back(tmp_path):
    assert read_scenario(write_scaffold(tmp_path / "city")).name == "我的城市"


def test_every_default_uncommented_is_still_that_default(tmp_path):
    live = scaffold().split("# ---- Other ways")[0]
    lines = [
        line[1:] if line.startswith("#") and not line.startswith("# ") and "…" not in line else line
        for line in live.splitlines()
    ]
    path = tmp_path / "scenario.toml"
    path.write_text("\n".join(lines), encoding="utf-8")
    plain = tmp_path / "plain.toml"
    plain.write_text(live, encoding="utf-8")
    assert read_scenario(path) == read_scenario(plain)


@pytest.mark.parametrize(
    "model", [s.Siting, s.SitingPhase, s.Routing, s.Vehicle, s.Output, s.PointDemand]
)
def test_every_field_stands_in_it(model):
    text = scaffold()
    for name, field in model.model_fields.items():
        if name not in {"costs", "capacities", "vehicles", "columns", "phases"}:
            assert f"{name} = " in text
            assert field.description.splitlines()[0] in text


@pytest.mark.parametrize(
    "header", ["[demand.buildings]", "[demand.land_use]", "[demand.population]"]
)
def test_tables_of_weights_stand_in_it_and_their_keys_do_not_stand_beside_them(header):
    lines = scaffold().splitlines()
    assert f"#{header}" in lines
    key = header.strip("[]").rpartition(".")[2]
    assert not [line for line in lines if line.startswith((f"{key} =", f"#{key} ="))]


def test_age_groups_may_be_added_to_the_raster(tmp_path):
    path = tmp_path / "scenario.toml"
    path.write_text(uncommented("[[demand.age_groups]]", scaffold()), encoding="utf-8")
    (group,) = read_scenario(path).demand.age_groups
    assert group.name == "65+"
    assert len(group.path) == 2


def test_an_existing_scenario_is_never_overwritten(tmp_path):
    write_scaffold(tmp_path)
    with pytest.raises(InputError, match="already there"):
        write_scaffold(tmp_path)


def uncommented(header, text):
    """The scaffold with its last commented table of that header made live."""
    lines = text.splitlines()
    at = max(k for k, line in enumerate(lines) if line == f"#{header}")
    for k in range(at, len(lines)):
        if not lines[k]:
            break
        if not lines[k].startswith("# "):
            lines[k] = lines[k].removeprefix("#")
    return "\n".join(lines) + "\n"


@pytest.mark.parametrize("header", ["[demand]", "[settlement]"])
def test_an_alternative_says_that_it_excludes_the_first_and_so_does_the_fault(tmp_path, header):
    text = scaffold()
    assert f"# Only one {header} may stand in this file" in text
    assert f"# INSTEAD OF the {header} above" in text
    path = tmp_path / "scenario.toml"
    path.write_text(uncommented(header, text), encoding="utf-8")
    with pytest.raises(InputError) as caught:
        read_scenario(path)
    (fault,) = caught.value.faults
    assert fault.where.startswith("line ")
    assert fault.found == f"a second {header} table"
    assert f"delete one of the two {header}, or put # before" in fault.remedy


@pytest.mark.parametrize("header", ["[[candidates]]", "[[existing]]", "[[depots]]"])
def test_tables_that_may_be_added_are_sound_where_they_stand(tmp_path, header):
    path = tmp_path / "scenario.toml"
    path.write_text(uncommented(header, scaffold()), encoding="utf-8")
    key = header.strip("[]")
    tables = getattr(read_scenario(path), key)
    assert len(tables) == (1 if key == "existing" else 2)


def test_the_columns_of_candidates_belong_to_those_that_have_columns(tmp_path):
    path = tmp_path / "scenario.toml"
    text = uncommented("[candidates.columns]", uncommented("[[candidates]]", scaffold()))
    path.write_text(text.replace('id = "auto"', 'id = "编号"'), encoding="utf-8")
    assert read_scenario(path).candidates[0].columns.id == "编号"


def test_a_first_plan_may_send_several_vans_to_a_busy_station(tmp_path):
    assert read_scenario(write_scaffold(tmp_path / "city")).routing.split_loads
    assert not s.Routing().split_loads
    lines = scaffold().splitlines()
    at = lines.index("split_loads = true")
    assert "than one van carries" in "".join(lines[at - 2 : at])
