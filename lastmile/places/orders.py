"""Orders: parcels to be brought to addresses."""

from __future__ import annotations

import difflib
from collections.abc import Callable, Collection, Mapping, Sequence
from dataclasses import dataclass, field
from types import MappingProxyType
from typing import Final

import geopandas as gpd
import numpy as np
import pandas as pd
import shapely
from numpy.typing import NDArray

from lastmile.errors import FaultLog
from lastmile.findings import Suspect, Tally
from lastmile.places.coordinates import Floats
from lastmile.places.geocoding import KnownAddresses, read_located
from lastmile.places.locate import inside_area
from lastmile.places.model import ORDER_COLUMNS, no_orders
from lastmile.places.notes import Note, listed
from lastmile.places.points import PointTable, ids_of, names_of
from lastmile.places.tables import (
    cell_shown,
    float_text,
    numbers_from,
    report_rows,
    whole_floats_mended,
)
from lastmile.places.windows import ANY_TIME, clock_of, window_of
from lastmile.scenario import OrderColumns, Orders, PointColumns

TEMPERATURES: Final[Mapping[str, str]] = MappingProxyType(
    dict.fromkeys(("", "ambient", "常温", "普通", "室温"), "ambient")
    | dict.fromkeys(("chilled", "冷藏", "保鲜"), "chilled")
    | dict.fromkeys(("frozen", "冷冻", "速冻"), "frozen")
)
_MOST_PARCELS: Final = 1e6
_MOST_KG: Final = 1e6
_MOST_M3: Final = 1e5
_MOST_TOLD: Final = 1_000


