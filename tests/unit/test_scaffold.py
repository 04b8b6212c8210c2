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


@pytest.mark.parametrize("model", [s.Siting, s.Routing, s.Vehicle, s.Output, s.PointDemand])
def test_every_field_stands_in_it(model):
    text = scaffold()
    for name, field in model.model_fields.items():
        if name not in {"costs", "vehicles", "columns"}:
            assert f"{name} = " in text
            assert field.description.splitlines()[0] in text


def test_an_existing_scenario_is_never_overwritten(tmp_path):
    write_scaffold(tmp_path)
    with pytest.raises(InputError, match="already there"):
        write_scaffold(tmp_path)
