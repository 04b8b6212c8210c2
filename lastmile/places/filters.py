"""A small language to choose rows: ``type contains 便利店, 超级市场 and not name == "旧店"``.

``COLUMN OP VALUE[, VALUE…]`` joined by ``and``, ``or``, ``not`` and parentheses. Several values
mean any of them. Values compare as text; ``<`` and its kin compare numbers where both sides are.
Nothing is ever evaluated as code.
"""

from __future__ import annotations

import operator as operators
import re
from collections.abc import Callable
from dataclasses import dataclass
from typing import Final

import numpy as np
import pandas as pd
from numpy.typing import NDArray

from lastmile.errors import LastmileError
from lastmile.places.numbers import numbers_in

Mask = NDArray[np.bool_]

_MAX_DEPTH: Final = 40
_TOKEN: Final = re.compile(
    r"""\s*(?:
        (?P<quoted>"[^"]*"|'[^']*'|`[^`]*`|“[^”]*”|「[^」]*」)
      | (?P<open>\() | (?P<close>\)) | (?P<comma>[,，])
      | (?P<operator>==|!=|<=|>=|<|>|=)
      | (?P<word>[^\s"'`“「(),，=!<>]+)
    )""",
    re.VERBOSE,
)
_WORD_OPERATORS: Final = frozenset({"contains", "in", "startswith", "is"})
_RESERVED: Final = frozenset({"and", "or", "not"})
_ORDER: Final[dict[str, Callable[[NDArray[np.float64], float], Mask]]] = {
    "<": np.less,
    "<=": np.less_equal,
    ">": np.greater,
    ">=": np.greater_equal,
}


class FilterError(LastmileError, ValueError):
    """A filter that cannot be read, or names a column that is not there."""

    def __init__(self, position: int, found: str, expected: str) -> None:
        super().__init__(f"at character {position}: found {found}; expected {expected}")
        self.position = position
        """Where in the text, counted from 1."""
        self.found = found
        self.expected = expected


_TEXT_ORDER: Final[dict[str, Callable[[str, str], bool]]] = {
    "<": operators.lt,
    "<=": operators.le,
    ">": operators.gt,
    ">=": operators.ge,
}


@dataclass(frozen=True, slots=True)
class Comparison:
    """One ``COLUMN OP VALUES``."""

    column: str
    position: int
    operator: str
    values: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class Not:
    """The rows that the inner condition leaves out."""

    inner: Condition


@dataclass(frozen=True, slots=True)
class AllOf:
    """The rows for which every part holds."""

    parts: tuple[Condition, ...]


@dataclass(frozen=True, slots=True)
class AnyOf:
    """The rows for which at least one part holds."""

    parts: tuple[Condition, ...]


Condition = Comparison | Not | AllOf | AnyOf


def parse_filter(text: str) -> Condition:
    """Read a filter.

    Raises
    ------
    FilterError
        With the position of what cannot be read.

    Examples
    --------
    >>> parse_filter("level == village")
    Comparison(column='level', position=1, operator='==', values=('village',))
    """
    parser = _Parser(text)
    condition = parser.disjunction(0)
    parser.expect_end()
    return condition


def matches(condition: Condition, frame: pd.DataFrame) -> Mask:
    """Tell which rows of a frame of text meet the condition.

    Parameters
    ----------
    condition
        From :func:`parse_filter`.
    frame
        Columns of text; missing cells are ''.

    Returns
    -------
    array
        Shape (rows,).

    Raises
    ------
    FilterError
        When a column is not in the frame.
    """
    if isinstance(condition, Comparison):
        return _compare(condition, frame)
    if isinstance(condition, Not):
        return ~matches(condition.inner, frame)
    masks = [matches(part, frame) for part in condition.parts]
    combine = np.logical_and if isinstance(condition, AllOf) else np.logical_or
    result: Mask = combine.reduce(masks)
    return result


def _compare(condition: Comparison, frame: pd.DataFrame) -> Mask:
    if condition.column not in frame.columns:
        present = ", ".join(map(str, frame.columns))
        raise FilterError(condition.position, f"column {condition.column!r}", f"one of: {present}")
    cells = frame[condition.column]
    operator, values = condition.operator, condition.values
    if operator == "is":
        present_cells: Mask = (cells != "").to_numpy(dtype=bool)
        return present_cells if values == ("present",) else ~present_cells
    if operator in _ORDER:
        return _ordered(cells, operator, values[0])
    result = np.zeros(len(frame), dtype=bool)
    for value in values:
        if operator == "contains":
            found = cells.str.contains(value, regex=False)
        elif operator == "startswith":
            found = cells.str.startswith(value)
        else:
            found = cells == value
        result |= found.to_numpy(dtype=bool)
    return ~result if operator == "!=" else result


