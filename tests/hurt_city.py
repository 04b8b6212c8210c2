"""Deliberately hurt copies of the office city: one fault each, with what must be told of it.

``python tests/hurt_city.py DIR`` writes every copy, to look at or to try by hand.
"""

from __future__ import annotations

import shutil
import sys
from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path
from typing import Literal

import geopandas as gpd
import numpy as np
import openpyxl
import pandas as pd
import pyproj
import rasterio
from office_city import WEST, write_city
from shapely import LineString, Polygon, affinity, box

from lastmile.places import from_wgs84


@dataclass(frozen=True)
class Hurt:
    """One way in which a file can be wrong."""

    name: str
    do: Callable[[Path], None]
    told: tuple[str, ...]
    """What the message must hold, all of it."""

    how: Literal["fault", "finding"] = "fault"
    """Whether it stops the plan, or is told in notes and the health report."""


def edit(path: Path, old: str, new: str) -> None:
    """Replace a text that stands in a file exactly where it should."""
    text = path.read_text(encoding="utf-8")
    assert old in text, f"{old!r} does not stand in {path.name}"
    path.write_text(text.replace(old, new), encoding="utf-8")


def table(folder: Path, name: str) -> pd.DataFrame:
    return pd.read_csv(folder / name, dtype=str, keep_default_na=False)


def save(folder: Path, name: str, frame: pd.DataFrame, **how: object) -> None:
    frame.to_csv(folder / name, index=False, **how)


def cell(name: str, row: int, column: str, value: str) -> Callable[[Path], None]:
    """Write a cell; rows as a spreadsheet counts them."""

    def do(folder: Path) -> None:
        frame = table(folder, name)
        frame.loc[row - 2, column] = value
        save(folder, name, frame)

    return do


def scenario(old: str, new: str) -> Callable[[Path], None]:
    return lambda folder: edit(folder / "scenario.toml", old, new)


def both(*steps: Callable[[Path], None]) -> Callable[[Path], None]:
    def do(folder: Path) -> None:
        for step in steps:
            step(folder)

    return do


def content(name: str, data: bytes) -> Callable[[Path], None]:
    return lambda folder: (folder / name).write_bytes(data) and None


def cut(name: str, share: float) -> Callable[[Path], None]:
    """Keep the first part of a file only."""

    def do(folder: Path) -> None:
        data = (folder / name).read_bytes()
        (folder / name).write_bytes(data[: int(len(data) * share)])

    return do


def gone(name: str) -> Callable[[Path], None]:
    return lambda folder: (folder / name).unlink()


def frame(name: str, change: Callable[[pd.DataFrame], pd.DataFrame]) -> Callable[[Path], None]:
    return lambda folder: save(folder, name, change(table(folder, name)))


def moved_to(crs: str, name: str = "shops.csv") -> Callable[[Path], None]:
    """Write coordinates in another system without saying so."""

    def change(rows: pd.DataFrame) -> pd.DataFrame:
        lon, lat = from_wgs84(rows["经度"].astype(float).to_numpy(),
                              rows["纬度"].astype(float).to_numpy(), crs)  # fmt: skip
        return rows.assign(经度=np.round(lon, 7), 纬度=np.round(lat, 7))

    return frame(name, change)


def units(name: str, change: Callable[[gpd.GeoDataFrame], gpd.GeoDataFrame],
          out: str = "") -> Callable[[Path], None]:  # fmt: skip
    """Change a boundary layer, and write it to another file where one is named."""

    def do(folder: Path) -> None:
        made = change(gpd.read_file(folder / name))
        (folder / name).unlink()
        made.to_file(folder / (out or name))
        if out:
            edit(folder / "scenario.toml", name, out)

    return do


def shape_of(row: int, change: Callable) -> Callable[[gpd.GeoDataFrame], gpd.GeoDataFrame]:
    def do(rows: gpd.GeoDataFrame) -> gpd.GeoDataFrame:
        shapes = list(rows.geometry)
        shapes[row] = change(shapes[row])
        return rows.set_geometry(gpd.GeoSeries(shapes, crs=rows.crs))

    return do


def value_of(row: int, column: str, value: object):
    def do(rows: gpd.GeoDataFrame) -> gpd.GeoDataFrame:
        made = rows.copy()
        made[column] = made[column].astype(object)
        made.loc[row, column] = value
        return made

    return do


def sheet(change: Callable) -> Callable[[Path], None]:
    """Change the stations' workbook cell by cell."""

    def do(folder: Path) -> None:
        book = openpyxl.load_workbook(folder / "stations.xlsx")
        change(book)
        book.save(folder / "stations.xlsx")

    return do


def raster(change: Callable[[np.ndarray, dict], tuple[np.ndarray, dict]]) -> Callable[[Path], None]:
    """Plan from the raster, changed."""

    def do(folder: Path) -> None:
        use_raster(folder)
        with rasterio.open(folder / "population.tif") as old:
            values, profile = old.read(1), dict(old.profile)
        values, profile = change(values, profile)
        with rasterio.open(folder / "population.tif", "w", **profile) as new:
            new.write(values, 1)

    return do


def use_raster(folder: Path) -> None:
    edit(
        folder / "scenario.toml",
        'source = "points"\npath = "people.csv"\ncrs = "wgs84"',
        'source = "raster"\npath = "population.tif"',
    )


def use_totals(folder: Path) -> None:
    edit(
        folder / "scenario.toml",
        'source = "points"\npath = "people.csv"\ncrs = "wgs84"',
        'source = "unit_totals"\nlevel = "community"',
    )
