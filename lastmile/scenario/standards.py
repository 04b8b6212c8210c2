"""How near is near enough."""

from __future__ import annotations

from typing import Annotated, Literal

from pydantic import Field

from lastmile.scenario.fields import Metres, Table


class ServiceDistance(Table):
    """The standard: how far is near enough, and how distance is measured."""

    urban_m: Metres = 500.0
    """Service distance of urban demand, in metres, inclusive."""

    rural_m: Metres = 1000.0
    """Service distance of rural demand, in metres, inclusive."""

    metric: Literal["network", "euclidean"] = "network"
    """Walking length over roads, or the straight line (for comparison with norms using it)."""

    max_access_m: Metres = 300.0
    """Points farther than this from any walkable road are off network, in metres."""

    max_off_network_share: Annotated[float, Field(ge=0.0, le=1.0)] = 0.2
    """Refuse to plan when a larger share of the demand points is off network: such a share
    mostly means a wrong CRS or a road extract that ends too early."""
