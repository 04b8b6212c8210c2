"""How the columns that every table of points has are stated."""

from __future__ import annotations

from lastmile.scenario.fields import Table


class PointColumns(Table):
    """Names of a point table's columns."""

    id: str = ""
    """Column of ids; empty to number the rows."""

    name: str = ""
    """Column of names; empty to use the ids."""

    lon: str = "lon"
    """Column of longitudes or eastings; unused where the file has geometry."""

    lat: str = "lat"
    """Column of latitudes or northings; unused where the file has geometry."""
