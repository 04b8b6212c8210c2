"""Things a planner must be told that are not faults, in both languages."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from types import MappingProxyType
from typing import Final, Literal

_NAMES_SHOWN = 12

_LEVELS_ZH: Final = MappingProxyType(
    {"district": "区县", "township": "街道/乡镇", "community": "社区/村"}
)


@dataclass(frozen=True, slots=True)
class Note:
    """One remark about the input, for maps, reports and ``plan.json``."""

    zh: str
    en: str

    def text(self, language: Literal["zh", "en"]) -> str:
        """Return the remark in the language asked for."""
        return self.zh if language == "zh" else self.en


def listed(names: Sequence[str]) -> tuple[str, str]:
    """Join names for a note, in Chinese and English, cutting a long list.

    Examples
    --------
    >>> listed(["A", "B"])
    ('A、B', 'A, B')
    """
    shown = names[:_NAMES_SHOWN]
    more = len(names) - len(shown)
    zh = "、".join(shown) + (f" 等 {len(names)} 处" if more else "")
    en = ", ".join(shown) + (f" and {more} more" if more else "")
    return zh, en


def level_zh(level: str) -> str:
    """Name a level of units in Chinese.

    Examples
    --------
    >>> level_zh("township")
    '街道/乡镇'
    """
    return _LEVELS_ZH.get(level, level)
