"""Laws of merging premises that are listed more than once."""

from __future__ import annotations

from dataclasses import replace

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from lastmile.places.duplicates import CANDIDATE, EXISTING, Listing, crowded, keepers
from lastmile.places.premise_names import premise_name

NAMES = [
    "好德便利店",
    "好德便利店(天钥桥路店)",
    "好德便利店（漕溪路店）",
    "好德便利",
    "上海好德有限公司",
    "超市",
    "便利店",
    "第一超市",
    "第二超市",
    "葛庄村村委会",
    "葛庄村村民委员会",
    "",
]


@st.composite
def listings(draw):
    """Premises on a strip of 120 m, so that most are near others and some are not."""
    n = draw(st.integers(0, 14))
    cell = st.integers(0, 24).map(lambda k: 5.0 * k)
    spots = np.array([(draw(cell), draw(cell) / 4) for _ in range(n)]).reshape(-1, 2)
    names = [draw(st.sampled_from(NAMES)) for _ in range(n)]
    return Listing(
        tuple(f"s{draw(st.integers(0, 20))}" for _ in range(n)),
        tuple(premise_name(name) if name else None for name in names),
        spots,
        np.array([draw(st.integers(0, 3)) for _ in range(n)], dtype=np.int64),
        tuple(draw(st.sampled_from(["", "shop", "committee"])) for _ in range(n)),
        np.array([draw(st.integers(0, 3)) for _ in range(n)], dtype=np.int64),
        crowded(spots),
    )


def taken(listing, rows):
    return Listing(
        tuple(listing.ids[k] for k in rows),
        tuple(listing.names[k] for k in rows),
        listing.spots[rows],
        listing.ranks[rows],
        tuple(listing.premises[k] for k in rows),
        listing.n_filled[rows],
        listing.crowded[rows],
    )


def looks(listing, k):
    """All that is known of a row: rows alike in this are one to any rule."""
    name = listing.names[k]
    return (
        listing.ids[k], name, tuple(listing.spots[k]), int(listing.ranks[k]),
        listing.premises[k], int(listing.n_filled[k]),
    )  # fmt: skip


@given(listings())
def test_merging_what_was_merged_changes_nothing(listing):
    into = keepers(listing, 50.0, 15.0)
    kept = np.flatnonzero(into == np.arange(len(into)))
    again = keepers(taken(listing, kept), 50.0, 15.0)
    assert again.tolist() == list(range(len(kept)))


@given(listings(), st.randoms(use_true_random=False))
def test_the_order_of_the_rows_does_not_decide_what_is_kept(listing, random):
    order = list(range(len(listing.ids)))
    random.shuffle(order)
    into = keepers(listing, 50.0, 15.0)
    other = keepers(taken(listing, np.array(order, dtype=np.int64)), 50.0, 15.0)
    kept = sorted(repr(looks(listing, k)) for k in set(into.tolist()))
    assert sorted(repr(looks(listing, order[k])) for k in set(other.tolist())) == kept


@given(listings())
def test_every_double_goes_straight_into_a_kept_row_within_reach_and_of_no_lower_worth(listing):
    into = keepers(listing, 50.0, 15.0)
    for own, kept in enumerate(into.tolist()):
        assert into[kept] == kept
        assert np.hypot(*(listing.spots[own] - listing.spots[kept])) <= 50.0
        assert listing.ranks[kept] <= listing.ranks[own]


@given(listings())
def test_two_required_or_forbidden_premises_are_merged_under_one_id_only(listing):
    for own, kept in enumerate(keepers(listing, 50.0, 15.0).tolist()):
        if own != kept and listing.ranks[own] not in (CANDIDATE, EXISTING):
            assert listing.ids[own] == listing.ids[kept]


@given(listings())
def test_limits_of_zero_merge_nothing(listing):
    assert keepers(listing, 0.0, 0.0).tolist() == list(range(len(listing.ids)))


@given(listings(), st.floats(0.0, 100.0), st.floats(0.0, 100.0))
def test_what_is_far_from_all_others_is_kept(listing, same_m, similar_m):
    strewn = np.arange(len(listing.ids))[:, None] * 1e6
    far = replace(listing, spots=listing.spots + strewn)
    assert keepers(far, same_m, similar_m).tolist() == list(range(len(listing.ids)))


@given(st.sampled_from(NAMES), st.sampled_from(NAMES))
def test_likeness_of_names_is_mutual(one, two):
    a, b = premise_name(one), premise_name(two)
    assert a.is_same(b) == b.is_same(a)
    assert a.is_similar(b) == b.is_similar(a)


@given(st.text(max_size=30), st.text(max_size=30))
def test_any_text_can_be_compared_as_a_name(one, two):
    a, b = premise_name(one), premise_name(two)
    assert a.is_similar(b) == b.is_similar(a)
    assert a.is_same(a) == bool(a.core)


@pytest.mark.parametrize(
    ("one", "two"),
    [
        ("好德便利店", "好德便利店（天钥桥路店）"),
        ("全家（徐家汇店）", "全家【徐家汇分店】"),
        ("常州市金土地超市有限公司", "常州市金土地超市"),
        ("ＫＫ超市", "kk 超市"),
        ("葛庄村村委会", "葛庄村村民委员会"),
    ],
)
def test_ways_to_write_one_name_are_alike(one, two):
    assert premise_name(one).is_similar(premise_name(two))


@pytest.mark.parametrize(
    ("one", "two"),
    [
        ("全家（徐家汇店）", "全家（漕溪路店）"),
        ("翠竹一村超市", "翠竹二村超市"),
        ("1号楼便利店", "2号楼便利店"),
        ("南门便利店", "北门便利店"),
        ("全家便利店", "罗森便利店"),
        ("上海远业律师事务所", "上海央汇律师事务所"),
    ],
)
def test_neighbours_with_names_of_their_own_are_not_alike(one, two):
    assert not premise_name(one).is_similar(premise_name(two))
