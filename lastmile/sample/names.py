"""Street names: invented, in the manner of Chinese cities."""

from __future__ import annotations

from typing import Final

from lastmile.sample.lines import RANK

_FIRST: Final = "长永文和新春清东西南北青明德光华金龙翠丰玉安平怀晋延锦星汉兰桃梅荷云景嘉"
_SECOND: Final = "宁安化平阳城山江河湖陵亭桥塘溪浦园林苑泰兴达通顺康乐福源泽辉虹霞舟浜"

_ENDINGS: Final = {
    RANK["trunk"]: "快速路", RANK["primary"]: "大道", RANK["secondary"]: "路",
    RANK["tertiary"]: "路",
    RANK["residential"]: "街", RANK["living_street"]: "巷", RANK["unclassified"]: "线",
    RANK["pedestrian"]: "步行街",
}  # fmt: skip


def street_name(rank: int, number: int) -> str:
    """Name of a street; the same number is the same street.

    Parameters
    ----------
    rank
        Its class, a position in ``HIGHWAYS``.
    number
        Any whole number; negative for a street without a name.

    Examples
    --------
    >>> street_name(0, 5).endswith("快速路"), street_name(1, -1)
    (True, '')
    """
    if rank == RANK["motorway"]:
        return "绕城高速公路"
    if number < 0 or rank not in _ENDINGS:
        return ""
    # Multipliers without common divisors with the lengths walk through all pairs.
    first = _FIRST[(number * 7 + 3) % len(_FIRST)]
    second = _SECOND[(number * 11 + number // len(_FIRST)) % len(_SECOND)]
    if rank == RANK["unclassified"]:
        return f"{first}{second}村道"
    return f"{first}{second}{_ENDINGS[rank]}"
