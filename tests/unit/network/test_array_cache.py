"""Arrays kept on disk: whole or not at all, within bounds, and never in anybody's way."""

from __future__ import annotations

import os
import sys
import tempfile
import time
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from lastmile.network.array_cache import ArrayCache, cache_folder, key_of

ARRAYS = [
    np.arange(7, dtype=np.int32),
    np.array([2**61, -5], dtype=np.int64),
    np.zeros(0, dtype=np.int64),
]
KEY = key_of("numbers", ARRAYS)


@pytest.fixture
def cache(tmp_path):
    return ArrayCache(tmp_path / "deep" / "cache")


def same(found, expected=ARRAYS):
    return all(
        np.array_equal(a, b) and a.dtype == b.dtype and a.flags.writeable
        for a, b in zip(found, expected, strict=True)
    )


def test_what_is_kept_is_read_back(cache):
    assert cache.read("numbers", KEY) is None
    cache.write("numbers", KEY, ARRAYS)
    assert same(cache.read("numbers", KEY))
    assert cache.read("letters", KEY) is None


def test_keys_tell_apart_values_types_shapes_and_kinds():
    one = np.array([1, 2], dtype=np.int64)
    keys = {
        key_of("a", [one]),
        key_of("b", [one]),
        key_of("a", [one.astype(np.int32)]),
        key_of("a", [one + 1]),
        key_of("a", [one[:1], one[1:]]),
        key_of("a", []),
    }
    assert len(keys) == 6
    assert key_of("a", [np.array([1, 9, 2, 9])[::2]]) == key_of("a", [one])


@given(st.integers(0, 10**6), st.integers(1, 255))
def test_a_file_with_any_byte_changed_is_as_if_it_were_not_there(at, change):
    with tempfile.TemporaryDirectory() as folder:
        cache = ArrayCache(Path(folder))
        cache.write("numbers", KEY, ARRAYS)
        (path,) = Path(folder).iterdir()
        data = bytearray(path.read_bytes())
        data[at % len(data)] ^= change
        path.write_bytes(data)
        assert cache.read("numbers", KEY) is None


@given(st.integers(0, 10**6))
def test_a_file_cut_short_is_as_if_it_were_not_there(size):
    with tempfile.TemporaryDirectory() as folder:
        cache = ArrayCache(Path(folder))
        cache.write("numbers", KEY, ARRAYS)
        (path,) = Path(folder).iterdir()
        path.write_bytes(path.read_bytes()[: size % path.stat().st_size])
        assert cache.read("numbers", KEY) is None
        cache.write("numbers", KEY, ARRAYS)
        assert same(cache.read("numbers", KEY))


def test_a_file_under_a_wrong_name_is_not_believed(cache):
    cache.write("numbers", KEY, ARRAYS)
    (path,) = cache.folder.iterdir()
    other = key_of("numbers", [])
    path.rename(path.with_name(path.name.replace(KEY, other)))
    assert cache.read("numbers", other) is None


def test_what_was_longest_unused_goes_first_when_room_is_short(tmp_path):
    big = [np.zeros(1000, dtype=np.int64)]
    cache = ArrayCache(tmp_path, most_bytes=26_000)
    (tmp_path / "of somebody else.txt").write_text("x" * 30_000, encoding="utf-8")
    keys = [key_of("k", [np.array([k])]) for k in range(4)]
    for age, key in zip((30, 20, 10), keys, strict=False):
        cache.write("big", key, big)
        os.utime(tmp_path / f"big-{key}.arrays", (time.time() - age, time.time() - age))
    assert cache.read("big", keys[0]) is not None  # and is used now
    cache.write("big", keys[3], big)
    assert [cache.read("big", key) is not None for key in keys] == [True, False, True, True]
    assert (tmp_path / "of somebody else.txt").exists()


def test_arrays_larger_than_all_room_are_not_kept(tmp_path):
    cache = ArrayCache(tmp_path, most_bytes=100)
    cache.write("numbers", KEY, [np.zeros(1000, dtype=np.int64)])
    assert list(tmp_path.iterdir()) == []


