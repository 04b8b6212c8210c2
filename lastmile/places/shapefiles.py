"""Shapefiles as offices pass them on: without code page, index or attributes, or zipped."""

from __future__ import annotations

import shutil
import zipfile
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path, PurePosixPath
from tempfile import TemporaryDirectory
from typing import Final

import pyogrio

from lastmile.errors import FaultLog
from lastmile.places.encodings import UNREADABLE, legacy_codec

MAX_UNPACKED: Final = 4 << 30
"""Bytes that an archive of layers may unpack to."""

_SAMPLE: Final = 64 << 20
_MOST_CUT: Final = 3
"""Cells cut in the middle of a character that a table in UTF-8 may well have."""
_RESTORE: Final = "SHAPE_RESTORE_SHX"
_LAYER_SUFFIXES: Final = (".shp", ".gpkg", ".geojson", ".json", ".kml", ".tab", ".mif", ".gdb")


def shapefile_encoding(path: Path, faults: FaultLog) -> str:
    """Recognise the encoding of a shapefile's attributes; '' to believe what the file says.

    A file without a code page reads as mojibake without any error, and some state a wrong one, so
    the bytes are tried: Chinese offices write GBK, newer programs UTF-8.
    """
    table = companion(path, ".dbf")
    if table is None:
        return ""
    with table.open("rb") as file:
        content = file.read(_SAMPLE)
    found = legacy_codec(content)
    page = companion(path, ".cpg")
    if page is None:
        return found
    stated = page.read_bytes()[:64].decode("ascii", errors="ignore").strip()
    if stated.upper().replace("-", "") not in ("UTF8", "65001") or found == "UTF-8":
        return ""
    if content.decode("utf-8", errors="replace").count(UNREADABLE) <= _MOST_CUT:
        return ""
    faults.findings.remark(
        path, "", zh=f"{page.name} 声明为 {stated}，内容实为 {found}，已按 {found} 读取",
        en=f"{page.name} states {stated}, but the attributes are in {found}, and were read so",
    )  # fmt: skip
    return found


def companion(path: Path, suffix: str) -> Path | None:
    """Find a file of the same name with another suffix, in capitals or not."""
    for spelt in (suffix, suffix.upper()):
        beside = path.with_suffix(spelt)
        if beside.exists():
            return beside
    return None


def report_missing_attributes(path: Path, faults: FaultLog) -> bool:
    """Report a shapefile that came without its attribute table; tell whether it did."""
    if companion(path, ".dbf") is not None:
        return False
    faults.add(
        path, "", found=f"no {path.stem}.dbf beside it",
        expected="the attributes of the shapefile",
        remedy="copy all files of that name: .shp, .shx, .dbf, .prj and .cpg",
    )  # fmt: skip
    return True


@contextmanager
def with_index(path: Path, faults: FaultLog) -> Iterator[Path]:
    """Give a shapefile that lost its index a new one, in a folder of its own.

    GDAL restores the index beside the file, and nobody has asked for a file there.
    """
    if companion(path, ".shx") is not None:
        yield path
        return
    faults.findings.remark(
        path, "", zh=f"缺少 {path.stem}.shx，读取时已重建",
        en=f"{path.stem}.shx is missing and was restored for reading",
    )  # fmt: skip
    before = pyogrio.get_gdal_config_option(_RESTORE)
    with TemporaryDirectory() as folder:
        for suffix in (".shp", ".dbf", ".prj", ".cpg"):
            part = companion(path, suffix)
            if part is not None:
                shutil.copyfile(part, Path(folder) / f"{path.stem}{suffix}")
        pyogrio.set_gdal_config_options({_RESTORE: "YES"})
        try:
            yield Path(folder) / f"{path.stem}.shp"
        finally:
            pyogrio.set_gdal_config_options({_RESTORE: before})


@contextmanager
def unzipped(path: Path, layer: str, faults: FaultLog) -> Iterator[Path | None]:
    """Unpack the one layer file of an archive into a folder of its own; None with a fault.

    Not through /vsizip: names packed under Windows are in GBK, and the code page is to be checked.
    """
    with TemporaryDirectory() as folder:
        inside = None
        try:
            inside = _unpacked(path, layer, Path(folder), faults)
        # A damaged archive breaks zipfile in any of a dozen ways; a full disk is told elsewhere.
        except Exception as error:
            if isinstance(error, OSError):
                raise
            faults.add(
                path, "", found=f"an archive that cannot be unpacked ({error})",
                expected="a whole .zip file", remedy="unpack it, and name the file inside",
            )  # fmt: skip
        yield inside


def _unpacked(path: Path, layer: str, folder: Path, faults: FaultLog) -> Path | None:
    with zipfile.ZipFile(path) as archive:
        entries = archive.infolist()
        size = sum(entry.file_size for entry in entries)
        if size > MAX_UNPACKED:
            faults.add(
                path, "", found=f"an archive that unpacks to {size:,} bytes",
                expected=f"at most {MAX_UNPACKED:,}", remedy="unpack it, and name the file inside",
            )  # fmt: skip
            return None
        names = {_name(entry): entry for entry in entries if not entry.is_dir()}
        layers = [name for name in names if name.lower().endswith(_LAYER_SUFFIXES)]
        named = [name for name in layers if PurePosixPath(name).stem == layer]
        layers = named or layers
        if len(layers) != 1:
            shown = ", ".join(layers[:12]) or "none"
            faults.add(
                path, "", found=f"{len(layers)} layer files inside: {shown}",
                expected="one layer file in the archive",
                remedy="name one of them, without its suffix, as layer, or unpack the archive"
                if layers else "unpack it, and name the file that holds the layer",
            )  # fmt: skip
            return None
        stem = PurePosixPath(layers[0]).with_suffix("")
        for name, entry in names.items():
            own = PurePosixPath(name)
            if own.with_suffix("") == stem:
                target = folder / f"layer{own.suffix.lower()}"
                with archive.open(entry) as source, target.open("wb") as copy:
                    shutil.copyfileobj(source, copy)
        return folder / f"layer{PurePosixPath(layers[0]).suffix.lower()}"


def _name(entry: zipfile.ZipInfo) -> str:
    """Name of a packed file; Windows packs names in GBK without saying so."""
    if entry.flag_bits & 0x800:
        return entry.filename
    try:
        return entry.filename.encode("cp437").decode("gb18030")
    except UnicodeError:
        return entry.filename
