"""Premises as Amap and OpenStreetMap have them: Xuhui in Shanghai, and the centre of Helsinki."""

from __future__ import annotations

from collections import Counter

import numpy as np
import pandas as pd
import pyproj
import pytest
import shapely

from lastmile.errors import FaultLog
from lastmile.places.coordinates import projected
from lastmile.places.duplicates import CANDIDATE, Listing, crowded, keepers
from lastmile.places.osm_premises import osm_rows
from lastmile.places.points import read_points
from lastmile.places.premise_names import premise_name
from lastmile.places.site_tables import candidate_rows
from lastmile.scenario import OsmCandidates, PointCandidates, SiteColumns

pytestmark = pytest.mark.real_data

COLUMNS = SiteColumns(id="id", name="name", lon="lng", lat="lat")
DISGUISES = (
    lambda name: name,
    lambda name: f"{name}有限公司",
    lambda name: name.replace("(", "（").replace(")", "） "),
    lambda name: name.partition("(")[0],
    lambda name: f" {name.upper()}",
)
"""What tables do to a name: none of it makes other premises."""

ALL = ("shop", "property", "committee", "coop", "post")


def rows_of(path, classes):
    faults = FaultLog()
    source = PointCandidates(
        source="points", path=path, crs="gcj02", classes=classes, columns=COLUMNS
    )
    table = read_points(source, COLUMNS, (), faults, "candidates[0]")
    rows = candidate_rows(source, table, "candidates[0]", "c1", faults)
    assert not faults.faults
    return rows


@pytest.fixture(scope="module")
def poi(shared_data):
    return shared_data / "shanghai_xuhui" / "poi_amap_gcj02.csv"


def test_every_convenience_store_supermarket_and_post_office_of_xuhui_is_recognised(poi):
    table = pd.read_csv(poi, dtype=str, keep_default_na=False)
    by_type = table["type"].str.contains
    stores = set(table["id"][by_type("便利店")])
    markets = set(table["id"][by_type("超级市场")])
    post = set(table["id"][by_type("邮局")])
    assert (len(stores), len(markets), len(post)) == (213, 240, 156)
    assert stores | markets <= set(rows_of(poi, ("shop",)).ids)
    assert post <= set(rows_of(poi, ("post",)).ids)


def test_what_else_is_taken_for_a_shop_calls_itself_one_and_hardly_anything_for_post(poi):
    table = pd.read_csv(poi, dtype=str, keep_default_na=False).set_index("id")
    shops = table.loc[list(rows_of(poi, ("shop",)).ids)]
    others = shops[~shops["type"].str.contains("便利店|超级市场")]
    assert len(others) == 6  # 生鲜超市 that Amap files under 购物相关场所
    assert others["name"].str.contains("超市").all()
    post = table.loc[list(rows_of(poi, ("post",)).ids), "type"]
    assert (~post.str.contains("邮局")).sum() == 1  # a mall with a courier's counter


def test_neighbourhood_committees_are_told_by_name_and_their_reading_rooms_are_not(poi):
    rows = rows_of(poi, ("committee",))
    assert len(rows) > 150
    assert not [name for name in rows.names if "老年" in name or "图书" in name]


def test_a_row_of_two_types_belongs_to_whichever_class_is_asked_for(poi):
    together = Counter(rows_of(poi, ALL).premises)
    alone = {own: len(rows_of(poi, (own,))) for own in ("shop", "post", "committee")}
    assert all(together[own] <= alone[own] for own in alone)
    assert sum(together.values()) <= sum(alone.values())
    assert together["post"] == alone["post"]  # tried before shops


def test_a_name_that_says_so_is_told_as_shut(poi):
    faults = FaultLog()
    source = PointCandidates(
        source="points", path=poi, crs="gcj02", classes=("post",), columns=COLUMNS
    )
    table = read_points(source, COLUMNS, (), faults, "candidates[0]")
    candidate_rows(source, table, "candidates[0]", "c1", faults)
    assert any("暂停营业" in s.en for s in faults.findings.suspects if s.kind == "closed")


def test_the_tags_of_helsinki_tell_shops_post_offices_and_the_town_hall(shared_data):
    path = shared_data / "helsinki" / "Helsinki.osm.pbf"
    faults = FaultLog()
    source = OsmCandidates(source="osm", path=(path,))
    (rows,) = osm_rows(source, (24.0, 59.0, 26.0, 61.0), "candidates[0]", faults)
    assert not faults.faults
    # 6 supermarkets, 9 convenience stores and 15 kiosks; 3 community centres and a town hall
    # whose outline the edge of the extract cuts; 2 post offices.
    assert Counter(rows.premises) == {"shop": 30, "committee": 4, "post": 2}
    hall = rows.ids.index("osm-w24337154")
    assert rows.names[hall] == "Helsingin kaupungintalo"
    assert 24.951 < rows.points[hall].x < 24.955
    assert 60.166 < rows.points[hall].y < 60.170
    assert np.all(rows.n_filled >= 1)


def test_an_extract_of_roads_alone_is_refused_with_the_reason(shared_data):
    path = shared_data / "shanghai_xuhui" / "xuhui_drive_2026.osm.pbf"
    faults = FaultLog()
    source = OsmCandidates(source="osm", path=(path,))
    assert osm_rows(source, (121.0, 31.0, 122.0, 32.0), "candidates[0]", faults) is None
    (fault,) = faults.faults
    assert "cut to roads holds none" in fault.remedy


def test_doubles_planted_among_real_shops_are_found_and_real_neighbours_are_left_alone(poi):
    rows = rows_of(poi, ("shop", "post"))
    plane = pyproj.CRS("EPSG:4549")
    spots = shapely.get_coordinates(projected(rows.points, plane))
    rng = np.random.default_rng(7)
    chosen = rng.choice(len(rows), 200, replace=False)
    angle, away_m = rng.uniform(0, 2 * np.pi, 200), rng.uniform(0, 14, 200)
    moved = spots[chosen] + np.c_[np.cos(angle), np.sin(angle)] * away_m[:, None]
    written = [DISGUISES[k % len(DISGUISES)](rows.names[one]) for k, one in enumerate(chosen)]
    all_spots = np.concatenate([spots, moved])
    names = [*rows.names, *written]
    n = len(names)
    listing = Listing(
        tuple(f"c1-{k}" for k in range(n)), tuple(premise_name(name) for name in names),
        all_spots, np.full(n, CANDIDATE), (*rows.premises, *("",) * 200),
        np.ones(n, dtype=np.int64), crowded(all_spots),
    )  # fmt: skip
    into = keepers(listing, 50.0, 15.0)
    real, planted = into[: len(rows)], into[len(rows) :]
    assert planted.tolist() == chosen.tolist()
    doubles = np.flatnonzero(real != np.arange(len(rows)))
    assert [(names[k], names[real[k]]) for k in doubles] == [
        ("南车站路投递支局", "南车站路邮政支局")
    ]
