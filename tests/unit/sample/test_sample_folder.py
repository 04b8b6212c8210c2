"""What somebody changed in a sample's folder is never lost."""

import pytest

from lastmile.errors import InputError
from lastmile.sample.folder import sample_folder


def written(folder, text="people"):
    with sample_folder(folder) as fresh:
        (fresh / "people.csv").write_text(text, encoding="utf-8")


def test_a_sample_is_written_anew_over_itself(tmp_path):
    written(tmp_path / "core")
    written(tmp_path / "core", "more people")
    assert (tmp_path / "core" / "people.csv").read_text("utf-8") == "more people"
    assert [item.name for item in tmp_path.iterdir()] == ["core"]


@pytest.mark.parametrize("name", ["people.csv", "notes.txt"])
def test_edits_and_notes_are_refused_by_name_and_stay(tmp_path, name):
    written(tmp_path / "core")
    (tmp_path / "core" / name).write_text("mine", encoding="utf-8")
    with pytest.raises(InputError, match=name):
        written(tmp_path / "core")
    assert (tmp_path / "core" / name).read_text("utf-8") == "mine"


def test_a_folder_that_is_no_sample_is_refused(tmp_path):
    (tmp_path / "core").mkdir()
    (tmp_path / "core" / "people.csv").write_text("mine", encoding="utf-8")
    with pytest.raises(InputError, match="did not write"):
        written(tmp_path / "core")
    (tmp_path / "file").write_text("mine", encoding="utf-8")
    with pytest.raises(InputError):
        written(tmp_path / "file")


def test_a_sample_that_fails_half_way_leaves_the_old_one(tmp_path):
    written(tmp_path / "core")

    def fail(fresh):
        (fresh / "people.csv").write_text("half", encoding="utf-8")
        raise RuntimeError

    with pytest.raises(RuntimeError), sample_folder(tmp_path / "core") as fresh:
        fail(fresh)
    assert (tmp_path / "core" / "people.csv").read_text("utf-8") == "people"
    assert [item.name for item in tmp_path.iterdir()] == ["core"]
