"""From which directions a position may be visited."""

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray


def approaches(
    side: NDArray[np.int8],
    own_side_only: NDArray[np.bool_],
    drives_on: str,
) -> tuple[NDArray[np.bool_], NDArray[np.bool_]]:
    """Tell in which directions along its edge a vehicle may arrive at each position.

    A divided road that is mapped as one line cannot be crossed: there a place is served only by
    vehicles on its own side. A place without a side (on the line, or at a junction) is served
    from both. One-way edges must not be marked: both their kerbs are reached by the one direction
    there is.

    Parameters
    ----------
    side
        Shape (places,). 1 right of the edge in its direction, -1 left, 0 neither; as in ``Snaps``.
    own_side_only
        Shape (places,). Whether the position's edge must not be crossed.
    drives_on
        The side of the road on which vehicles drive; in mainland China the right.

    Returns
    -------
    tuple
        Of shape (places,) each: whether the position may be visited travelling along the edge,
        and whether travelling against it. At least one of them is true.

    Examples
    --------
    >>> forward, backward = approaches(np.array([1, -1, 0]), np.full(3, True), "right")
    >>> forward.tolist(), backward.tolist()
    ([True, False, True], [False, True, True])
    """
    beside = side if drives_on == "right" else -side
    return ~own_side_only | (beside >= 0), ~own_side_only | (beside <= 0)
