"""Small whole files of every kind that readers know, to be damaged by laws and by the fuzzer."""

from __future__ import annotations

import io
import random
import struct
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
    files[".xls"] = excel_97([HEADER, *ROWS])
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


_FREE, _END = 0xFFFFFFFF, 0xFFFFFFFE
_SECTOR = 512


def excel_97(rows, merge=(0, 0, 0, 0)) -> bytes:
    """A workbook of one sheet as Excel 97 writes it ([MS-XLS] in a [MS-CFB] of one stream)."""
    name = "表".encode("utf-16-le")
    sheet = _record(0x0809, struct.pack("<HHHHII", 0x0600, 0x0010, 0, 0, 0, 0x0600))
    for r, row in enumerate(rows):
        for c, value in enumerate(row):
            if isinstance(value, str):
                text = struct.pack("<HHHHB", r, c, 0, len(value), 1) + value.encode("utf-16-le")
                sheet += _record(0x0204, text)
            else:
                sheet += _record(0x0203, struct.pack("<HHHd", r, c, 0, float(value)))
    top, left, bottom, right = merge
    sheet += _record(0x00E5, struct.pack("<HHHHH", 1, top, bottom, left, right))
    sheet += _record(0x000A, b"")
    head = _record(0x0809, struct.pack("<HHHHII", 0x0600, 0x0005, 0, 0, 0, 0x0600))
    length = len(head) + 4 + 8 + len(name) + 4
    head += _record(0x0085, struct.pack("<IBBBB", length, 0, 0, len(name) // 2, 1) + name)
    stream = head + _record(0x000A, b"") + sheet
    stream = stream.ljust(max(4096, -(-len(stream) // _SECTOR) * _SECTOR), b"\0")
    n = len(stream) // _SECTOR
    start = struct.pack("<8s16xHHHHH6xIIIIIIIII", b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1",
                        0x3E, 3, 0xFFFE, 9, 6, 0, 1, 1, 0, 4096, _END, 0, _END, 0)  # fmt: skip
    start += struct.pack("<109I", 0, *[_FREE] * 108)
    chain = [0xFFFFFFFD, _END, *range(3, n + 2), _END]
    table = struct.pack("<128I", *chain, *[_FREE] * (128 - len(chain)))
    folder = _entry("Root Entry", 5, 1, _END, 0) + _entry("Workbook", 2, _FREE, 2, len(stream))
    return start + table + folder.ljust(_SECTOR, b"\0") + stream


def _record(kind: int, body: bytes) -> bytes:
    return struct.pack("<HH", kind, len(body)) + body


def _entry(name: str, kind: int, child: int, start: int, size: int) -> bytes:
    spelt = name.encode("utf-16-le") + b"\0\0"
    return struct.pack("<64sHBBIII16xI16xIQ", spelt, len(spelt), kind, 1, _FREE, _FREE, child,
                       0, start, size)  # fmt: skip


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
