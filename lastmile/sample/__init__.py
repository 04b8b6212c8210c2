"""The embedded sample of Changzhou: real facts, synthetic streets, ordinary input files."""

from lastmile.sample.facts import Extent
from lastmile.sample.write import write_sample

__all__ = ["Extent", "write_sample"]
