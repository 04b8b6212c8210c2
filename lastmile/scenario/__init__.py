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
from lastmile.scenario.geocoding import AddressColumns, Geocoding
from lastmile.scenario.model import Output, Routing, Scenario, Siting, SitingPhase, Vehicle
from lastmile.scenario.movement import Ban, Profile
from lastmile.scenario.norms import NORMS, Norm
from lastmile.scenario.orders import OrderColumns, Orders
from lastmile.scenario.people import (
    AgeGroupRasters,
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
    DepotColumns,
    Depots,
    DepotTable,
    Duplicates,
    Existing,
    JunctionCandidates,
    OsmCandidates,
    PointCandidates,
    Premises,
    SiteColumns,
    StationColumns,
)
from lastmile.scenario.reading import read_scenario, scenario_from_table
from lastmile.scenario.roads import RoadColumns, Roads
from lastmile.scenario.site_defaults import SiteCapacities, SiteCosts
from lastmile.scenario.standards import ServiceDistance
from lastmile.scenario.unit_tables import UnitTable
from lastmile.scenario.weights import Buildings, LandUse, WeightKind, WeightRaster

__all__ = [
    "AUTO",
    "MOST_DISTANCE_M",
    "MOST_PEOPLE",
    "MOST_YUAN",
    "NORMS",
    "AddressColumns",
    "AgeGroupRasters",
    "Ban",
    "Boundaries",
    "Buildings",
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
    "DepotColumns",
    "DepotTable",
    "Depots",
    "Duplicates",
    "Existing",
    "Geocoding",
    "Goal",
    "JunctionCandidates",
    "Kind",
    "LandUse",
    "Latitude",
    "Level",
    "LocalTime",
    "Longitude",
    "Metres",
    "NearestCommunitySettlement",
    "NonNegative",
    "Norm",
    "OrderColumns",
    "Orders",
    "OsmCandidates",
    "Output",
    "People",
    "PointCandidates",
    "PointColumns",
    "PointDemand",
    "Positive",
    "Premises",
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
    "SiteCapacities",
    "SiteColumns",
    "SiteCosts",
    "Siting",
    "SitingPhase",
    "Spacing",
    "StationColumns",
    "UnitTable",
    "UnitTotalsDemand",
    "Vehicle",
    "WeightKind",
    "WeightRaster",
    "Yuan",
    "read_scenario",
    "scenario_from_table",
]
