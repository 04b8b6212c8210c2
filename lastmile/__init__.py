"""Sites e-commerce service stations, routes same-city delivery, and says what was proven."""

from __future__ import annotations

from importlib.metadata import version
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from lastmile.pipeline import plan
    from lastmile.plans import Plan
    from lastmile.scenario import Scenario, read_scenario

__version__ = version("lastmile")
__all__ = ["Plan", "Scenario", "__version__", "plan", "read_scenario"]

_HOMES = {
    "Plan": "lastmile.plans",
    "Scenario": "lastmile.scenario",
    "plan": "lastmile.pipeline",
    "read_scenario": "lastmile.scenario",
}


def __getattr__(name: str) -> object:
    """Import on first use, so that ``lastmile --help`` does not wait for geopandas."""
    if name not in _HOMES:
        raise AttributeError(f"module 'lastmile' has no attribute {name!r}")
    from importlib import import_module  # noqa: PLC0415 - only when asked

    home: object = import_module(_HOMES[name])
    return getattr(home, name)
