"""Vector layers of any format OGR reads, old and incomplete shapefiles included."""

from __future__ import annotations

import html
import re
import warnings
from collections.abc import Collection, Iterator
from contextlib import contextmanager
from dataclasses import dataclass, replace
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import Any, Final

import geopandas as gpd
import numpy as np
import pandas as pd
import pyogrio
import pyproj
import shapely

from lastmile.errors import FaultLog
from lastmile.places.encodings import UNREADABLE, decoded, legacy_codec
from lastmile.places.headers import meaning_count
from lastmile.places.pointers import refuse_pointer
from lastmile.places.shapefiles import (
    report_missing_attributes,
    shapefile_encoding,
    unzipped,
    with_index,
)
from lastmile.places.tables import Table, float_text

_ARCHIVES: Final = (".zip", ".kmz")
_BYTES: Final = "ISO-8859-1"
"""Gives every byte a character, to be read as what it is later."""

_KML_FIELD: Final = re.compile(rb"""(<(?:\w+:)?Data\s+name=["'])([^"']*)(["'])""")
_KML_OWN: Final = frozenset(
    {"id", "timestamp", "begin", "end", "altitudeMode", "tessellate", "extrude", "visibility"}
    | {"drawOrder", "icon"}
)
"""What OGR gives every placemark, whatever its author wrote."""

_COPY: Final = "lastmile-copy-"
_COPIES: Final = re.compile(rf"\S*[/\\]{_COPY}\w+[/\\]")
_TEXTS: Final = (".geojson", ".json")


@dataclass(frozen=True, slots=True)
class _Source:
    """What OGR is asked to open, and how."""

    data: Path
    encoding: str = ""
    """'' to believe what the file says."""

    names: tuple[str, ...] = ()
    """Names of the fields that are called ``field0``, ``field1``, … in ``data``."""


def read_vector(path: Path, layer: str, wanted: Collection[str], faults: FaultLog) -> Table | None:
    """Read one layer, its attributes as text.

    Parameters
    ----------
    path
        Any file OGR reads, or a .zip that holds one.
    layer
        Its layer; '' for the only one, or the only one with the columns that are looked for.
    wanted
        Columns that the scenario names.
    faults
        Where to report.
    """
    if "!" in str(path):
        faults.add(
            path, "", found="a '!' in the path, which GDAL takes for the door of an archive",
            expected="a path without it", remedy="rename the file or the folder",
        )  # fmt: skip
        return None
    if path.suffix.lower() in _ARCHIVES:
        with unzipped(path, layer, faults) as inside:
            if inside is None:
                return None
            named = "" if inside.suffix in (".shp", ".tab", ".mif") else layer
            table = _read(path, inside, named, wanted, faults)
        return None if table is None else replace(table, form=f"{table.form}, zipped")
    return _read(path, path, layer, wanted, faults)


def _read(
    path: Path, opened: Path, layer: str, wanted: Collection[str], faults: FaultLog
) -> Table | None:
    """Read ``opened``, calling it ``path`` in messages."""
    if refuse_pointer(path, opened, faults):
        return None
    try:
        # OGR warns of unclosed rings and the like, dealt with here. A shape that cannot be made is
        # read as none, and reported with its row by who needs it.
        with warnings.catch_warnings(), _source(path, opened, faults) as source:
            warnings.simplefilter("ignore")
            if source is None:
                return None
            name = _layer(path, source, layer, wanted, faults)
            return None if name is None else _table(path, source, name, faults)
    except OSError:
        raise
    except (pyproj.exceptions.CRSError, pyogrio.errors.CRSError) as error:
        faults.add(
            path, "", found=f"a coordinate system that cannot be read ({error})",
            expected="a whole .prj, or the system that the format holds",
            remedy="remove the .prj, and state the system of the layer as crs in the scenario",
        )  # fmt: skip
        return None
    except Exception as error:  # noqa: BLE001 - a damaged file breaks GDAL in any of a dozen ways
        faults.add(
            path, "", found=f"no readable layer ({_plain(error, path, opened)})",
            expected="a vector file such as GeoPackage, GeoJSON or Shapefile",
            remedy="check that the file is whole, and of the kind its name says",
        )  # fmt: skip
        return None


