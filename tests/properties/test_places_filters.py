"""Laws of the filter language."""

from __future__ import annotations

import numpy as np
import pandas as pd
from hypothesis import given
from hypothesis import strategies as st

from lastmile.places.filters import FilterError, matches, parse_filter

_FRAME = pd.DataFrame(
    {
        "type": ["购物服务;便利店", "购物服务;超级市场", "餐饮服务", ""],
        "level": ["village", "town", "village", "county"],
        "n": ["3", "", "12", "007"],
    }
)
_WORDS = ("type", "level", "n", "village", "便利店", '"x"', "'a b'", "3", ",", "(", ")")
_OPERATORS = ("in", "is", "present", "missing", "contains", "startswith", "==", "!=", "<", ">=")
_TOKENS = st.sampled_from((*_WORDS, *_OPERATORS, "and", "or", "not"))
_ATOMS = st.sampled_from(
    ["level == village", "n < 10", "type contains 便利店, 超级市场", "n is missing", "n in 3, 12"]
)


def _mask(text):
    return matches(parse_filter(text), _FRAME)


def _expect_filter_or_refusal(text):
    refusal = None
    try:
        mask = _mask(text)
    except FilterError as error:
        refusal = error
    if refusal is None:
        assert mask.shape == (len(_FRAME),)
        assert mask.dtype == np.bool_
    else:
        assert 1 <= refusal.position <= len(text) + 1


@given(st.text(max_size=60))
def test_any_text_is_either_a_filter_or_refused_with_a_position_inside_it(text):
    _expect_filter_or_refusal(text)


@given(st.lists(_TOKENS, max_size=14))
def test_any_order_of_known_words_is_either_a_filter_or_refused(words):
    _expect_filter_or_refusal(" ".join(words))


@given(_ATOMS, _ATOMS)
def test_not_and_parentheses_obey_de_morgan(one, other):
    left = _mask(f"not ({one} and {other})")
    assert (left == _mask(f"not {one} or not {other}")).all()


@given(_ATOMS, _ATOMS, _ATOMS)
def test_and_binds_closer_than_or(one, two, three):
    assert (_mask(f"{one} or {two} and {three}") == _mask(f"{one} or ({two} and {three})")).all()


@given(_ATOMS)
def test_a_filter_and_its_negation_split_the_rows(one):
    assert (_mask(one) ^ _mask(f"not {one}")).all()
