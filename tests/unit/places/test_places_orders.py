"""Orders: what is brought where, by when, how cold."""

from __future__ import annotations

import math

import pytest

from lastmile.places.model import ORDER_COLUMNS

COLUMNS = {
    "id": "单号", "parcels": "件数", "weight_kg": "重量", "window": "时段", "temperature": "温层",
    "station": "站点",
}  # fmt: skip


def orders(village, rows, *lines, **more):
    """Write orders: id, parcels, weight, window, temperature, station, metres east."""
    table = ["单号,件数,重量,时段,温层,站点,lon,lat"]
    for *cells, x in lines:
        (row,) = rows(("o", x, 500))
        table.append(",".join([*map(str, cells), row.partition(",")[2]]))
    village.write("orders.csv", "\n".join(table))
    village.write("shops.csv", "\n".join(["id,lon,lat", *rows(("s1", 300, 500))]))
    village.table["candidates"] = [
        {"source": "points", "path": "shops.csv", "crs": "wgs84", "columns": {"id": "id"}}
    ]
    source = {"path": "orders.csv", "crs": "wgs84", "columns": COLUMNS} | more
    village.table["orders"] = [source]


def test_orders_are_read_as_they_stand(village, rows):
    orders(
        village, rows, ("A1", 3, "2.5", "08:00-12:00", "冷藏", "s1", 100),
        ("A2", "１，２００", "", "下午", "", "", 200), ("A3", 1, 0, "", "frozen", "", 300),
    )  # fmt: skip
    found = village.accepted().orders
    assert tuple(found.columns) == ORDER_COLUMNS
    assert found.crs.to_epsg() == 4326
    assert list(found["parcels"]) == [3, 1200, 1]
    assert found["weight_kg"].iloc[0] == 2.5
    assert math.isnan(found["weight_kg"].iloc[1])
    assert list(found["window_start_s"]) == [28_800, 43_200, 0]
    assert list(found["window_end_s"]) == [43_200, 64_800, 86_400]
    assert list(found["temperature"]) == ["chilled", "ambient", "frozen"]
    assert list(found["station_id"]) == ["s1", "", ""]
    counts = {(t.topic, t.value): t.n for t in village.faults.findings.tallies}
    assert counts["orders", "parcels"] == 1204
    assert counts["temperature", "ambient"] == 1200


def test_without_orders_the_frame_is_there_and_empty(village):
    found = village.accepted().orders
    assert tuple(found.columns) == ORDER_COLUMNS
    assert len(found) == 0
    assert found.crs.to_epsg() == 4326


@pytest.mark.parametrize(
    ("cells", "column", "found"),
    [
        ((2.5, 1, "", "", ""), "件数", "2.5"),
        ((0, 1, "", "", ""), "件数", "'0'"),
        (("", 1, "", "", ""), "件数", "nothing"),
        ((1, -1, "", "", ""), "重量", "'-1'"),
        ((1, 1, "18:00-08:00", "", ""), "时段", "'18:00-08:00'"),
        ((1, 1, "改天", "", ""), "时段", "'改天'"),
        ((1, 1, "", "温热", ""), "温层", "'温热'"),
        ((1, 1, "", "", "s2"), "站点", "'s2'"),
    ],
)
def test_what_makes_no_sense_is_told_with_row_and_column(village, rows, cells, column, found):
    orders(village, rows, ("A1", *cells, 100))
    assert village.read() is None
    (fault,) = village.faults.faults
    assert fault.where == f"row 2, column {column}"
    assert fault.found == found


def test_a_mistyped_station_is_answered_with_the_nearest_id(village, rows):
    orders(village, rows, ("A1", 1, 1, "", "", "s01", 100))
    assert village.read() is None
    assert "'s01' may be 's1'" in village.faults.faults[0].remedy


def test_windows_may_stand_in_two_columns_as_a_spreadsheet_has_times(village, rows):
    columns = {"id": "单号", "window_start": "时段", "window_end": "温层"}
    orders(
        village, rows, ("A1", 1, 1, "0.375", "0.5", "", 100), ("A2", 1, 1, "", "18:00:00", "", 200),
        columns=columns,
    )  # fmt: skip
    found = village.accepted().orders
    assert list(found["window_start_s"]) == [32_400, 0]
    assert list(found["window_end_s"]) == [43_200, 64_800]


def test_a_window_in_two_columns_that_ends_first_is_a_fault(village, rows):
    columns = {"id": "单号", "window_start": "时段", "window_end": "温层"}
    orders(village, rows, ("A1", 1, 1, "12:00", "09:00", "", 100), columns=columns)
    assert village.read() is None
    assert "a window that ends after it starts" in village.told[0]


def test_orders_outside_the_area_are_left_out_counted_and_shown(village, rows):
    orders(
        village, rows, ("A1", 1, 1, "", "", "", 100), ("A2", 7, 1, "", "", "", 5000),
    )  # fmt: skip
    places = village.accepted()
    assert list(places.orders["id"]) == ["A1"]
    assert any("1 of 2 orders (7 parcels) lie outside" in note.en for note in places.notes)
    assert [s.where for s in village.faults.findings.suspects if s.key == "orders[0]"] == ["row 3"]


def test_orders_of_a_merged_station_go_to_the_one_that_is_kept(village, rows):
    orders(village, rows, ("A1", 1, 1, "", "", "x", 100))
    lines = [f"{row},好德便利店,{note}" for row, note in zip(
        rows(("x", 300, 500), ("s1", 310, 500)), ("", "大"), strict=True)]  # fmt: skip
    village.write("shops.csv", "\n".join(["id,lon,lat,name,note", *lines]))
    village.table["candidates"][0]["columns"] = {"id": "id", "name": "name"}
    places = village.accepted()
    assert list(places.sites["id"]) == ["s1"]
    assert list(places.orders["station_id"]) == ["s1"]


def test_two_tables_of_orders_may_not_share_ids(village, rows):
    orders(village, rows, ("A1", 1, 1, "", "", "", 100))
    village.table["orders"] *= 2
    assert village.read() is None
    assert "'A1'" in village.told[0]
