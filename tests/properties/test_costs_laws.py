"""Laws of the cost tables."""

import numpy as np
from hypothesis import given
from hypothesis import strategies as st

from lastmile.costs import Reach, covers


@st.composite
def reaches(draw):
    n_demand, n_sites = draw(st.integers(0, 6)), draw(st.integers(1, 6))
    rows = [
        sorted(draw(st.sets(st.integers(0, n_sites - 1), max_size=n_sites)))
        for _ in range(n_demand)
    ]
    indices = np.array([site for row in rows for site in row], np.int32)
    length = draw(st.lists(st.integers(0, 5_000_000), min_size=indices.size, max_size=indices.size))
    indptr = np.concatenate(([0], np.cumsum([len(row) for row in rows]))).astype(np.int64)
    ids = tuple(f"p{k}" for k in range(n_demand)), tuple(f"s{k}" for k in range(n_sites))
    return Reach(indptr, indices, np.array(length, np.int64), *ids)


def pairs(reach):
    return set(zip(reach.rows().tolist(), reach.indices.tolist(), strict=True))


@given(reaches(), st.integers(0, 5_000_000))
def test_a_longer_standard_never_uncovers_a_demand_point(reach, standard_mm):
    standard = np.full(reach.n_demand, standard_mm, np.int64)
    assert pairs(covers(reach, standard)) <= pairs(covers(reach, 2 * standard))


@given(reaches(), st.integers(0, 5_000_000))
def test_the_limit_is_inclusive_and_exact(reach, standard_mm):
    kept = covers(reach, np.full(reach.n_demand, standard_mm, np.int64))
    expected = {
        pair
        for pair, length in zip(
            zip(reach.rows().tolist(), reach.indices.tolist(), strict=True),
            reach.length_mm.tolist(),
            strict=True,
        )
        if length <= standard_mm
    }
    assert pairs(kept) == expected
    assert kept.indptr[-1] == kept.indices.size
