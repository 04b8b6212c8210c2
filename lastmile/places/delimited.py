"""CSV files as offices save them: any of three separators, UTF-8 with or without BOM, GB18030."""

from __future__ import annotations

import io
from collections import Counter
from pathlib import Path
from typing import Final

import numpy as np
import pandas as pd

from lastmile.errors import FaultLog
from lastmile.places.tables import Table

_SEPARATORS: Final = ",;\t"
_BOMS: Final = ((b"\xef\xbb\xbf", "utf-8-sig"), (b"\xff\xfe", "utf-16"), (b"\xfe\xff", "utf-16"))


def read_delimited(path: Path, faults: FaultLog) -> Table | None:
    """Read a CSV file whose first row is the header.

    Encoding and separator are recognised. Returns None, with a fault, when it cannot be read.
    """
    text = _decoded(path.read_bytes())
    if text is None or "\0" in text:
        faults.add(
            path,
            "",
            found="bytes that are no text",
            expected="a CSV file in UTF-8 or GB18030",
            remedy="save the table as CSV UTF-8, or name the right file",
        )
        return None
    if not text.strip():
        faults.add(
            path, "", found="an empty file", expected="a header and rows", remedy="fill the file"
        )
        return None
    above = len(text) - len(text.lstrip("\r\n"))
    n_blank = len(text[:above].splitlines())
    try:
        grid = pd.read_csv(
            io.StringIO(text[above:]),
            header=None,
            sep=_separator(text),
            dtype=str,
            keep_default_na=False,
            na_filter=False,
            skip_blank_lines=False,
        )
    except (pd.errors.ParserError, pd.errors.EmptyDataError) as error:
        faults.add(
            path,
            "",
            found=str(error).strip().removeprefix("Error tokenizing data. C error: "),
            expected="as many cells in each row as in the header",
            remedy="mend the row named, or quote cells that hold the separator",
        )
        return None
    return table_from_grid(str(path), grid.fillna(""), 0, faults, n_blank)


def table_from_grid(
    file: str, grid: pd.DataFrame, header: int, faults: FaultLog, n_above: int = 0
) -> Table | None:
    """Make a table of a sheet's cells.

    Parameters
    ----------
    file
        Its name, for messages.
    grid
        All cells as text, title rows included.
    header
        Position of the header row.
    faults
        Where a repeated column name is reported.
    n_above
        Rows of the file that stand above the grid, so that rows are numbered as in the file.

    Returns
    -------
    Table or None
        Without rows that are wholly empty; None when two columns share a name.
    """
    names = [str(cell).strip() for cell in grid.iloc[header]]
    repeated = sorted(name for name, count in Counter(names).items() if name and count > 1)
    if repeated:
        faults.add(
            file,
            f"row {n_above + header + 1}",
            found=f"two columns named {', '.join(repeated)}",
            expected="a name of its own for each column",
            remedy="rename or remove one",
        )
        return None
    body = grid.iloc[header + 1 :]
    keep = [k for k, name in enumerate(names) if name]
    frame = pd.DataFrame(
        {names[k]: body.iloc[:, k].str.strip() for k in keep}, columns=[names[k] for k in keep]
    )
    filled = (frame != "").any(axis=1).to_numpy(dtype=bool)
    rows = np.arange(len(body), dtype=np.int64) + (n_above + header + 2)
    return Table(file, frame[filled].reset_index(drop=True), rows[filled])


def _decoded(content: bytes) -> str | None:
    encodings = [name for bom, name in _BOMS if content.startswith(bom)] or ["utf-8", "gb18030"]
    for encoding in encodings:
        try:
            return content.decode(encoding)
        except UnicodeDecodeError:
            continue
    return None


def _separator(text: str) -> str:
    header = text.lstrip("\r\n").partition("\n")[0]
    outside_quotes = "".join(header.split('"')[::2])
    return max(_SEPARATORS, key=outside_quotes.count)
