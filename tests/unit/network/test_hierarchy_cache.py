"""Hierarchies that are kept: the same answers, and no work done twice."""

from __future__ import annotations

from dataclasses import replace
from pathlib import Path

import numpy as np
import pytest
from road_towns import road_data

from lastmile.network import VAN, Period, build_network, network_hierarchies, travel_costs
from lastmile.network import hierarchy_cache as module
from lastmile.network.hierarchy import build_hierarchy
from lastmile.network.snapping import snap

SIZE = 12


@pytest.fixture
def grid():
    """Streets of a town of blocks, some of them one-way."""
    number = {(x, y): x * SIZE + y for x in range(SIZE) for y in range(SIZE)}
    ways = [[number[x, y] for x in range(SIZE)] for y in range(SIZE)]
    ways += [[number[x, y] for y in range(SIZE)] for x in range(SIZE)]
    tags = [("yes" if k % 3 == 0 else "", "30" if k % 5 == 0 else "") for k in range(len(ways))]
    return road_data(list(number), ways, tags)


@pytest.fixture
def keeps_all(monkeypatch):
    """Small towns are kept, too."""
    monkeypatch.setattr(module, "_WORTH_KEEPING", 0)


def refuse(*_):
    raise AssertionError("made anew")


def equal(one, other):
    return all(np.array_equal(a, b) for a, b in zip(one, other, strict=True))


def files(folder):
    return sorted(path.name.split("-")[0] for path in folder.iterdir())


@pytest.mark.usefixtures("keeps_all")
def test_a_kept_hierarchy_is_the_fresh_one_and_is_not_made_again(grid, tmp_path, monkeypatch):
    network = build_network(grid, VAN, min_component_m=0)
    fresh = build_hierarchy(network)
    (made,) = network_hierarchies([network], tmp_path)
    assert equal(made, fresh)
    assert files(tmp_path) == ["hierarchy", "order"]
    monkeypatch.setattr(module, "rank_vertices", refuse)
    monkeypatch.setattr(module, "price", refuse)
    (kept,) = network_hierarchies([network], tmp_path)
    assert equal(kept, fresh)


@pytest.mark.usefixtures("keeps_all")
def test_other_hours_are_not_ordered_again(grid, tmp_path, monkeypatch):
    rush = replace(VAN, speed_factors=(("all", (1.0,) * 8 + (0.5,) + (1.0,) * 15),))
    networks = [
        build_network(grid, rush, min_component_m=0, period=Period(60 * h, 60 * h + 60))
        for h in (7, 8)
    ]
    network_hierarchies(networks[:1], tmp_path)
    monkeypatch.setattr(module, "rank_vertices", refuse)
    (by_eight,) = network_hierarchies(networks[1:], tmp_path)
    assert equal(by_eight, build_hierarchy(networks[1]))
    assert not np.array_equal(by_eight.up, build_hierarchy(networks[0]).up)
    assert files(tmp_path) == ["hierarchy", "hierarchy", "order"]


@pytest.mark.usefixtures("keeps_all")
def test_damaged_files_are_made_again(grid, tmp_path):
    network = build_network(grid, VAN, min_component_m=0)
    network_hierarchies([network], tmp_path)
    before = {path: path.read_bytes() for path in tmp_path.iterdir()}
    for path in before:
        path.write_bytes(before[path][:-9] + b"?" + before[path][-8:])
    (again,) = network_hierarchies([network], tmp_path)
    assert equal(again, build_hierarchy(network))
    assert {path: path.read_bytes() for path in tmp_path.iterdir()} == before


def test_towns_that_are_built_sooner_than_found_are_not_kept(grid, tmp_path):
    network_hierarchies([build_network(grid, VAN, min_component_m=0)], tmp_path)
    assert list(tmp_path.iterdir()) == []


@pytest.mark.usefixtures("keeps_all")
@pytest.mark.parametrize("setting", ["off", "folder"])
def test_tables_are_the_same_whether_anything_is_kept_or_not(grid, tmp_path, monkeypatch, setting):
    network = build_network(grid, VAN, min_component_m=0)
    random = np.random.default_rng(2)
    lon, lat = 120.0 + random.random(40) / 100, 31.0 + random.random(40) / 100
    places = snap(network, lon, lat, max_access_m=1000)
    ids = [str(k) for k in range(40)]
    folder = tmp_path / "kept"
    monkeypatch.setenv("LASTMILE_CACHE", "off" if setting == "off" else str(folder))
    first = travel_costs(network, places, ids=ids)
    assert folder.exists() == (setting == "folder")
    second = travel_costs(network, places, ids=ids)
    expected = travel_costs(network, places, ids=ids, cache=Path(tmp_path / "named"))
    assert files(tmp_path / "named") == ["hierarchy", "order"]
    for one, two, other in zip(first, second, expected, strict=True):
        assert one.values.tobytes() == two.values.tobytes() == other.values.tobytes()
