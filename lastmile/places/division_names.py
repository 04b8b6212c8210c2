"""Names of divisions, as they differ from table to table: 新北区, 常州市新北区, 新北."""

from __future__ import annotations

import difflib
import re
import unicodedata
from collections import defaultdict
from collections.abc import Collection, Sequence
from dataclasses import dataclass
from typing import Final

_NEAREST_SHOWN: Final = 3
_SPACES: Final = re.compile(r"\s+")
_ZONES: Final = (
    (re.compile(r"经济技术开发区|经济开发区"), "经开区"),
    (re.compile(r"高新技术(产业)?(开发)?区|高新产业开发区"), "高新区"),
)
_OFFICES: Final = re.compile(r"(人民政府|管理委员会|管委会)\Z")
_ENDINGS: Final[tuple[tuple[str, str], ...]] = (
    # Ending, and what it says the division is; longer ones first.
    ("社区居民委员会", "居"), ("社区居委会", "居"), ("居民委员会", "居"), ("居委会", "居"),
    ("社区", "居"), ("村村民委员会", "村"), ("村民委员会", "村"), ("村委会", "村"),
    ("街道办事处", "街道"), ("地区办事处", "街道"), ("街道办", "街道"), ("街道", "街道"),
    ("民族乡", "乡"), ("镇", "镇"), ("乡", "乡"), ("村", "村"),
    ("自治县", "县"), ("自治旗", "旗"), ("区", "区"), ("县", "县"), ("市", "市"), ("旗", "旗"),
)  # fmt: skip
_BARE: Final = frozenset(ending for ending, _ in _ENDINGS)
_ABOVE: Final = re.compile(r"[\u3400-\u9fff]{2,}[省市州盟县旗]\Z")
"""What may stand before the name of a county: whole names of the divisions above. Finer names hold
such endings themselves (翠竹南区第二社区, 新城市花园社区): theirs must be names that are known."""


@dataclass(frozen=True, slots=True)
class NameMatch:
    """Which of the known names another one means."""

    position: int
    """Among the known ones; -1 when none, or several, are meant."""

    choices: tuple[int, ...] = ()
    """The several that are meant."""


class NameIndex:
    """Known names, to be found by any of their forms."""

    def __init__(
        self, names: Sequence[str], parents: Sequence[str] = (), above: Collection[str] = ()
    ) -> None:
        """Index names.

        Parameters
        ----------
        names
            Of divisions of one level.
        parents
            Name of the division above each; empty when there is none.
        above
            Names of all divisions of coarser levels, which may stand in front of a name; empty
            when none are known.
        """
        self._above = frozenset(plain_name(name) for name in above if name)
        self._plain = [plain_name(name) for name in names]
        self._parents = [plain_name(name) for name in parents] or [""] * len(names)
        self._names = list(names)
        self._by_plain: dict[str, list[int]] = defaultdict(list)
        self._by_core: dict[str, list[tuple[int, str]]] = defaultdict(list)
        for k, plain in enumerate(self._plain):
            self._by_plain[plain].append(k)
            for form in _forms(plain, self._above):
                core, kind = core_name(form)
                self._by_core[core].append((k, kind))

    def find(self, name: str, parent: str = "", among: Collection[int] | None = None) -> NameMatch:
        """Find the one division that a name means.

        The same spelling comes first, then a name with the divisions above it in front, then one
        without its ending. Endings that say different things (金城镇, 金城街道) never match.

        Parameters
        ----------
        name
            As it stands in another table.
        parent
            Name of the division above; '' when the table does not say.
        among
            Positions that may be meant; None for all.
        """
        plain = plain_name(name)
        if not plain:
            return NameMatch(-1)
        forms = _forms(plain, self._above)
        same = self._by_plain.get(plain, [])
        shorter = [k for form in forms for k in self._by_plain.get(form, [])]
        for tier in (same, shorter, self._by_form(forms)):
            meant = {k for k in tier if among is None or k in among}
            found = self._inside(sorted(meant), plain, parent)
            if len(found) == 1:
                return NameMatch(found[0])
            if found:
                return NameMatch(-1, tuple(found))
        return NameMatch(-1)

    def nearest(self, name: str) -> list[str]:
        """Return the known names that look most like one that was not found."""
        plain = plain_name(name)
        alike = difflib.get_close_matches(plain, self._by_plain, n=_NEAREST_SHOWN, cutoff=0.5)
        return [self._names[self._by_plain[form][0]] for form in alike]

    def _by_form(self, forms: Sequence[str]) -> list[int]:
        found = []
        for form in forms:
            core, kind = core_name(form)
            for k, own in self._by_core.get(core, []):
                if not kind or not own or kind == own:
                    found.append(k)
        return found

    def _inside(self, found: list[int], plain: str, parent: str) -> list[int]:
        """Keep those whose parent is the one stated, in a column or in front of the name."""
        if parent:
            return [k for k in found if _same(self._parents[k], plain_name(parent))]
        if len(found) > 1:
            stated = [k for k in found if self._parents[k] and self._parents[k] in plain]
            return stated or found
        return found


def plain_name(name: str) -> str:
    """Write a name without full-width forms, spaces and what an office adds to it.

    Examples
    --------
    >>> plain_name(" 常州　高新技术产业开发区管委会 ")
    '常州高新区'
    """
    plain = _SPACES.sub("", unicodedata.normalize("NFKC", name))
    shorter = _OFFICES.sub("", plain)
    for long, short in _ZONES:
        shorter = long.sub(short, shorter)
    return shorter or plain


def core_name(plain: str) -> tuple[str, str]:
    """Part a plain name into what is its own and what its ending says it is.

    Examples
    --------
    >>> [core_name(name) for name in ("三里村村委会", "三里村村民委员会", "三里社区", "新北")]
    [('三里', '村'), ('三里', '村'), ('三里', '居'), ('新北', '')]
    """
    for ending, kind in _ENDINGS:
        if plain.endswith(ending) and len(plain) > len(ending):
            core = plain.removesuffix(ending)
            # 三里村村委会 is 三里村: what a committee is called after keeps its own ending.
            if ending != "村" and kind == "村" and core.endswith("村") and len(core) > 1:
                core = core.removesuffix("村")
            return core, kind
    return plain, ""


def same_division(one: str, other: str) -> bool:
    """Tell whether two names may mean one division.

    Examples
    --------
    >>> same_division("新北区", "常州市新北区"), same_division("金城镇", "金城街道")
    (True, False)
    """
    return _same(plain_name(one), plain_name(other))


def _same(one: str, other: str) -> bool:
    for mine in _forms(one, ()):
        for theirs in _forms(other, ()):
            if mine == theirs:
                return True
            core, kind = core_name(mine)
            other_core, other_kind = core_name(theirs)
            if core == other_core and (not kind or not other_kind or kind == other_kind):
                return True
    return False


def _forms(plain: str, above: Collection[str]) -> list[str]:
    """Return the name, and what is left of it without divisions above it in front."""
    if above:
        starts = {plain.find(name) + len(name) for name in above if name in plain}
    else:
        starts = {cut for cut in range(3, len(plain)) if _ABOVE.fullmatch(plain[:cut])}
    rest = (plain[cut:] for cut in sorted(starts))
    return [plain, *(form for form in rest if len(form) > 1 and form not in _BARE)]