@dataclass(slots=True)
class OrderDesk:
    """What reading orders needs; collects notes on the way."""

    known: KnownAddresses | None
    station_ids: Collection[str]
    aliases: Mapping[str, str]
    """Ids of stations that were merged into another → id of that."""

    area: shapely.Geometry
    check_crs: Callable[[PointTable[PointColumns], str], None]
    faults: FaultLog
    notes: list[Note] = field(default_factory=list)

    def read(self, sources: Sequence[Orders]) -> gpd.GeoDataFrame:
        """Read all tables of orders; those outside the area are left out, and told.

        Returns
        -------
        GeoDataFrame
            ``ORDER_COLUMNS``, in the order of the files.
        """
        owner: dict[str, str] = {}
        frames = []
        for number, source in enumerate(sources):
            frame = self._table(source, f"orders[{number}]", f"o{number + 1}")
            if frame is not None:
                self._refuse_shared(frame, f"orders[{number}]", owner)
                frames.append(frame)
        if not frames:
            return no_orders()
        joined = pd.concat(frames, ignore_index=True)
        return gpd.GeoDataFrame(joined, geometry="geometry", crs="EPSG:4326")[[*ORDER_COLUMNS]]

    def _table(self, source: Orders, key: str, prefix: str) -> gpd.GeoDataFrame | None:
        columns = source.columns
        table, notes = read_located(source, columns, _named(columns), self.known, self.faults, key)
        if table is None:
            return None
        columns = table.columns
        self.notes += notes
        if not notes:
            self.check_crs(table, key)
        frame = self._frame(table, columns, prefix)
        inside = inside_area(table.points, self.area)
        self._tell_outside(table, frame, inside, key)
        kept = frame[inside].reset_index(drop=True)
        self.faults.findings.tallies += order_tally(key, table.table.file, kept)
        return kept

    def _frame(
        self, table: PointTable[OrderColumns], columns: OrderColumns, prefix: str
    ) -> gpd.GeoDataFrame:
        ids = ids_of(table, columns.id, prefix, self.faults)
        start, end = self._windows(table, columns)
        return gpd.GeoDataFrame(
            {
                "id": pd.Series(ids, dtype=object),
                "name": pd.Series(names_of(table, columns.name, ids), dtype=object),
                "parcels": self._parcels(table, columns.parcels),
                "weight_kg": self._amounts(table, columns.weight_kg, "kg", _MOST_KG),
                "volume_m3": self._amounts(table, columns.volume_m3, "cubic metres", _MOST_M3),
                "window_start_s": start,
                "window_end_s": end,
                "temperature": pd.Series(self._temperatures(table, columns), dtype=object),
                "station_id": pd.Series(self._stations(table, columns.station), dtype=object),
            },
            geometry=gpd.GeoSeries(table.points, crs="EPSG:4326"),
            crs="EPSG:4326",
        )

    def _parcels(self, table: PointTable[OrderColumns], column: str) -> NDArray[np.int64]:
        if not column:
            return np.ones(len(table), dtype=np.int64)
        values = numbers_from(
            table.table, column, self.faults, what="parcels", optional=False, positive=True,
            most=_MOST_PARCELS,
        )  # fmt: skip
        broken = np.flatnonzero(values != np.floor(values))
        broken = broken[~np.isnan(values[broken])]
        report_rows(
            table.table, broken, self.faults, column=column,
            found=[float_text(values[k]) for k in broken], expected="a whole number of parcels",
            remedy="correct the cell; weights belong in a column of their own",
        )  # fmt: skip
        return np.nan_to_num(values, nan=1.0).astype(np.int64)

    def _amounts(
        self, table: PointTable[OrderColumns], column: str, unit: str, most: float
    ) -> Floats:
        if not column:
            return np.full(len(table), np.nan)
        return numbers_from(
            table.table, column, self.faults, what=unit, optional=True, positive=False, most=most
        )

    def _windows(
        self, table: PointTable[OrderColumns], columns: OrderColumns
    ) -> tuple[NDArray[np.int64], NDArray[np.int64]]:
        """Shapes (orders,), (orders,). Seconds of the day."""
        cells = table.table.frame
        if columns.window:
            read = [window_of(cell) for cell in cells[columns.window]]
            self._refuse(
                table, columns.window, [each is None for each in read],
                "a window such as 08:00-12:00, 上午 or 全天, that ends after it starts, on one day",
            )  # fmt: skip
            pairs = [each or ANY_TIME for each in read]
            return _seconds([a for a, _ in pairs]), _seconds([b for _, b in pairs])
        ends = []
        for column, neutral in zip(
            (columns.window_start, columns.window_end), ANY_TIME, strict=True
        ):
            texts = cells[column] if column else [""] * len(table)
            clocks = [clock_of(cell) if cell else neutral for cell in texts]
            unclear = [each is None for each in clocks]
            self._refuse(table, column, unclear, "a time of day such as 08:00")
            ends.append(_seconds([neutral if each is None else each for each in clocks]))
        start, end = ends
        self._refuse(
            table, columns.window_end, (end <= start).tolist(), "a window that ends after it starts"
        )
        return start, end

    def _temperatures(self, table: PointTable[OrderColumns], columns: OrderColumns) -> list[str]:
        if not columns.temperature:
            return ["ambient"] * len(table)
        cells = [cell.lower() for cell in table.table.frame[columns.temperature]]
        self._refuse(
            table, columns.temperature, [cell not in TEMPERATURES for cell in cells],
            "ambient, chilled or frozen (常温、冷藏、冷冻)",
        )  # fmt: skip
        return [TEMPERATURES.get(cell, "ambient") for cell in cells]

    def _stations(self, table: PointTable[OrderColumns], column: str) -> list[str]:
        """Ids of stations, those of merged ones replaced; an id that no site has is a fault."""
        if not column:
            return [""] * len(table)
        stated = whole_floats_mended(list(table.table.frame[column]))
        ids = [self.aliases.get(own, own) for own in stated]
        unknown = sorted({own for own in ids if own and own not in self.station_ids})
        near = {
            own: difflib.get_close_matches(own, list(self.station_ids), n=1) for own in unknown[:20]
        }
        hints = [f"{own!r} may be {match[0]!r}" for own, match in near.items() if match]
        self._refuse(
            table, column, [bool(own) and own not in self.station_ids for own in ids],
            "the id of a station or candidate in or near the area",
            "; ".join(["correct the id, or leave the cell empty", *hints[:3]]),
        )  # fmt: skip
        return ids

    def _refuse(
        self, table: PointTable[OrderColumns], column: str, bad: Sequence[bool], expected: str,
        remedy: str = "correct the cell",
    ) -> None:  # fmt: skip
        positions = np.flatnonzero(np.array(bad, dtype=np.bool_))
        cells = table.table.frame[column] if column else None
        report_rows(
            table.table, positions, self.faults, column=column,
            found=[cell_shown("" if cells is None else cells.iloc[int(k)]) for k in positions],
            expected=expected, remedy=remedy,
        )  # fmt: skip

    def _refuse_shared(self, frame: gpd.GeoDataFrame, key: str, owner: dict[str, str]) -> None:
        shared = [own for own in frame["id"] if owner.setdefault(own, key) != key]
        if shared:
            _, some = listed([repr(own) for own in shared])
            self.faults.add(
                "scenario", key, found=f"ids of {owner[shared[0]]} and other tables: {some}",
                expected="ids that differ among all orders", remedy="rename them in one table",
            )  # fmt: skip

    def _tell_outside(
        self, table: PointTable[OrderColumns], frame: gpd.GeoDataFrame,
        inside: NDArray[np.bool_], key: str,
    ) -> None:  # fmt: skip
        far = np.flatnonzero(~inside).tolist()
        if not far:
            return
        ids = frame["id"].to_numpy(dtype=object)
        zh, en = listed([ids[k] for k in far])
        lost = int(frame["parcels"].to_numpy()[~inside].sum())
        if len(far) == len(frame) and table.crs:
            self.faults.add(
                table.table.file, "", found=f"{len(far):,} orders, none inside the area",
                expected="orders in the area", remedy=f"check {key}.crs and the boundaries",
            )  # fmt: skip
        self.notes.append(
            Note(
                zh=f"订单 {len(frame):,} 条中有 {len(far):,} 条（{lost:,} 件）在规划范围外，"
                f"未计入：{zh}",
                en=f"{len(far):,} of {len(frame):,} orders ({lost:,} parcels) lie outside the area "
                f"and are left out: {en}",
            )
        )
        self.faults.findings.suspects += [
            Suspect(
                key, table.table.file, table.table.where(k), float(table.lon[k]),
                float(table.lat[k]), "outside", f"订单 {ids[k]} 在规划范围外",
                f"order {ids[k]} lies outside the area",
            )
            for k in far[:_MOST_TOLD]
        ]  # fmt: skip


def order_tally(key: str, file: str, orders: gpd.GeoDataFrame) -> list[Tally]:
    """Count orders, parcels, kg and cubic metres, and parcels by temperature."""
    totals = {
        "orders": float(len(orders)),
        "parcels": float(orders["parcels"].sum()),
        "weight_kg": float(orders["weight_kg"].sum()),
        "volume_m3": float(orders["volume_m3"].sum()),
        "with_station": float((orders["station_id"] != "").sum()),
    }
    by_temperature = orders.groupby("temperature")["parcels"].sum()
    return [
        *(Tally(key, file, "orders", value, n) for value, n in totals.items()),
        *(Tally(key, file, "temperature", str(t), float(n)) for t, n in by_temperature.items()),
    ]


def _named(columns: OrderColumns) -> tuple[str, ...]:
    return (
        columns.parcels, columns.weight_kg, columns.volume_m3, columns.window,
        columns.window_start, columns.window_end, columns.temperature, columns.station,
    )  # fmt: skip


def _seconds(values: Sequence[int]) -> NDArray[np.int64]:
    return np.array(values, dtype=np.int64)
