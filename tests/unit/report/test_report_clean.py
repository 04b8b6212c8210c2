"""Users' text stays itself, but for what a file format cannot hold."""

from __future__ import annotations

import re
from xml.etree import ElementTree as ET
from xml.sax.saxutils import escape

from hypothesis import given
from hypothesis import strategies as st

from lastmile.report.clean import (
    MAX_CELL_CHARACTERS,
    cell_text,
    display_width,
    figure,
    file_stems,
    text,
)

ANY_TEXT = st.text(st.characters(exclude_categories=[]), max_size=40)


@given(ANY_TEXT)
def test_cleaned_text_can_stand_in_xml(words):
    document = f"<a>{escape(text(words))}</a>".encode()
    parsed = ET.fromstring(document)  # noqa: S314 - our own document
    assert (parsed.text or "") == text(words)


@given(ANY_TEXT)
def test_cleaning_twice_changes_nothing_more(words):
    assert text(text(words)) == text(words)


def test_ordinary_names_are_left_alone():
    for name in ("兰陵便利店", "A & B <总店>", "=SUM(A1)", "𠮷野家", "café"):
        assert text(name) == name


def test_missing_values_become_nothing():
    assert text(None) == text(float("nan")) == ""
    assert figure(None) is None
    assert figure(float("nan")) is None


def test_text_too_long_for_a_cell_is_cut_and_says_so():
    cut = cell_text("长" * 40_000)
    assert len(cut) == MAX_CELL_CHARACTERS
    assert cut.endswith("…")
    assert cell_text("<r><t>x</t></r>") != "<r><t>x</t></r>"


def test_chinese_counts_double():
    assert display_width("站点 A1") == 7


@given(st.lists(ANY_TEXT, unique=True, max_size=12))
def test_file_names_differ_and_suit_every_file_system(ids):
    stems = file_stems(ids, reserved=("index",))
    assert list(stems) == ids
    folded = [stem.casefold() for stem in stems.values()]
    assert len(set(folded)) == len(folded)
    for stem in stems.values():
        assert re.fullmatch(r"[\w\-]{1,70}", stem)
        assert stem.casefold() not in {"index", "con", "nul", "aux", "prn"}


def test_route_ids_that_point_elsewhere_stay_in_the_folder():
    assert set(file_stems(["../../etc/passwd", "a/b", "..", "con"]).values()) == {
        "etc_passwd", "a_b", "route", "con_",
    }  # fmt: skip
