"""A plan folder is written whole or not at all, and read back as it was."""

import contextlib
import json
import sqlite3
import subprocess
import sys
from pathlib import Path

import pandas as pd
import pytest

from lastmile.errors import InputError
from lastmile.plans import ADDED_COLUMNS, LAYER_COLUMNS, Plan, empty_layer
from lastmile.store import recover, refuse_foreign_folder, replaced_folder, save_plan


def save(plan, folder):
    with replaced_folder(folder) as fresh:
        save_plan(plan, fresh)


def test_a_plan_loaded_equals_the_plan_saved(tiny_plan, tmp_path):
    save(tiny_plan, tmp_path / "plan")
    loaded = Plan.load(tmp_path / "plan")
    assert loaded.scenario == tiny_plan.scenario
    assert loaded.summary == tiny_plan.summary
    for name, frame in tiny_plan.layers.items():
        plain = [column for column in LAYER_COLUMNS[name] if column != "geometry"]
        pd.testing.assert_frame_equal(
            pd.DataFrame(loaded.layers[name][plain]), pd.DataFrame(frame[plain])
        )
        if "geometry" in LAYER_COLUMNS[name]:
            found = loaded.layers[name].geometry
            assert (found.geom_equals(frame.geometry)).all()
            assert found.crs == frame.crs


def test_a_plan_written_before_some_columns_were_known_is_loaded_without_them(tiny_plan, tmp_path):
    old = {
        name: frame.drop(columns=[own for layer, own in ADDED_COLUMNS if layer == name])
        for name, frame in tiny_plan.layers.items()
    }
    save(Plan(tiny_plan.scenario, tiny_plan.summary, old), tmp_path / "plan")
    loaded = Plan.load(tmp_path / "plan")
    assert {name: tuple(frame.columns) for name, frame in loaded.layers.items()} == dict(
        LAYER_COLUMNS
    )
    assert set(loaded.layers["sites"]["premises"]) == {""}
    assert loaded.layers["sites"]["opened"].isna().all()
    assert not loaded.layers["units"]["estimated"].any()
    assert set(loaded.layers["units"]["settlement_source"]) == {""}


def test_the_same_plan_gives_the_same_bytes(tiny_plan, tmp_path):
    for name in ("a", "b"):
        save(tiny_plan, tmp_path / name)
    for file in ("plan.json", "plan.gpkg"):
        assert (tmp_path / "a" / file).read_bytes() == (tmp_path / "b" / file).read_bytes()


def test_an_empty_plan_survives(tiny_plan, tmp_path):
    empty = {name: empty_layer(name) for name in LAYER_COLUMNS}
    save(Plan(tiny_plan.scenario, tiny_plan.summary, empty), tmp_path / "plan")
    loaded = Plan.load(tmp_path / "plan")
    assert {name: tuple(frame.columns) for name, frame in loaded.layers.items()} == dict(
        LAYER_COLUMNS
    )


def test_a_crash_while_writing_leaves_the_old_plan_whole(tiny_plan, tmp_path):
    folder = tmp_path / "plan"
    save(tiny_plan, folder)
    before = (folder / "plan.json").read_bytes()

    def crash():
        with replaced_folder(folder) as fresh:
            (fresh / "plan.json").write_text("half")
            raise RuntimeError("power cut")

    with pytest.raises(RuntimeError, match="power cut"):
        crash()
    assert (folder / "plan.json").read_bytes() == before
    assert [item.name for item in tmp_path.iterdir()] == ["plan"]


def test_a_crash_between_the_two_renames_is_mended(tiny_plan, tmp_path):
    folder = tmp_path / "plan"
    save(tiny_plan, folder)
    folder.rename(tmp_path / ".plan.old")
    recover(folder)
    assert Plan.load(folder).summary["name"] == tiny_plan.summary["name"]


def test_a_folder_of_other_things_is_never_replaced(tiny_plan, tmp_path):
    (tmp_path / "letters").mkdir()
    (tmp_path / "letters" / "to-mayor.txt").write_text("dear mayor")
    with pytest.raises(InputError, match="not a plan folder"):
        save(tiny_plan, tmp_path / "letters")
    assert (tmp_path / "letters" / "to-mayor.txt").read_text() == "dear mayor"


def test_a_users_notes_in_a_plan_folder_are_kept(tiny_plan, tmp_path):
    save(tiny_plan, tmp_path / "plan")
    (tmp_path / "plan" / "notes.txt").write_text("ask the township")
    save(tiny_plan, tmp_path / "plan")
    assert (tmp_path / "plan" / "notes.txt").read_text() == "ask the township"


def test_a_plan_of_a_newer_version_is_refused(tiny_plan, tmp_path):
    save(tiny_plan, tmp_path / "plan")
    path = tmp_path / "plan" / "plan.json"
    path.write_text(json.dumps(json.loads(path.read_text("utf-8")) | {"schema": 99}))
    with pytest.raises(InputError, match="schema 1"):
        Plan.load(tmp_path / "plan")


@pytest.mark.parametrize("content", ["", "{", "[]"])
def test_a_broken_plan_is_one_clear_fault(tmp_path, content):
    (tmp_path / "plan.json").write_text(content)
    with pytest.raises(InputError):
        Plan.load(tmp_path)


@pytest.mark.parametrize("key", ["scenario", "siting", "indicators"])
def test_a_plan_without_a_part_is_one_clear_fault(tiny_plan, tmp_path, key):
    save(tiny_plan, tmp_path / "plan")
    path = tmp_path / "plan" / "plan.json"
    content = json.loads(path.read_text("utf-8"))
    del content[key]
    path.write_text(json.dumps(content), encoding="utf-8")
    with pytest.raises(InputError, match=f"no {key}"):
        Plan.load(tmp_path / "plan")


