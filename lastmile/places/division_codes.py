"""统计用区划代码: what the digits of a division's code say.

Two digits each for province, city and county, three each for township and village. Codes stand in
tables cut to their level (``320402``) or padded with zeros (``320402000000``); both are one code.
"""

from __future__ import annotations

import re
from dataclasses import dataclass
from typing import Final, Literal

CodeLevel = Literal["province", "city", "district", "township", "community"]
DivisionKind = Literal["", "街道", "镇", "乡", "居委会", "村委会", "类似"]

DIGITS: Final[dict[CodeLevel, int]] = {
    "province": 2, "city": 4, "district": 6, "township": 9, "community": 12,
}  # fmt: skip
"""Length of a code cut to its level."""

_LONGEST: Final = 12
_PROVINCES: Final = re.compile(r"1[1-5]|2[1-3]|3[1-7]|4[1-6]|5[0-4]|6[1-5]|71|8[12]")
"""GB/T 2260: the first two digits that are in use."""

_TOWNSHIP_KINDS: Final[tuple[tuple[int, DivisionKind], ...]] = (
    (0, ""), (99, "街道"), (199, "镇"), (399, "乡"), (599, "类似"),
)  # fmt: skip
_VILLAGE_KINDS: Final[tuple[tuple[int, DivisionKind], ...]] = (
    (0, ""), (199, "居委会"), (399, "村委会"), (599, "类似"),
)  # fmt: skip
"""Last number of each range, of 统计用区划代码和城乡划分代码编制规则; the village ranges are as
observed in the published lists."""

_NATIONAL: Final = re.compile(r"156(\d{6})\Z")
_SPACES: Final = re.compile(r"\s+")
_FULL_WIDTH: Final = str.maketrans("０１２３４５６７８９．", "0123456789.")
_ROUNDED: Final = re.compile(r"\d(\.\d+)?[eE]\+?\d+\Z")
_FLOAT: Final = re.compile(r"(\d+)\.0*\Z")


@dataclass(frozen=True, slots=True)
class DivisionCode:
    """A code, taken apart.

    Examples
    --------
    >>> code = DivisionCode("320481400498")
    >>> code.level, code.kind, code.cut_to("township")
    ('community', '类似', '320481400')
    """

    padded: str
    """All twelve digits."""

    @property
    def level(self) -> CodeLevel:
        """The level at which the code ends."""
        if self.padded[9:] != "000":
            return "community"
        if self.padded[6:9] != "000":
            return "township"
        if self.padded[4:6] != "00":
            return "district"
        return "city" if self.padded[2:4] != "00" else "province"

    @property
    def kind(self) -> DivisionKind:
        """What the range of the last number says the division is; '' where it says nothing."""
        if self.level == "community":
            return _kind(int(self.padded[9:]), _VILLAGE_KINDS)
        return _kind(int(self.padded[6:9]), _TOWNSHIP_KINDS)

    @property
    def significant(self) -> str:
        """The code cut to its level: one text for all ways of writing it."""
        return self.padded[: DIGITS[self.level]]

    def cut_to(self, level: CodeLevel) -> str:
        """Return the code of the division of a coarser level that this one belongs to."""
        return self.padded[: DIGITS[level]]

    def lies_in(self, other: DivisionCode) -> bool:
        """Tell whether another code is that of a division above this one."""
        above = other.significant
        return len(above) < len(self.significant) and self.padded.startswith(above)


def division_code(text: str) -> DivisionCode | None:
    """Take a code apart; None when the text is no code of a division.

    Parameters
    ----------
    text
        2, 4, 6, 9 or 12 digits; full-width digits, spaces and a spreadsheet's ``.0`` are allowed,
        and so is the national form of county codes, ``156320412``.

    Examples
    --------
    >>> division_code("３２０４０２００１.0").significant
    '320402001'
    >>> division_code("156320412").significant
    '320412'
    >>> division_code("S-17") is None
    True
    """
    digits = _SPACES.sub("", text).translate(_FULL_WIDTH)
    if whole := _FLOAT.match(digits):
        digits = whole.group(1)
    national = _NATIONAL.match(digits)
    if national and _PROVINCES.match(national.group(1)):
        # 15 is 内蒙古, but none of its cities is numbered 63 or the like: nothing is lost.
        digits = national.group(1)
    if len(digits) not in DIGITS.values() or not (digits.isascii() and digits.isdigit()):
        return None
    if not _PROVINCES.match(digits):
        return None
    return DivisionCode(digits.ljust(_LONGEST, "0"))


def is_rounded(text: str) -> bool:
    """Tell whether a spreadsheet has rounded a code away: ``3.20402E+11``."""
    return _ROUNDED.match(text) is not None


def comparable(text: str) -> str:
    """Write a code so that equal divisions have equal texts; other ids stay as they are."""
    code = division_code(text)
    return text if code is None else code.significant


def _kind(number: int, ranges: tuple[tuple[int, DivisionKind], ...]) -> DivisionKind:
    for last, kind in ranges:
        if number <= last:
            return kind
    return ""
