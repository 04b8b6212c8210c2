"""Laws of times of day and delivery windows."""

from __future__ import annotations

from hypothesis import given
from hypothesis import strategies as st

from lastmile.places.windows import ANY_TIME, DAY_S, clock_of, window_of

minutes = st.integers(0, 24 * 60)
WAYS = [
    lambda h, m: f"{h:02}:{m:02}",
    lambda h, m: f"{h}：{m:02}",
    lambda h, m: f"{h}:{m:02}:00",
    lambda h, m: f"{h}点{m}分",
    lambda h, m: f"{h}时" if m == 0 else f"{h}时{m:02}",
    lambda h, m: repr((h * 60 + m) / (24 * 60)),
    lambda h, m: f"1899-12-30 {h:02}:{m:02}:00",
]


@given(minutes, st.sampled_from(WAYS))
def test_every_way_to_write_a_time_reads_as_that_time(minute, way):
    assert clock_of(way(*divmod(minute, 60))) == minute * 60


@given(minutes, minutes, st.sampled_from(WAYS[:5]), st.sampled_from(["-", "~", "至", "到", " — "]))
def test_a_window_is_read_where_it_ends_after_it_starts_and_only_there(start, end, way, between):
    cell = way(*divmod(start, 60)) + between + way(*divmod(end, 60))
    expected = (start * 60, end * 60) if start < end else None
    assert window_of(cell) == expected


@given(st.text(max_size=20))
def test_whatever_is_written_reads_as_a_window_of_the_day_or_not_at_all(cell):
    read = window_of(cell)
    assert read is None or 0 <= read[0] < read[1] <= DAY_S
    clock = clock_of(cell)
    assert clock is None or 0 <= clock <= DAY_S


def test_words_for_parts_of_the_day_are_windows():
    assert window_of("上午") == (8 * 3600, 12 * 3600)
    assert window_of("下午2点到5点半") == (14 * 3600, 17 * 3600 + 1800)
    assert window_of(" 全天 ") == window_of("") == ANY_TIME
    assert window_of("上午9:00-下午3:00") == (9 * 3600, 15 * 3600)
    assert window_of("25:00-26:00") is None
    assert window_of("8-12") is None  # a spreadsheet's 12 August as likely as noon
