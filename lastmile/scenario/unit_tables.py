"""How tables of official figures without outlines are stated."""

from __future__ import annotations

from pydantic import model_validator

from lastmile.scenario.columns import AUTO
from lastmile.scenario.fields import DataPath, Level, Table, broken_rule


class UnitTable(Table):
    """Figures of administrative units in a table of their own, joined by code or by name."""

    path: DataPath
    """CSV, Excel or any OGR layer; shapes are not looked at."""

    layer: str = ""
    """Layer or sheet; empty for the first."""

    level: Level
    """Level of the units in its rows; a boundary layer of that level must be there."""

    code_column: str = AUTO
    """Column of the units' codes. auto: by its header, as all of these; empty to join by name
    alone."""

    name_column: str = AUTO
    """Column of the units' names; empty to join by code alone."""

    parent_column: str = AUTO
    """Column of the name of the unit above, which tells apart units of one name. auto: by its
    header, where it names units of the plan; empty if there is none."""

    people_column: str = AUTO
    """Column of official residents; empty if there is none. Unit: people. Units without people of
    their own get these; those with people of their own are compared with them."""

    settlement_column: str = AUTO
    """Column holding urban/rural or a 城乡分类 code; empty if there is none. A class in the
    boundary layer comes first."""

    filter: str = ""
    """Keep only rows for which this holds, such as ``级别 == 街道``."""

    title: str = ""
    """What the figures are, shown beside them, such as 第七次人口普查; empty for the name of the
    file."""

    @model_validator(mode="after")
    def _can_be_joined(self) -> UnitTable:
        if not self.code_column and not self.name_column:
            raise broken_rule(
                "neither code_column nor name_column", "one of them, by which units are found"
            )
        return self