def _plain(error: Exception, path: Path, opened: Path) -> str:
    """Tell an error by the name of the user's file, not of a copy that was opened."""
    text = _COPIES.sub("", str(error))
    return text if opened == path else text.replace(str(opened.parent), "")


@contextmanager
def _source(path: Path, opened: Path, faults: FaultLog) -> Iterator[_Source | None]:
    suffix = opened.suffix.lower()
    if suffix == ".shp":
        if report_missing_attributes(opened, faults):
            yield None
            return
        encoding = shapefile_encoding(opened, faults)
        with with_index(opened, faults) as whole:
            yield _Source(whole, encoding)
    elif suffix in (*_TEXTS, ".kml"):
        with TemporaryDirectory(prefix=_COPY) as folder:
            copy = Path(folder) / opened.name
            is_kml = suffix == ".kml"
            yield _kml_source(opened, copy) if is_kml else _json_source(path, opened, copy, faults)
    else:
        yield _Source(opened)


def _json_source(path: Path, opened: Path, copy: Path, faults: FaultLog) -> _Source:
    """Give OGR the UTF-8 that it takes every GeoJSON for.

    In a file of the same name: many layers have no other name than that of their file.
    """
    content = opened.read_bytes()
    made = decoded(content)
    if made is None or made.encoding == "UTF-8":
        return _Source(opened)
    if made.encoding != "UTF-8 with BOM":
        faults.findings.remark(
            path, "", zh=f"GeoJSON 的编码为 {made.encoding}，已按此读取",
            en=f"the GeoJSON is in {made.encoding} rather than UTF-8, and was read so",
        )  # fmt: skip
    copy.write_bytes(made.text.encode("utf-8"))
    return _Source(copy)


def _kml_source(opened: Path, copy: Path) -> _Source:
    """Give the fields of a KML plain names: OGR makes underscores of Chinese ones."""
    names: dict[str, int] = {}
    numbers: dict[bytes, int] = {}

    def plain(match: re.Match[bytes]) -> bytes:
        number = numbers.get(match[2])
        if number is None:
            made = decoded(match[2])
            name = html.unescape("" if made is None else made.text)
            number = numbers[match[2]] = names.setdefault(name, len(names))
        return b"%sfield%d%s" % (match[1], number, match[3])

    copy.write_bytes(_KML_FIELD.sub(plain, opened.read_bytes()))
    return _Source(copy, names=tuple(names))


def _layer(
    path: Path, source: _Source, layer: str, wanted: Collection[str], faults: FaultLog
) -> str | None:
    """Choose the layer that is named, or the only one that can be meant."""
    found = [(str(name), kind) for name, kind in pyogrio.list_layers(source.data)]
    names = [name for name, _ in found]
    if layer:
        if layer in names:
            return layer
        faults.add(
            path, f"layer {layer}", found=f"layers {', '.join(names)}",
            expected=f"a layer {layer!r}", remedy="correct layer in the scenario",
        )  # fmt: skip
        return None
    # QGIS keeps its styles in a table beside the layers.
    likely = [name for name, kind in found if kind is not None] or names
    if len(likely) > 1:
        fields = {name: _fields(source, name) for name in likely}
        asked = {name for name in wanted if name}
        having = [name for name in likely if asked <= set(fields[name])]
        likely = having or likely
        scored = [name for name in likely if meaning_count(fields[name])]
        likely = scored if scored and not asked else likely
    if len(likely) == 1:
        return likely[0]
    faults.add(
        path, "", found=f"layers {', '.join(likely)}" if likely else "no layer",
        expected="the name of the one that is meant" if likely else "a layer of features",
        remedy="state it as layer in the scenario" if likely else "name another file",
    )  # fmt: skip
    return None


