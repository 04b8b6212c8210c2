"""What the user asks for: a frozen :class:`Scenario`, read from ``scenario.toml``.

Every field says its unit and default; unknown keys are refused with the nearest known name.
Relative paths resolve against the folder of the scenario file.
"""

from __future__ import annotations

from lastmile.scenario.boundaries import Boundaries
from lastmile.scenario.columns import AUTO, PointColumns
from lastmile.scenario.fields import (
    MOST_DISTANCE_M,
    MOST_PEOPLE,
    MOST_YUAN,
    Crs,
    CrsOrFile,
    DataPath,
    DataPaths,
    Goal,
    Kind,
    Latitude,
    Level,
    LocalTime,
    Longitude,
    Metres,
    NonNegative,
    People,
    Positive,
    Settlement,
    Share,
    Spacing,
    Yuan,
)
from lastmile.scenario.model import Output, Routing, Scenario, SiteCosts, Siting, Vehicle
from lastmile.scenario.movement import Ban, Profile
from lastmile.scenario.people import (
    ColumnSettlement,
    ConstantSettlement,
    Demand,
    DemandColumns,
    NearestCommunitySettlement,
    PointDemand,
    RasterDemand,
    SettlementSource,
    UnitTotalsDemand,
)
from lastmile.scenario.premises import (
    Candidates,
    Depot,
    Depots,
    DepotTable,
    Existing,
    JunctionCandidates,
    PointCandidates,
    SiteColumns,
)
from lastmile.scenario.reading import read_scenario, scenario_from_table
from lastmile.scenario.roads import RoadColumns, Roads
from lastmile.scenario.standards import ServiceDistance

__all__ = [
    "AUTO",
    "MOST_DISTANCE_M",
    "MOST_PEOPLE",
    "MOST_YUAN",
    "Ban",
    "Boundaries",
    "Candidates",
    "ColumnSettlement",
    "ConstantSettlement",
    "Crs",
    "CrsOrFile",
    "DataPath",
    "DataPaths",
    "Demand",
    "DemandColumns",
    "Depot",
    "DepotTable",
    "Depots",
    "Existing",
    "Goal",
    "JunctionCandidates",
    "Kind",
    "Latitude",
    "Level",
    "LocalTime",
    "Longitude",
    "Metres",
    "NearestCommunitySettlement",
    "NonNegative",
    "Output",
    "People",
    "PointCandidates",
    "PointColumns",
    "PointDemand",
    "Positive",
    "Profile",
    "RasterDemand",
    "RoadColumns",
    "Roads",
    "Routing",
    "Scenario",
    "ServiceDistance",
    "Settlement",
    "SettlementSource",
    "Share",
    "SiteColumns",
    "SiteCosts",
    "Siting",
    "Spacing",
    "UnitTotalsDemand",
    "Vehicle",
    "Yuan",
    "read_scenario",
    "scenario_from_table",
]
