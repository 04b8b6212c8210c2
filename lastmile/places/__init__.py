"""What is where: units, people, candidate premises, stations and depots, in one system."""

from lastmile.places.bans import BannedArea, read_bans
from lastmile.places.coordinates import from_wgs84, to_wgs84, working_crs
from lastmile.places.depots import read_depots
from lastmile.places.files import file_exists
from lastmile.places.ground import Ground
from lastmile.places.model import Places
from lastmile.places.notes import Note
from lastmile.places.parcels import OrderParcels, parcels_of_orders
from lastmile.places.population import AgeGroup
from lastmile.places.reading import read_places
from lastmile.places.units import Units, outline_bounds, read_units

__all__ = [
    "AgeGroup",
    "BannedArea",
    "Ground",
    "Note",
    "OrderParcels",
    "Places",
    "Units",
    "file_exists",
    "from_wgs84",
    "outline_bounds",
    "parcels_of_orders",
    "read_bans",
    "read_depots",
    "read_places",
    "read_units",
    "to_wgs84",
    "working_crs",
]
