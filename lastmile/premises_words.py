"""What classes of premises are called, wherever they are shown."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Final

PREMISES_WORDS: Final[Mapping[str, tuple[str, str]]] = {
    "coop": ("供销社", "supply-and-marketing cooperative"),
    "committee": ("村（居）委会、社区服务中心", "village or residents' committee"),
    "property": ("物业", "property office"),
    "post": ("邮政、快递", "post office or parcel point"),
    "shop": ("便利店、超市", "shop"),
    "generated": ("路口生成，须找房屋", "generated at a junction: premises to be found"),
}
"""Chinese and English. The first five are those of ``places/poi_classes.toml``, with its words."""