def _ordered(cells: pd.Series, operator: str, value: str) -> Mask:
    numbers = numbers_in(cells)
    try:
        limit = float(value)
    except ValueError:
        return np.array([_TEXT_ORDER[operator](cell, value) for cell in cells], dtype=np.bool_)
    held: Mask = _ORDER[operator](numbers, limit)
    return held


@dataclass(frozen=True, slots=True)
class _Token:
    kind: str
    text: str
    position: int


def _tokens(text: str) -> list[_Token]:
    tokens: list[_Token] = []
    at, end = 0, len(text.rstrip())
    while at < end:
        match = _TOKEN.match(text, at)
        if match is None:
            start = at + len(text[at:]) - len(text[at:].lstrip())
            raise FilterError(start + 1, repr(text[start]), "a column, a value or an operator")
        kind = str(match.lastgroup)
        word = match.group(kind)
        position = match.start(kind) + 1
        if kind == "quoted":
            word = word[1:-1]
        elif kind == "word" and word.casefold() in _WORD_OPERATORS:
            kind, word = "operator", word.casefold()
        elif kind == "word" and word.casefold() in _RESERVED:
            kind, word = word.casefold(), word.casefold()
        tokens.append(_Token(kind, "==" if word == "=" and kind == "operator" else word, position))
        at = match.end()
    tokens.append(_Token("end", "", end + 1))
    return tokens


class _Parser:
    """Recursive descent over the tokens of one filter."""

    def __init__(self, text: str) -> None:
        self._tokens = _tokens(text)
        self._at = 0

    @property
    def _token(self) -> _Token:
        return self._tokens[self._at]

    def _take(self) -> _Token:
        token = self._token
        self._at += 1
        return token

    def _fail(self, expected: str) -> FilterError:
        token = self._token
        found = "the end" if token.kind == "end" else repr(token.text)
        return FilterError(token.position, found, expected)

    def expect_end(self) -> None:
        if self._token.kind != "end":
            raise self._fail("and, or, or the end")

    def disjunction(self, depth: int) -> Condition:
        parts = [self._conjunction(depth)]
        while self._token.kind == "or":
            self._take()
            parts.append(self._conjunction(depth))
        return parts[0] if len(parts) == 1 else AnyOf(tuple(parts))

    def _conjunction(self, depth: int) -> Condition:
        parts = [self._factor(depth)]
        while self._token.kind == "and":
            self._take()
            parts.append(self._factor(depth))
        return parts[0] if len(parts) == 1 else AllOf(tuple(parts))

    def _factor(self, depth: int) -> Condition:
        if depth > _MAX_DEPTH:
            raise self._fail(f"at most {_MAX_DEPTH} levels of parentheses and not")
        if self._token.kind == "not":
            self._take()
            return Not(self._factor(depth + 1))
        if self._token.kind == "open":
            self._take()
            inner = self.disjunction(depth + 1)
            if self._token.kind != "close":
                raise self._fail("a closing parenthesis")
            self._take()
            return inner
        return self._comparison()

    def _comparison(self) -> Condition:
        if self._token.kind not in ("word", "quoted"):
            raise self._fail("a column (quote it if it is an operator's name)")
        column = self._take()
        negated = self._token.kind == "not"
        if negated:
            self._take()
        if self._token.kind != "operator":
            raise self._fail("an operator: contains, startswith, in, is, ==, !=, <, <=, >, >=")
        operator = self._take().text
        values = self._state() if operator == "is" else self._values(operator)
        comparison = Comparison(column.text, column.position, operator, values)
        return Not(comparison) if negated else comparison

    def _state(self) -> tuple[str, ...]:
        token = self._token
        state = token.text.casefold()
        if token.kind != "word" or state not in ("present", "missing"):
            raise self._fail("present or missing")
        self._take()
        return (state,)

    def _values(self, operator: str) -> tuple[str, ...]:
        values = [self._value()]
        while self._token.kind == "comma":
            if operator in _ORDER:
                raise self._fail(f"one value after {operator}")
            self._take()
            values.append(self._value())
        return tuple(values)

    def _value(self) -> str:
        if self._token.kind == "quoted":
            return self._take().text
        words: list[str] = []
        while self._token.kind == "word":
            words.append(self._take().text)
        if not words:
            raise self._fail("a value (quote it if it holds an operator)")
        return " ".join(words)
