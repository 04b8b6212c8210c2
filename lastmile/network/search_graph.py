"""The graph that searches run on: states of travel, and steps between them."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray


@dataclass(frozen=True, slots=True, eq=False)
class Arcs:
    """Directed steps between vertices or states, grouped by the one they leave (CSR)."""

    offsets: NDArray[np.int64]
    """Shape (vertices + 1,) or (states + 1,)."""

    head: NDArray[np.int32]
    """Shape (arcs,). Where a step leads to."""

    edge: NDArray[np.int32]
    """Shape (arcs,). -1 for a turn at a junction."""

    length_mm: NDArray[np.int64]
    """Shape (arcs,)."""

    time_ms: NDArray[np.int64]
    """Shape (arcs,)."""


@dataclass(frozen=True, slots=True, eq=False)
class SearchGraph:
    """Steps that obey the rules of turning.

    A vertex where nobody is bound is one state, and has its own number. Another is split into
    states of arriving and states of leaving, with a step for every turn that is allowed; roads
    lead from states of leaving to states of arriving. Only vertices that need it are split.

    A position on an edge is reached through the state in which its edge is entered, and leaves
    into the state in which the edge's end is reached; both are -1 where the edge cannot be
    travelled that way. Entering on the way to a position is a state of its own where the way on
    depends on how the edge was entered.

    References
    ----------
    Caldwell (1961), doi:10.1145/366199.366233, on graphs of turns; here restricted to the vertices
    that need them.
    """

    vertex: NDArray[np.int32]
    """Shape (states,). Where each state is."""

    enter_start: NDArray[np.int32]
    """Shape (edges,). State from which the edge is entered at its start."""

    enter_end: NDArray[np.int32]
    """Shape (edges,). State from which the edge is entered at its end."""

    leave_start: NDArray[np.int32]
    """Shape (edges,). State in which its start is reached along the edge."""

    leave_end: NDArray[np.int32]
    """Shape (edges,). State in which its end is reached along the edge."""

    steps: Arcs

    @property
    def n_states(self) -> int:
        """Number of states."""
        return int(self.vertex.size)
