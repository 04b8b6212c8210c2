"""Small whole files of every kind that readers know, to be damaged by laws and by the fuzzer."""

from __future__ import annotations

import io
import random
import warnings
import zipfile
from pathlib import Path

import geopandas as gpd
import openpyxl
import shapely

from lastmile.errors import FaultLog
from lastmile.places.points import read_points
from lastmile.scenario import PointCandidates, SiteColumns

HEADER = ("编号", "名称", "经度", "纬度", "常住人口", "地址")
ROWS = [
    (f"32040200{k:04d}", f"第{k}社区", 119.9 + k / 500, 31.7 + k / 700, 1000 + k, f"某路{k}号")
    for k in range(1, 25)
]


def whole_files(folder: Path) -> dict[str, bytes]:
    """Contents by suffix; those of shapefiles are packed, as one file."""
    text = "某区社区表\n" + "\n".join(",".join(map(str, row)) for row in (HEADER, *ROWS)) + "\n"
    book = openpyxl.Workbook()
    for row in (["某区社区表"], HEADER, *ROWS, ["合计"]):
        book.active.append(row)
    book.active.merge_cells("A1:F1")
    sheet = io.BytesIO()
    book.save(sheet)
    frame = gpd.GeoDataFrame(
        {name: [row[k] for row in ROWS] for k, name in enumerate(HEADER)},
        geometry=[shapely.Point(row[2], row[3]) for row in ROWS],
        crs="EPSG:4326",
    )
    files = {
        ".csv": text.encode("gb18030"),
        ".txt": text.encode("utf-16"),
        ".xlsx": sheet.getvalue(),
    }
    for suffix, driver in ((".gpkg", "GPKG"), (".geojson", "GeoJSON"), (".kml", "LIBKML")):
        frame.to_file(folder / f"whole{suffix}", driver=driver)
        files[suffix] = (folder / f"whole{suffix}").read_bytes()
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")
        frame.to_file(folder / "whole.shp", encoding="GB18030")
    packed = io.BytesIO()
    with zipfile.ZipFile(packed, "w") as archive:
        for suffix in (".shp", ".shx", ".dbf", ".prj"):
            archive.write(folder / f"whole{suffix}")
            files[suffix] = (folder / f"whole{suffix}").read_bytes()
    files[".zip"] = packed.getvalue()
    return files


def damaged(content: bytes, chance: random.Random) -> bytes:
    """Flip bits, cut, double or overwrite a part of a file."""
    body = bytearray(content)
    way = chance.randrange(5)
    if way == 0:
        return bytes(body[: chance.randrange(len(body))])
    if way == 1:
        start = chance.randrange(len(body))
        body[start : start + chance.randrange(1, 64)] = chance.randbytes(chance.randrange(64))
    elif way == 2:
        start = chance.randrange(len(body))
        body[start:start] = body[start : start + chance.randrange(1, 256)]
    else:
        for _ in range(chance.choice((1, 1, 2, 8, 64))):
            body[chance.randrange(len(body))] ^= 1 << chance.randrange(8)
    return bytes(body)


def written(folder: Path, files: dict[str, bytes], suffix: str, content: bytes) -> Path:
    """Write a damaged file with whole ones beside it; return what the scenario would name."""
    if suffix in (".shp", ".shx", ".dbf", ".prj"):
        for part in (".shp", ".shx", ".dbf", ".prj"):
            (folder / f"made{part}").write_bytes(content if part == suffix else files[part])
        return folder / "made.shp"
    path = folder / f"made{suffix}"
    path.write_bytes(content)
    return path


def read_as_points(path: Path) -> tuple[int, int]:
    """Read a file as a table of candidates; rows that came of it, and faults that were told.

    A file of which nothing came must be told of.
    """
    faults = FaultLog()
    source = PointCandidates(source="points", path=path, crs="wgs84")
    points = read_points(source, SiteColumns(), (), faults, "candidates[0]")
    if points is None and not faults.faults:
        raise AssertionError(f"{path.name}: nothing read, and nothing told")
    return (0 if points is None else len(points)), len(faults.faults)