def test_a_layer_without_a_column_is_one_clear_fault(tiny_plan, tmp_path):
    save(tiny_plan, tmp_path / "plan")
    with contextlib.closing(sqlite3.connect(tmp_path / "plan" / "plan.gpkg")) as base:
        base.execute("ALTER TABLE assignments DROP COLUMN distance_m")
        base.commit()
    with pytest.raises(InputError, match="no distance_m"):
        Plan.load(tmp_path / "plan")


@pytest.mark.parametrize("n_renames", [1, 2])
def test_an_interruption_at_a_rename_leaves_a_whole_folder(
    tiny_plan, tmp_path, monkeypatch, n_renames
):
    folder = tmp_path / "plan"
    save(tiny_plan, folder)
    rename, done = Path.rename, []

    def interrupted(self, target):
        found = rename(self, target)
        done.append(target)
        if len(done) == n_renames:
            raise KeyboardInterrupt
        return found

    with monkeypatch.context() as patch:
        patch.setattr(Path, "rename", interrupted)
        with pytest.raises(KeyboardInterrupt):
            save(tiny_plan, folder)
    assert [item.name for item in tmp_path.iterdir()] == ["plan"]
    assert Plan.load(folder).summary["name"] == tiny_plan.summary["name"]


@pytest.mark.skipif(sys.platform == "win32", reason="needs locks on folders")
def test_what_a_killed_run_left_is_swept_and_what_a_running_one_writes_is_not(tiny_plan, tmp_path):
    (tmp_path / ".plan.new-1").mkdir()
    (tmp_path / ".plan.new-1" / "plan.json").write_text("half")
    with replaced_folder(tmp_path / "plan") as running:
        other = (
            "import sys\nfrom pathlib import Path\nfrom lastmile.store import replaced_folder\n"
            "with replaced_folder(Path(sys.argv[1])) as fresh:\n"
            "    (fresh / 'plan.json').write_text('other')\n"
        )
        subprocess.run([sys.executable, "-c", other, str(tmp_path / "plan")], check=True)
        assert running.is_dir()
        save_plan(tiny_plan, running)
    assert [item.name for item in tmp_path.iterdir()] == ["plan"]
    assert Plan.load(tmp_path / "plan").summary["name"] == tiny_plan.summary["name"]


@pytest.mark.skipif(sys.platform == "win32", reason="needs locks on folders")
def test_runs_that_write_one_folder_at_once_leave_it_whole(tmp_path):
    program = f"""
import sys
from pathlib import Path
from lastmile.store import replaced_folder
for k in range(150):
    with replaced_folder(Path({str(tmp_path / "plan")!r})) as fresh:
        for name in ("plan.json", "map.html"):
            (fresh / name).write_text(sys.argv[1])
"""
    runs = [
        subprocess.Popen([sys.executable, "-c", program, who], stderr=subprocess.PIPE)
        for who in "ab"
    ]
    for run in runs:
        _, errors = run.communicate(timeout=60)
        assert run.returncode == 0, errors.decode()
    assert [item.name for item in tmp_path.iterdir()] == ["plan"]
    texts = {(tmp_path / "plan" / name).read_text() for name in ("plan.json", "map.html")}
    assert len(texts) == 1


def test_a_place_that_cannot_be_written_is_refused_before_any_work(tmp_path, monkeypatch):
    with pytest.raises(InputError, match="not writable"):
        refuse_foreign_folder(tmp_path / ("x" * 250))
    (tmp_path / "file").write_text("")
    with pytest.raises(InputError, match="not writable"):
        refuse_foreign_folder(tmp_path / "file" / "plan")
    with pytest.raises(InputError, match="archive"):
        refuse_foreign_folder(tmp_path / "important!" / "plan")
    (tmp_path / "circle").symlink_to(tmp_path / "circle")
    with pytest.raises(InputError):
        refuse_foreign_folder(tmp_path / "circle")
    with pytest.raises(InputError):
        Plan.load(tmp_path / "circle")
    (tmp_path / "mounted").mkdir()
    monkeypatch.setattr("os.path.ismount", lambda path: path.name == "mounted")
    with pytest.raises(InputError, match="mount point"):
        refuse_foreign_folder(tmp_path / "mounted")


def test_a_finished_plan_whose_place_is_taken_is_kept_beside(tmp_path, monkeypatch):
    folder = tmp_path / "plan"
    with replaced_folder(folder) as fresh:
        (fresh / "plan.json").write_text("old")

    rename = Path.rename

    def refuse(self, target):
        if self == folder:
            raise PermissionError(13, "in use")
        return rename(self, target)

    monkeypatch.setattr(Path, "rename", refuse)
    with (
        pytest.raises(OSError, match=r"the new plan stands in .*plan-1"),
        replaced_folder(folder) as f,
    ):
        (f / "plan.json").write_text("new")
    assert (folder / "plan.json").read_text() == "old"
    assert (tmp_path / "plan-1" / "plan.json").read_text() == "new"
    assert sorted(item.name for item in tmp_path.iterdir()) == ["plan", "plan-1"]


@pytest.mark.parametrize("name", ["a\tb", "a\nb", "x" * 300])
def test_a_name_that_would_fail_at_the_end_is_refused_at_the_start(tmp_path, name):
    with pytest.raises(InputError):
        refuse_foreign_folder(tmp_path / name)
