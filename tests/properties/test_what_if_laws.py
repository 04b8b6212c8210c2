"""What-if answers are those of looking at everybody again."""

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from siting_cases import laws, problems, reach_of

from lastmile.siting import SitingProblem, coverage, situation_of, what_if


@st.composite
def questions(draw):
    problem = draw(problems())
    n = problem.reach.n_sites
    masks = st.lists(st.booleans(), min_size=n, max_size=n)
    is_open, toggled = np.array(draw(masks)), np.array(draw(masks))
    return problem, is_open, toggled


def asked(problem, is_open, toggled):
    return what_if(
        situation_of(problem, is_open),
        opened=np.flatnonzero(toggled & ~is_open).tolist(),
        closed=np.flatnonzero(toggled & is_open).tolist(),
    )


@laws
@given(questions())
def test_the_answer_is_that_of_looking_at_everybody_again(question):
    problem, is_open, toggled = question
    change = asked(*question)
    station, length_mm = coverage(problem, is_open ^ toggled)
    assert (change.situation.station == station).all()
    assert (change.situation.length_mm == length_mm).all()
    before = coverage(problem, is_open)[0]
    assert change.gained.tolist() == np.flatnonzero((before < 0) & (station >= 0)).tolist()
    assert change.lost.tolist() == np.flatnonzero((before >= 0) & (station < 0)).tolist()
    covered = [int(problem.demand[found >= 0].sum()) for found in (before, station)]
    assert change.demand == covered[1] - covered[0]


@laws
@given(questions())
def test_undoing_a_change_leads_back(question):
    problem, is_open, toggled = question
    change = asked(*question)
    back = what_if(
        change.situation,
        opened=np.flatnonzero(toggled & is_open).tolist(),
        closed=np.flatnonzero(toggled & ~is_open).tolist(),
    )
    assert (back.situation.station == coverage(problem, is_open)[0]).all()
    assert back.gained.tolist() == change.lost.tolist()
    assert back.demand == -change.demand


@laws
@given(questions(), st.integers(1, 4))
def test_groups_add_up_to_the_whole(question, n_groups):
    problem = question[0]
    change = asked(*question)
    group = np.arange(problem.reach.n_demand) % n_groups
    assert change.by_group(group, n_groups).sum() == change.demand


def test_a_site_cannot_open_and_close_at_once():
    none = np.array([False])
    problem = SitingProblem(reach_of([[5]]), np.array([1]), np.array([1]), none, none, none)
    with pytest.raises(ValueError, match="at once"):
        what_if(situation_of(problem, none), opened=[0], closed=[0])
