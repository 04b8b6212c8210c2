"""Names of premises, brought into a form in which they can be compared."""

from __future__ import annotations

import difflib
import re
import unicodedata
from dataclasses import dataclass
from typing import Final

_BRACKETED: Final = re.compile(r"[(\[【〔<《]([^)\]】〕>》]*)[)\]】〕>》]")
_LEGAL: Final = re.compile(r"(股份|责任|集团)?有限(责任)?公司|分公司|公司")
_SHOP_END: Final = re.compile(r"(分店|门店|店)$")
_NOISE: Final = re.compile(r"[^\w]|_")
_GENERIC: Final = re.compile(
    "便利店|便民店|超级市场|超市|小卖部|商店|菜鸟驿站|妈妈驿站|驿站|中国邮政|邮政|邮局|邮电局|支局|所|"
    "营业厅|快递|物流|服务中心|服务站|服务屋|服务部|经营部|门市部|物业|管理处|电商|社区|"
    "村委会|居委会|村民委员会|居民委员会|供销合作社|供销社|店"
)
_MARKS: Final = re.compile(r"\d+|[零一二三四五六七八九十甲乙丙丁东南西北中上下前后]")
_SIMILAR: Final = 0.8
"""Least likeness by difflib. At 0.75 two law firms of one house were one (Xuhui, POI)."""
_CONTAINED: Final = 0.5
"""Least share of the longer name that the shorter one makes up, where it stands in it."""
_LEAST: Final = 2
"""Characters of its own that a name needs to be compared by likeness."""


@dataclass(frozen=True, slots=True)
class PremiseName:
    """A name taken apart."""

    core: str
    """Without brackets, legal form, spaces and punctuation."""

    branch: str
    """What stands in brackets, mostly the branch; '' if nothing does."""

    own: str
    """The core without words that any such premises may carry."""

    marks: tuple[str, ...]
    """Numbers and directions: premises that differ in these differ."""

    def is_same(self, other: PremiseName) -> bool:
        """Tell whether two names are equal, as far as both say the same thing.

        A branch that only one of the two states does not part them; two branches do.
        """
        if not self.core or self.core != other.core:
            return False
        return self.branch == other.branch or not (self.branch and other.branch)

    @property
    def is_telling(self) -> bool:
        """Whether the name says more than what kind of premises it is."""
        return bool(self.own or self.branch)

    def is_similar(self, other: PremiseName) -> bool:
        """Tell whether two names are alike enough to be one, given that they stand together."""
        if self.is_same(other):
            return True
        if self.branch and other.branch and self.branch != other.branch:
            return False
        one, two = sorted((self.own, other.own), key=lambda own: (len(own), own))
        if len(one) < _LEAST or self.marks != other.marks:
            return False
        # Sorted first: the ratio of difflib depends on which of the two comes first.
        if one in two:
            return len(one) >= _CONTAINED * len(two)
        return difflib.SequenceMatcher(None, one, two, False).ratio() >= _SIMILAR


def premise_name(name: str) -> PremiseName:
    """Take a name apart.

    Examples
    --------
    >>> premise_name("全家便利店（天钥桥路店）")
    PremiseName(core='全家便利店', branch='天钥桥路', own='全家', marks=())
    >>> premise_name("上海好德便利有限公司").is_similar(premise_name("上海好德便利"))
    True
    """
    plain = unicodedata.normalize("NFKC", name).lower()
    inside = _BRACKETED.findall(plain)
    core = _NOISE.sub("", _LEGAL.sub("", _BRACKETED.sub("", plain)))
    branch = _SHOP_END.sub("", _NOISE.sub("", "".join(inside)))
    own = _GENERIC.sub("", core)
    return PremiseName(core, branch, own, tuple(sorted(_MARKS.findall(core))))
