"""The files of the sample: complete, consistent, and ordinary."""

from __future__ import annotations

from pathlib import Path

import geopandas as gpd
import numpy as np
import osmium
import pandas as pd
import pytest
import shapely
from scipy.sparse import coo_array
from scipy.sparse.csgraph import connected_components

from lastmile.sample import write_sample
from lastmile.sample.facts import people_of_districts, read_facts
from lastmile.sample.scenario_file import NOTICE
from lastmile.scenario import read_scenario

FILES = (
    "scenario.toml", "roads.osm.pbf", "districts.gpkg", "townships.gpkg", "communities.gpkg",
    "people.csv", "candidates.csv", "stations.csv", "centres.csv",
)  # fmt: skip


@pytest.fixture(scope="module")
def core(tmp_path_factory) -> Path:
    return write_sample(tmp_path_factory.mktemp("core"), "core").parent


@pytest.fixture(scope="module")
def roads(core):
    """Ways of the extract: end nodes, lines in degrees, tags."""
    places, ways = {}, []
    for item in osmium.FileProcessor(str(core / "roads.osm.pbf")):
        if item.is_node():
            places[item.id] = (item.location.lon, item.location.lat)
        else:
            ways.append(([n.ref for n in item.nodes], dict(item.tags)))
    lines = shapely.linestrings(
        [places[ref] for refs, _ in ways for ref in refs],
        indices=np.repeat(np.arange(len(ways)), [len(refs) for refs, _ in ways]),
    )
    return {
        "ends": np.array([(refs[0], refs[-1]) for refs, _ in ways]),
        "lines": lines,
        "tags": [tags for _, tags in ways],
    }


def test_every_file_is_written_and_the_scenario_names_them_all(core):
    assert {p.name for p in core.iterdir()} == {*FILES, "sample.json"}
    text = (core / "scenario.toml").read_text(encoding="utf-8")
    assert all(name in text for name in FILES if name != "scenario.toml")


def test_the_scenario_is_valid_and_says_that_the_streets_are_synthetic(core):
    scenario = read_scenario(core / "scenario.toml")
    assert scenario.output.notice == NOTICE
    assert NOTICE.startswith("合成示例路网")
    assert scenario.routing.split_loads
    assert scenario.roads.path == (core / "roads.osm.pbf",)


def test_the_same_seed_writes_the_same_bytes(core, tmp_path):
    write_sample(tmp_path, "core")
    assert all((core / name).read_bytes() == (tmp_path / name).read_bytes() for name in FILES)


def test_people_add_up_to_each_districts_figure_to_the_person(core):
    figures = people_of_districts(read_facts())
    districts = gpd.read_file(core / "districts.gpkg")
    assert dict(zip(districts["code"], districts["people"], strict=True)) == {
        code: figures[code] for code in districts["code"]
    }
    cells = pd.read_csv(core / "people.csv")
    assert cells["people"].sum() == districts["people"].sum()
    assert (cells["people"] >= 1).all()
    assert cells["id"].is_unique


def test_every_cell_lies_in_a_community_of_its_class(core):
    cells = pd.read_csv(core / "people.csv")
    communities = gpd.read_file(core / "communities.gpkg")
    points = gpd.GeoDataFrame(cells, geometry=gpd.points_from_xy(cells.lon, cells.lat), crs=4326)
    found = points.sjoin(communities[["settlement_code", "geometry"]], predicate="within")
    assert points.within(communities.union_all()).all()
    # A centre within a centimetre of an outline may fall to either side.
    assert len(found) >= 0.9999 * len(cells)
    urban = found["settlement_code"].str.startswith("1")
    assert ((found["settlement"] == "urban") == urban).mean() > 0.9999


@pytest.mark.parametrize(
    ("fine", "coarse", "digits"), [("communities", "townships", 9), ("townships", "districts", 6)]
)
def test_units_tile_the_units_above_them(core, fine, coarse, digits):
    small = gpd.read_file(core / f"{fine}.gpkg").to_crs(4549)
    large = gpd.read_file(core / f"{coarse}.gpkg").to_crs(4549).set_index("code")
    area = small.geometry.area.groupby(small["code"].str[:digits]).sum()
    assert np.allclose(area, large.loc[area.index].geometry.area, rtol=1e-5)
    people = small["people"].groupby(small["code"].str[:digits]).sum()
    assert (people == large.loc[people.index, "people"]).all()
    a, b = small.sindex.query(small.geometry, predicate="overlaps")
    shared = shapely.area(shapely.intersection(small.geometry.array[a], small.geometry.array[b]))
    assert shared.max(initial=0.0) < 300.0


