"""Vector layers of any format OGR reads, old shapefiles in GBK included."""

from __future__ import annotations

import warnings
from pathlib import Path

import numpy as np
import pandas as pd
import pyogrio
import shapely

from lastmile.errors import FaultLog
from lastmile.places.tables import Table, float_text


def read_vector(path: Path, layer: str, faults: FaultLog) -> Table | None:
    """Read one layer, its attributes as text.

    Parameters
    ----------
    path
        Any file OGR reads.
    layer
        Its layer; '' for the first.
    faults
        Where to report.
    """
    if "!" in str(path):
        faults.add(
            path,
            "",
            found="a '!' in the path, which GDAL takes for the door of an archive",
            expected="a path without it",
            remedy="rename the file or the folder",
        )
        return None
    try:
        names = [str(name) for name, _ in pyogrio.list_layers(path)]
        if layer and layer not in names:
            faults.add(
                path,
                f"layer {layer}",
                found=f"layers {', '.join(names)}",
                expected=f"a layer {layer!r}",
                remedy="correct layer in the scenario",
            )
            return None
        with warnings.catch_warnings():
            # OGR warns of unclosed rings and of several layers; both are dealt with here. A shape
            # that cannot be made is read as none, and reported with its row by who needs it.
            warnings.simplefilter("ignore")
            frame = pyogrio.read_dataframe(
                path,
                layer=layer or names[0],
                encoding=_encoding(path),
                force_2d=True,
                on_invalid="ignore",
            )
    except (pyogrio.errors.DataSourceError, pyogrio.errors.DataLayerError, IndexError) as error:
        faults.add(
            path,
            "",
            found=f"no readable layer ({error})",
            expected="a vector file such as GeoPackage, GeoJSON or Shapefile",
            remedy="check that the file is whole, and of the kind its name says",
        )
        return None
    if frame.empty and len(frame.columns) <= 1:
        faults.add(
            path,
            "",
            found="no features",
            expected="at least one feature",
            remedy="export the layer anew; it is empty",
        )
        return None
    rows = np.arange(1, len(frame) + 1, dtype=np.int64)
    columns = [name for name in frame.columns if name != "geometry"]
    cells = pd.DataFrame({str(name): _texts(frame[name]) for name in columns})
    if "geometry" not in frame.columns:
        return Table(str(path), cells, rows, "feature")
    crs = "" if frame.crs is None else frame.crs.to_string()
    geometry = np.asarray(frame.geometry.array, dtype=object)
    if not columns:
        cells = pd.DataFrame(index=range(len(frame)))
    return Table(str(path), cells, rows, "feature", shapely.force_2d(geometry), crs)


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


def _encoding(path: Path) -> str | None:
    """Recognise the encoding of a shapefile that does not state it.

    Such files read as mojibake without any error, so the bytes are tried: Chinese offices write
    GBK, newer programs UTF-8. Cells cut in the middle of a character leave a few bad bytes.
    """
    table = path.with_suffix(".dbf")
    if path.suffix.lower() != ".shp" or path.with_suffix(".cpg").exists() or not table.exists():
        return None
    content = table.read_bytes()
    bad = {name: content.decode(name, errors="replace").count("�") for name in ("utf-8", "gb18030")}
    return "UTF-8" if bad["utf-8"] <= bad["gb18030"] else "GB18030"
