"""Real tables of Changzhou and Shanghai are read without a word on their columns."""

from __future__ import annotations

import geopandas as gpd
import pandas as pd
import pytest

from lastmile.errors import FaultLog
from lastmile.places.files import read_table
from lastmile.places.points import read_points
from lastmile.places.tables import codes_from
from lastmile.scenario import DemandColumns, PointDemand

pytestmark = pytest.mark.real_data

TABLES = [
    ("shanghai_xuhui/poi_amap_gcj02.csv", "gcj02", "", 10_421, ("id", "name", "lng", "lat")),
    (
        "changzhou/admin5_2016_urcode.csv", "gcj02", "lon_gcj is present and level == village", 271,
        ("code", "name", "lon_gcj", "lat_gcj"),
    ),
    ("changzhou/towns_coords_bd09_2020.csv", "bd09", "", 73, ("code", "name", "lng", "lat")),
    ("changzhou/town_seats_wgs84_2dp.csv", "wgs84", "lon is present", 64,
     ("code", "name", "lon", "lat")),
    ("changzhou/villages_2023.csv", "gcj02", "lon_gcj is present", 233,
     ("code", "name", "lon_gcj", "lat_gcj")),
]  # fmt: skip


@pytest.mark.parametrize(("file", "crs", "chosen", "n", "columns"), TABLES)
def test_ids_names_and_places_are_recognised(shared_data, file, crs, chosen, n, columns):
    faults = FaultLog()
    source = PointDemand(source="points", path=shared_data / file, crs=crs, filter=chosen)
    points = read_points(source, DemandColumns(), (), faults, "demand")
    assert [str(fault) for fault in faults.faults] == []
    found = points.columns
    assert (found.id, found.name, found.lon, found.lat) == columns
    assert len(points) == n
    assert found.settlement == ("ur_code" if "ur_code" in points.table.frame else "")


@pytest.mark.parametrize("suffix", [".xlsx", ".csv", ".shp", ".gpkg"])
def test_all_communities_keep_their_twelve_digits_through_every_format(
    shared_data, tmp_path, suffix
):
    table = pd.read_csv(shared_data / "changzhou/villages_2023.csv", dtype=str).fillna("")
    frame = pd.DataFrame({"统计用区划代码": table["code"].astype(float), "社区名称": table["name"]})
    path = tmp_path / f"villages{suffix}"
    if suffix == ".xlsx":
        frame.to_excel(path, index=False)
    elif suffix == ".csv":
        frame.to_csv(path, index=False, encoding="gb18030")
    else:
        spots = gpd.points_from_xy([119.9] * len(frame), [31.8] * len(frame))
        frame = frame.rename(columns={"统计用区划代码": "code"})
        layer = gpd.GeoDataFrame(frame, geometry=spots, crs="EPSG:4326")
        layer.to_file(path, **({"encoding": "GB18030"} if suffix == ".shp" else {}))
    faults = FaultLog()
    read = read_table(path, "", (), faults)
    codes = codes_from(read, str(read.frame.columns[0]), faults)
    assert faults.faults == []
    assert codes == list(table["code"])
    assert list(read.frame[read.frame.columns[1]]) == list(table["name"])