def test_a_file_that_was_never_finished_goes_after_a_day(cache):
    cache.write("numbers", KEY, ARRAYS)
    left, fresh = cache.folder / "lastmile-old.part", cache.folder / "new.part"
    left.touch()
    fresh.touch()
    os.utime(left, (time.time() - 90_000, time.time() - 90_000))
    cache.write("others", KEY, ARRAYS)
    assert not left.exists()
    assert fresh.exists()


def test_where_nothing_can_be_written_nothing_happens(tmp_path):
    (tmp_path / "file").write_text("not a folder", encoding="utf-8")
    cache = ArrayCache(tmp_path / "file")
    cache.write("numbers", KEY, ARRAYS)
    assert cache.read("numbers", KEY) is None
    assert (tmp_path / "file").read_text(encoding="utf-8") == "not a folder"


def test_a_move_that_fails_leaves_nothing_behind(cache):
    cache.folder.mkdir(parents=True)
    # A folder stands where the file should be, and cannot be replaced by one.
    (cache.folder / f"numbers-{KEY}.arrays").mkdir()
    cache.write("numbers", KEY, ARRAYS)
    assert cache.read("numbers", KEY) is None
    assert not list(cache.folder.glob("*.part"))


def test_many_may_read_and_write_one_file_at_a_time(cache):
    def work(k):
        cache.write("numbers", KEY, ARRAYS)
        found = cache.read("numbers", KEY)
        return found is None or same(found)

    with ThreadPoolExecutor(8) as pool:
        assert all(pool.map(work, range(200)))
    assert same(cache.read("numbers", KEY))
    assert len(list(cache.folder.iterdir())) == 1


def test_the_folder_is_the_one_that_is_named(monkeypatch, tmp_path):
    monkeypatch.setenv("LASTMILE_CACHE", str(tmp_path))
    assert cache_folder() == tmp_path
    monkeypatch.setenv("LASTMILE_CACHE", "OFF")
    assert cache_folder() is None


@pytest.mark.parametrize(
    ("platform", "variables", "folder"),
    [
        ("linux", {}, "home/.cache/lastmile"),
        ("linux", {"XDG_CACHE_HOME": "relative"}, "home/.cache/lastmile"),
        ("linux", {"XDG_CACHE_HOME": "TMP/xdg"}, "xdg/lastmile"),
        ("darwin", {"XDG_CACHE_HOME": "TMP/xdg"}, "home/Library/Caches/lastmile"),
        ("win32", {}, "home/AppData/Local/lastmile/Cache"),
        ("win32", {"LOCALAPPDATA": "TMP/local"}, "local/lastmile/Cache"),
    ],
)
def test_else_it_is_where_the_platform_keeps_such_things(
    monkeypatch, tmp_path, platform, variables, folder
):
    for name in ("LASTMILE_CACHE", "XDG_CACHE_HOME", "LOCALAPPDATA"):
        monkeypatch.delenv(name, raising=False)
    for name, value in variables.items():
        monkeypatch.setenv(name, value.replace("TMP", str(tmp_path)))
    monkeypatch.setattr(Path, "home", classmethod(lambda _: tmp_path / "home"))
    monkeypatch.setattr(sys, "platform", platform)
    assert cache_folder() == tmp_path / folder


def test_without_a_home_nothing_is_kept(monkeypatch):
    def nobody(_):
        raise RuntimeError("no home")

    monkeypatch.delenv("LASTMILE_CACHE", raising=False)
    monkeypatch.delenv("XDG_CACHE_HOME", raising=False)
    monkeypatch.setattr(Path, "home", classmethod(nobody))
    assert cache_folder() is None


def test_other_files_in_the_folder_are_never_touched(tmp_path):
    others = ("jiangsu.osm.pbf.part", "movie.part", "my.arrays", "lastmile.part")
    for name in others:
        (tmp_path / name).write_bytes(b"x" * 100)
        os.utime(tmp_path / name, (1e9, 1e9))
    ArrayCache(tmp_path, most_bytes=1000).write("order", "ab" * 32, [np.arange(110)])
    assert {path.name for path in tmp_path.iterdir()} > set(others)
