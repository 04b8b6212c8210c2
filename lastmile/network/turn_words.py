"""Turns in words, in Chinese and English, from one table."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from itertools import pairwise
from typing import Final, Literal

from lastmile.network.turn_judgement import TurnKind
from lastmile.network.turn_list import Turn

Language = Literal["zh", "en"]

_WORDS: Final[Mapping[str, tuple[str, str]]] = {
    "stretch": ("沿{road}行驶 {distance}，{turn}", "Along {road} for {distance}, then {turn}"),
    "no_name": ("无名道路", "the unnamed road"),
    "onto": ("{turn}进入{road}", "{turn} onto {road}"),
    "metres": ("{0} 米", "{0} m"),
    "kilometres": ("{0} 公里", "{0} km"),
    "exit": ("进入环岛，从第 {0} 个出口驶出", "enter the roundabout and take exit {0}"),
}
_TURNS: Final[Mapping[TurnKind, tuple[str, str]]] = {
    "depart": ("出发", "set out"),
    "continue": ("直行", "continue"),
    "slight_left": ("靠左前方行驶", "bear left"),
    "left": ("左转", "turn left"),
    "sharp_left": ("向左后方转弯", "turn sharply left"),
    "slight_right": ("靠右前方行驶", "bear right"),
    "right": ("右转", "turn right"),
    "sharp_right": ("向右后方转弯", "turn sharply right"),
    "u_turn": ("掉头", "turn round"),
    "roundabout": ("进入环岛", "enter the roundabout"),
    "arrive": ("到达目的地", "arrive"),
}
_KILOMETRE_M: Final = 1000


def turn_sentences(turns: Sequence[Turn], language: Language) -> list[str]:
    """Tell a leg's turns, one sentence for each stretch of road.

    Parameters
    ----------
    turns
        Of one leg, from departing to arriving.
    language
        Whose words.

    Examples
    --------
    >>> here = {"lon": 119.95, "lat": 31.78}
    >>> turns = [
    ...     Turn("depart", **here, name_before="", name_after="延陵路", distance_mm=0, time_ms=0),
    ...     Turn("left", **here, name_before="延陵路", name_after="和平路",
    ...          distance_mm=352_100, time_ms=60_000),
    ...     Turn("arrive", **here, name_before="和平路", name_after="和平路",
    ...          distance_mm=1_852_100, time_ms=200_000),
    ... ]
    >>> turn_sentences(turns, "zh")
    ['沿延陵路行驶 350 米，左转进入和平路', '沿和平路行驶 1.5 公里，到达目的地']
    >>> turn_sentences(turns, "en")[0]
    'Along 延陵路 for 350 m, then turn left onto 和平路'
    """
    column = ("zh", "en").index(language)
    words = {key: pair[column] for key, pair in _WORDS.items()}
    return [
        words["stretch"].format(
            road=before.name_after or words["no_name"],
            distance=_distance(turn.distance_mm - before.distance_mm, words),
            turn=_manoeuvre(turn, words, column),
        )
        for before, turn in pairwise(turns)
    ]


def _manoeuvre(turn: Turn, words: Mapping[str, str], column: int) -> str:
    told = words["exit"].format(turn.exit) if turn.exit else _TURNS[turn.kind][column]
    if turn.kind == "arrive" or not turn.name_after:
        return told
    return words["onto"].format(turn=told, road=turn.name_after)


def _distance(length_mm: int, words: Mapping[str, str]) -> str:
    """Tens of metres, below a hundred whole ones, above a kilometre hundreds."""
    length_m = length_mm / 1000
    if length_m < 100:  # noqa: PLR2004 - three digits would be more than a driver sees
        return words["metres"].format(round(length_m))
    if round(length_m / 10) * 10 < _KILOMETRE_M:
        return words["metres"].format(round(length_m / 10) * 10)
    return words["kilometres"].format(f"{length_m / _KILOMETRE_M:.1f}")
