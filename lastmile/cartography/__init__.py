"""Maps of a plan: one HTML file each, whole with the network unplugged."""

from __future__ import annotations

from lastmile.cartography.page import build_map, write_map

__all__ = ["build_map", "write_map"]
