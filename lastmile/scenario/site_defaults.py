"""What a station costs and handles where its table does not say."""

from __future__ import annotations

from typing import Annotated

from pydantic import Field

from lastmile.scenario.fields import Table, Yuan
from lastmile.scenario.premises import Premises

ParcelsADay = Annotated[int, Field(ge=1, le=10_000_000)]


class SiteCosts(Table):
    """What opening a station costs where the table does not say."""

    service_house_yuan: Yuan = 80_000
    """服务屋, the urban kind. Low-authority figure: state your own. Unit: yuan."""

    service_station_yuan: Yuan = 20_000
    """服务站, the rural kind. Low-authority figure: state your own. Unit: yuan."""

    class_yuan: dict[Premises, Yuan] = Field(default_factory=dict)
    """By class of premises, before the kind's: {shop = 10000, committee = 5000}. Unit: yuan."""


class SiteCapacities(Table):
    """Parcels a day that a station can handle where the table does not say."""

    service_house: ParcelsADay | None = None
    """服务屋, the urban kind; none if unlimited. Parcels a day."""

    service_station: ParcelsADay | None = None
    """服务站, the rural kind; none if unlimited. Parcels a day."""

    by_class: dict[Premises, ParcelsADay] = Field(default_factory=dict)
    """By class of premises, before the kind's: {shop = 300, post = 1000}. Parcels a day."""
