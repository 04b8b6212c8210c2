"""Sites of one source, before all sources are put together."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, fields
from typing import Any

import numpy as np
from numpy.typing import NDArray

from lastmile.places.coordinates import Floats


@dataclass(frozen=True, slots=True, eq=False)
class SiteRows:
    """Sites of one source, not yet priced by kind."""

    key: str
    """Name of the source's table in the scenario."""

    file: str

    ids: tuple[str, ...]
    names: tuple[str, ...]
    points: NDArray[np.object_]
    kind: tuple[str, ...]
    """服务屋, 服务站, or '' to decide by class."""

    role: tuple[str, ...]
    premises: tuple[str, ...]
    """Class of premises, ``generated``, or '' if unknown."""

    cost_yuan: Floats
    """Shape (sites,). NaN to use the default of its premises or kind."""

    capacity: Floats
    """Shape (sites,). Parcels a day; NaN to use the default of its premises or kind."""

    opened: Floats
    """Shape (sites,). Year of opening; NaN if unknown."""

    n_filled: NDArray[np.int64]
    """Shape (sites,). How much is known of each: cells filled, or tags."""

    where: tuple[str, ...]
    """Where each stands in its file, for messages."""

    def __len__(self) -> int:
        """Return the number of sites."""
        return len(self.ids)

    @property
    def origins(self) -> tuple[str, ...]:
        """File and row of each."""
        return tuple(f"{self.file}, {where}" for where in self.where)

    @property
    def is_existing(self) -> bool:
        """Whether these are stations, open or planned, rather than candidates."""
        return self.key.startswith("existing")

    def take(self, keep: NDArray[np.bool_]) -> SiteRows:
        """Return the sites for which ``keep`` holds."""
        kept = np.flatnonzero(keep).tolist()
        return SiteRows(
            **{each.name: _taken(getattr(self, each.name), kept) for each in fields(self)}
        )


def _taken(value: Any, kept: Sequence[int]) -> Any:  # noqa: ANN401 - of any field
    """Take rows of a column; leave what holds for all rows as it is."""
    if isinstance(value, tuple):
        return tuple(value[k] for k in kept)
    return value[kept] if isinstance(value, np.ndarray) else value
