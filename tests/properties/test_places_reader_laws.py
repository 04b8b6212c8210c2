"""No file breaks a reader: whatever its bytes, there are rows, or faults that say why not."""

from __future__ import annotations

import csv
import io
import random
from pathlib import Path

import pytest
from hypothesis import HealthCheck, example, given, settings
from hypothesis import strategies as st
from reader_files import HEADER, ROWS, damaged, read_as_points, whole_files, written

from lastmile.errors import FaultLog
from lastmile.places.files import read_table

TEXTS = (".csv", ".txt", ".geojson", ".kml", ".prj")
KINDS = (*TEXTS, ".xlsx", ".xls", ".gpkg", ".shp", ".shx", ".dbf", ".zip")
LENIENT = settings(
    max_examples=60, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture]
)


@pytest.fixture(scope="module")
def whole(tmp_path_factory):
    return whole_files(tmp_path_factory.mktemp("whole"))


@pytest.mark.parametrize("suffix", KINDS)
def test_every_kind_of_file_is_read_when_it_is_whole(tmp_path, whole, suffix):
    path = written(tmp_path, whole, suffix, whole[suffix])
    assert read_as_points(path) == (len(ROWS), 0)


@LENIENT
@given(st.sampled_from([*KINDS, ".ods", ".tab", ".mif", ".kmz"]), st.binary(max_size=600))
@example(".csv", b"")
@example(".xls", b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1" + bytes(600))
@example(".xlsx", b"PK\x03\x04" + bytes(600))
def test_random_bytes_are_refused_with_a_reason(tmp_path, whole, suffix, content):
    n_rows, n_faults = read_as_points(written(tmp_path, whole, suffix, content))
    assert n_rows or n_faults


@LENIENT
@given(st.sampled_from(KINDS), st.integers(0, 2**32))
def test_damaged_files_give_rows_or_reasons(tmp_path, whole, suffix, seed):
    content = damaged(whole[suffix], random.Random(seed))  # noqa: S311 - it damages files
    n_rows, n_faults = read_as_points(written(tmp_path, whole, suffix, content))
    assert n_rows or n_faults


CELLS = st.text("甲乙丙社区abc123 ,;'\"\n", max_size=6)


@LENIENT
@given(
    st.lists(st.lists(CELLS, min_size=len(HEADER), max_size=len(HEADER)), max_size=12),
    st.sampled_from(list(",;\t|，；")),
    st.sampled_from(["utf-8", "utf-8-sig", "utf-16", "gb18030"]),
    st.sampled_from(["\n", "\r\n"]),
    st.integers(0, 2),
)
def test_every_cell_written_as_csv_is_read_back_with_its_row(
    tmp_path, rows, separator, encoding, end, n_titles
):
    path = tmp_path / "a.csv"
    text = io.StringIO(newline="")
    writer = csv.writer(text, delimiter=separator, lineterminator=end, quoting=csv.QUOTE_ALL)
    for _ in range(n_titles):
        writer.writerow(["某区社区表"])
    writer.writerows([HEADER, *rows])
    path.write_bytes(text.getvalue().encode(encoding))
    faults = FaultLog()
    table = read_table(path, "", (), faults)
    stripped = [[cell.strip() for cell in row] for row in rows]
    assert faults.faults == []
    assert table.frame.to_numpy().tolist() == [row for row in stripped if any(row)]
    first = n_titles + 2
    assert list(table.rows) == [first + k for k, row in enumerate(stripped) if any(row)]


@LENIENT
@given(st.text(max_size=300), st.sampled_from(["utf-8", "utf-16", "gb18030"]))
def test_any_text_is_a_table_or_refused(tmp_path, text, encoding):
    path = Path(tmp_path) / "a.csv"
    path.write_bytes(text.encode(encoding, errors="replace"))
    n_rows, n_faults = read_as_points(path)
    assert n_rows or n_faults
