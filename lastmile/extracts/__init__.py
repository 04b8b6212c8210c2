"""OpenStreetMap extracts as files: fetched, cut to an area, looked into."""

from lastmile.extracts.attribution import ATTRIBUTION
from lastmile.extracts.box import Box, parse_box
from lastmile.extracts.checksums import Checksum, stated
from lastmile.extracts.clipping import Clipped, clip
from lastmile.extracts.connection import Connection
from lastmile.extracts.contents import look_into
from lastmile.extracts.download import Fetched
from lastmile.extracts.figures import Contents
from lastmile.extracts.getting import USUAL_HALO_M, get
from lastmile.extracts.headers import is_synthetic
from lastmile.extracts.patience import Patience
from lastmile.extracts.telling import class_rows, overview, size_text, turn_rows

__all__ = [
    "ATTRIBUTION",
    "USUAL_HALO_M",
    "Box",
    "Checksum",
    "Clipped",
    "Connection",
    "Contents",
    "Fetched",
    "Patience",
    "class_rows",
    "clip",
    "get",
    "is_synthetic",
    "look_into",
    "overview",
    "parse_box",
    "size_text",
    "stated",
    "turn_rows",
]