def test_one_component_holds_nearly_all_streets(roads):
    _, ends = np.unique(roads["ends"], return_inverse=True)
    ends = ends.reshape(-1, 2)
    n = int(ends.max()) + 1
    graph = coo_array((np.ones(len(ends)), (ends[:, 0], ends[:, 1])), shape=(n, n)).tocsr()
    part = connected_components(graph, directed=False)[1][ends[:, 0]]
    length = shapely.length(roads["lines"])
    share = np.bincount(part, weights=length).max() / length.sum()
    assert 0.95 < share <= 1.0


def test_every_street_but_a_few_can_be_driven_to_and_from(roads):
    ways = [tags.get("highway") not in ("footway", "pedestrian") for tags in roads["tags"]]
    both = [tags.get("oneway") != "yes" for tags in roads["tags"]]
    _, ends = np.unique(roads["ends"], return_inverse=True)
    a, b = ends.reshape(-1, 2).T
    ways, both = np.array(ways), np.array(ways) & np.array(both)
    n = int(max(a.max(), b.max())) + 1
    heads, tails = np.r_[a[ways], b[both]], np.r_[b[ways], a[both]]
    graph = coo_array((np.ones(len(heads)), (heads, tails)), shape=(n, n)).tocsr()
    part = connected_components(graph, connection="strong")[1][a[ways]]
    assert np.bincount(part).max() / len(part) > 0.97


def test_tags_are_those_of_ordinary_maps(roads):
    seen = {tags["highway"] for tags in roads["tags"]}
    assert {"trunk", "primary", "secondary", "tertiary", "unclassified", "residential",
            "living_street", "service", "footway", "pedestrian"} <= seen  # fmt: skip
    keys = {key for tags in roads["tags"] for key in tags}
    assert {"name", "oneway", "maxspeed", "bridge", "tunnel", "layer", "foot"} <= keys
    assert any("一" <= tags.get("name", " ")[0] <= "鿿" for tags in roads["tags"])


def test_candidates_stand_beside_streets_in_every_community(core, roads):
    table = pd.read_csv(core / "candidates.csv")
    assert table["id"].is_unique
    assert set(table["kind"]) == {"服务屋", "服务站"}
    assert (table["cost_yuan"] > 0).all()
    assert (table["capacity"] > 0).all()
    shapes = gpd.GeoDataFrame(table, geometry=gpd.points_from_xy(table.lon, table.lat), crs=4326)
    communities = gpd.read_file(core / "communities.gpkg")
    held = shapes.sjoin(communities[["code", "geometry"]], predicate="within")
    assert held["code"].nunique() == len(communities)
    villages = communities["code"][communities["settlement_code"].str.startswith("2")]
    committees = held.loc[held["type"] == "村委会", "code"]
    assert set(committees) >= set(villages)
    # 0.0004 degrees are about 40 m.
    near = shapely.STRtree(roads["lines"]).query_nearest(
        shapes.geometry.to_numpy(), max_distance=0.0004, all_matches=False
    )
    assert near.shape[1] > 0.995 * len(shapes)


def test_nearly_everyone_lives_within_300_m_of_a_street_but_not_all(core, roads):
    cells = pd.read_csv(core / "people.csv")
    points = shapely.points(cells["lon"] * np.cos(np.radians(31.8)), cells["lat"])
    flat = shapely.transform(roads["lines"], lambda xy: xy * (np.cos(np.radians(31.8)), 1.0))
    tree = shapely.STRtree(flat)
    reached = np.zeros(len(cells), dtype=bool)
    reached[tree.query_nearest(points, max_distance=300.0 / 111_200.0, all_matches=False)[0]] = True
    share = cells["people"][reached].sum() / cells["people"].sum()
    assert share > 0.995
    assert not reached.all()
