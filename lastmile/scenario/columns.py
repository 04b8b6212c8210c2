"""How the columns that every table of points has are stated."""

from __future__ import annotations

from typing import Final

from lastmile.scenario.fields import Table

AUTO: Final = "auto"
"""Stands for the column whose header has the meaning of the key, if the table has one."""


class PointColumns(Table):
    """Names of a point table's columns: auto takes the one whose header has that meaning."""

    id: str = AUTO
    """Column of ids, such as 编号 or id. auto: by its header, unless cells are empty or repeated;
    empty to number the rows."""

    name: str = AUTO
    """Column of names, such as 名称. auto: by its header; empty to use the ids."""

    lon: str = AUTO
    """Column of longitudes or eastings, such as 经度, lng or X. auto: by its header; unused where
    the file has geometry."""

    lat: str = AUTO
    """Column of latitudes or northings, such as 纬度, lat or Y. auto: by its header; unused where
    the file has geometry."""

    lonlat: str = AUTO
    """One column of both, such as 经纬度 or location holding 119.97,31.81. auto: by its header;
    used only where there is no pair of columns."""
