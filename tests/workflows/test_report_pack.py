"""The report pack is written whole or not at all."""

from __future__ import annotations

import dataclasses

import pytest

from lastmile.errors import InputError
from lastmile.report import pack, write_report


def contents(folder):
    return {
        str(file.relative_to(folder)): file.read_bytes()
        for file in sorted(folder.rglob("*"))
        if file.is_file()
    }


def test_the_pack_holds_a_workbook_and_a_sheet_and_a_track_per_route(tiny_plan, tmp_path):
    write_report(tiny_plan, tmp_path / "plan")
    assert list(contents(tmp_path / "plan")) == [
        "report.xlsx",
        "routes/R001.gpx",
        "routes/R001.html",
        "routes/index.html",
    ]


def test_writing_twice_gives_the_same_bytes_and_leaves_no_old_route(tiny_plan, tmp_path):
    write_report(tiny_plan, tmp_path)
    first = contents(tmp_path)
    (tmp_path / "routes" / "R999.html").write_text("an older plan's", encoding="utf-8")
    write_report(tiny_plan, tmp_path)
    assert contents(tmp_path) == first


def test_a_failure_leaves_the_old_report_whole(tiny_plan, tmp_path, monkeypatch):
    write_report(tiny_plan, tmp_path)
    before = contents(tmp_path)

    def full_disk(plan, folder):
        raise OSError(28, "No space left on device")

    monkeypatch.setattr(pack, "write_route_sheets", full_disk)
    with pytest.raises(InputError, match="No space left"):
        write_report(dataclasses.replace(tiny_plan, summary={"status": "optimal"}), tmp_path)
    assert contents(tmp_path) == before


def test_a_file_in_place_of_the_folder_is_told_with_a_remedy(tiny_plan, tmp_path):
    (tmp_path / "plan").write_text("not a folder", encoding="utf-8")
    with pytest.raises(InputError, match="Remedy"):
        write_report(tiny_plan, tmp_path / "plan")
    assert (tmp_path / "plan").read_text(encoding="utf-8") == "not a folder"