def _fields(source: _Source, layer: str) -> list[str]:
    try:
        info = pyogrio.read_info(source.data, layer=layer, encoding=source.encoding or None)
        given = {f"field{k}": name for k, name in enumerate(source.names)}
        return [given.get(str(name), str(name)) for name in info["fields"]]
    except UnicodeDecodeError:
        info = pyogrio.read_info(source.data, layer=layer, encoding=_BYTES)
        return [_mended(str(name), source.encoding or "GB18030") for name in info["fields"]]


def _table(path: Path, source: _Source, layer: str, faults: FaultLog) -> Table | None:
    frame, encoding = _frame(source, layer)
    frame = frame.rename(columns={f"field{k}": name for k, name in enumerate(source.names)})
    if frame.empty and len(frame.columns) <= 1:
        faults.add(
            path, "", found="no features", expected="at least one feature",
            remedy="export the layer anew; it is empty",
        )  # fmt: skip
        return None
    rows = np.arange(1, len(frame) + 1, dtype=np.int64)
    driver = str(pyogrio.read_info(source.data, layer=layer, encoding=_BYTES)["driver"])
    unread = {"geometry"} | (_KML_OWN if driver == "LIBKML" else frozenset())
    columns = [name for name in frame.columns if name not in unread]
    texts = {str(name): _texts(frame[name]) for name in columns}
    cells = pd.DataFrame(texts, index=range(len(frame)))
    kind = driver.replace("ESRI Shapefile", "Shapefile").replace("LIBKML", "KML")
    parts = [kind, encoding, "" if kind in ("Shapefile", "GeoJSON") else f"layer {layer}"]
    form = ", ".join(part for part in parts if part)
    if not isinstance(frame, gpd.GeoDataFrame) or "geometry" not in frame.columns:
        return Table(str(path), cells, rows, "feature", form=form)
    crs = "" if frame.crs is None else frame.crs.to_string()
    geometry = shapely.force_2d(np.asarray(frame.geometry.array, dtype=object))
    return Table(str(path), cells, rows, "feature", geometry, crs, form)


def _frame(source: _Source, layer: str) -> tuple[pd.DataFrame, str]:
    """Read the features, and tell the encoding that had to be found out."""
    asked: dict[str, Any] = {"layer": layer, "force_2d": True, "on_invalid": "ignore"}
    try:
        frame = pyogrio.read_dataframe(source.data, encoding=source.encoding or None, **asked)
    except UnicodeDecodeError:
        # A name or cell cut in the middle of a character, or MapInfo's "Neutral".
        frame = pyogrio.read_dataframe(source.data, encoding=_BYTES, **asked)
    else:
        return frame, source.encoding
    texts = [name for name in frame.columns if pd.api.types.is_string_dtype(frame[name].dtype)]
    content = [*map(str, frame.columns), *(cell for name in texts for cell in frame[name].dropna())]
    encoding = source.encoding or legacy_codec("\n".join(content).encode("latin-1", "replace"))
    for name in texts:
        frame[name] = [None if pd.isna(cell) else _mended(cell, encoding) for cell in frame[name]]
    return frame.rename(columns=lambda name: _mended(str(name), encoding)), encoding


def _mended(text: str, encoding: str) -> str:
    """Decode what was read byte by byte, without the half of a character at a cut end."""
    return text.encode("latin-1", "replace").decode(encoding, "replace").rstrip(UNREADABLE)


def _texts(column: pd.Series) -> pd.Series:
    if pd.api.types.is_bool_dtype(column.dtype):
        return column.astype(str).str.lower()
    if pd.api.types.is_float_dtype(column.dtype):
        return pd.Series([float_text(v) for v in column.to_numpy(dtype=np.float64)], dtype=str)
    if pd.api.types.is_integer_dtype(column.dtype):
        return column.astype(str)
    missing = column.isna()
    texts = column.astype(str).str.strip()
    return texts.mask(missing, "")
