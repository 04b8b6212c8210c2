"""Blocks of an ``.osm.pbf`` file, decoded: compiled, and bounded at every step.

A block is a table of strings and groups of nodes, ways or relations. Fields are numbered as in
https://wiki.openstreetmap.org/wiki/PBF_Format. Damaged blocks raise :class:`ValueError`; nothing
is ever read beyond the end of a block.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from lastmile.network import pbf_kernels as kernels

_Ints = NDArray[np.int64]
_Bytes = NDArray[np.uint8]


@dataclass(frozen=True, slots=True, eq=False)
class Message:
    """The fields of a message, in order."""

    number: _Ints
    """Shape (fields,). Field numbers."""

    start: _Ints
    """Shape (fields,). First byte of what the field holds; the value itself of a varint."""

    end: _Ints
    """Shape (fields,). Byte after it; -1 for a varint."""

    def spans(self, number: int) -> tuple[_Ints, _Ints]:
        """Return starts and ends of the fields of one number."""
        chosen = (self.number == number) & (self.end >= 0)
        return self.start[chosen], self.end[chosen]

    def value(self, number: int, default: int) -> int:
        """Return a varint that stands once at most."""
        chosen = np.flatnonzero((self.number == number) & (self.end < 0))
        return int(self.start[chosen[-1]]) if chosen.size else default


@dataclass(frozen=True, slots=True, eq=False)
class Nodes:
    """Nodes of a block."""

    ids: _Ints
    x: _Ints
    """Shape (nodes,). Whole 1e-7 degrees east."""

    y: _Ints
    version: _Ints
    """Shape (nodes,). 0 where the file does not say."""

    tags: _Ints
    """Key, value, key, value, 0 for each node in turn, as string numbers; empty if none has any."""


@dataclass(frozen=True, slots=True, eq=False)
class Tagged:
    """Things with tags, as numbers of strings."""

    item: _Ints
    """Shape (chosen,). Position of each chosen thing."""

    offsets: _Ints
    """Shape (chosen + 1,). Into ``key`` and ``value``."""

    key: _Ints
    value: _Ints

    def only(self, chosen: NDArray[np.bool_] | _Ints) -> Tagged:
        """Return some of the things, by a mask or by positions."""
        sizes = np.diff(self.offsets)[chosen]
        offsets = np.concatenate(([0], np.cumsum(sizes))).astype(np.int64)
        at = np.arange(offsets[-1]) + np.repeat(self.offsets[:-1][chosen] - offsets[:-1], sizes)
        return Tagged(self.item[chosen], offsets, self.key[at], self.value[at])


@dataclass(frozen=True, slots=True, eq=False)
class Ways:
    """Chosen ways of a block."""

    ids: _Ints
    version: _Ints
    name: _Ints
    """Shape (ways,). String of the name; 0 for none."""

    tags: Tagged
    ref_offsets: _Ints
    refs: _Ints


@dataclass(frozen=True, slots=True, eq=False)
class Relation:
    """A relation, as numbers of strings."""

    relation_id: int
    version: int
    keys: _Ints
    values: _Ints
    roles: _Ints
    members: _Ints
    kinds: _Ints
    """0 node, 1 way, 2 relation."""


class Block:
    """A block of a file, decoded no further than it is asked."""

    def __init__(self, data: bytes) -> None:
        self.data = data
        self._bytes = np.frombuffer(data, dtype=np.uint8)
        top = self._message(0, len(data))
        table = [self._message(*span) for span in _pairs(top.spans(1))][:1]
        starts, ends = table[0].spans(1) if table else (_NONE, _NONE)
        self.strings = [data[a:b] for a, b in zip(starts.tolist(), ends.tolist(), strict=True)]
        self._groups = [self._message(*span) for span in _pairs(top.spans(2))]
        self._granularity = top.value(17, 100)
        self._offset_x, self._offset_y = top.value(20, 0), top.value(19, 0)

    @property
    def has_nodes(self) -> bool:
        """Whether any group holds nodes."""
        return any(((g.number == 1) | (g.number == 2)).any() for g in self._groups)  # noqa: PLR2004

    @property
    def has_ways(self) -> bool:
        """Whether any group holds ways."""
        return any((g.number == 3).any() for g in self._groups)  # noqa: PLR2004 - field of ways

    @property
    def has_relations(self) -> bool:
        """Whether any group holds relations."""
        return any((g.number == 4).any() for g in self._groups)  # noqa: PLR2004 - of relations

    def nodes(self) -> Iterator[Nodes]:
        """Decode all nodes."""
        for group in self._groups:
            for start, end in _pairs(group.spans(2)):
                yield self._dense(self._message(start, end))
            starts, ends = group.spans(1)
            if starts.size:
                ids, lon, lat, version, tags = kernels.plain_nodes(self._bytes, starts, ends)
                x, y = self._placed(lon, self._offset_x), self._placed(lat, self._offset_y)
                yield Nodes(ids, x, y, version, tags)

    def tagged(self, nodes: Nodes, role: NDArray[np.uint8]) -> Tagged:
        """Choose the nodes that have a key of role 2, with those tags whose keys have a role.

        Parameters
        ----------
        nodes
            From this block.
        role
            Shape (strings,). 0 for keys that do not matter.
        """
        if not nodes.tags.size:
            return Tagged(_NONE, np.zeros(1, dtype=np.int64), _NONE, _NONE)
        return Tagged(*kernels.tagged_nodes(nodes.tags, nodes.ids.size, role))

    def ways(self, role: NDArray[np.uint8], is_ferry: NDArray[np.bool_]) -> Iterator[Ways]:
        """Decode the ways that are roads or ferries.

        Parameters
        ----------
        role
            Shape (strings,). Of keys: 0 does not matter, 1 kept, 2 name, 3 makes it a road, 4
            makes it a ferry if the value is one.
        is_ferry
            Shape (strings,). Of values.
        """
        for group in self._groups:
            starts, ends = group.spans(3)
            if starts.size:
                found = kernels.ways(self._bytes, starts, ends, role, is_ferry)
                ids, version, name, tag_offsets, key, value, ref_offsets, refs = found
                tags = Tagged(np.arange(ids.size), tag_offsets, key, value)
                yield Ways(ids, version, name, tags, ref_offsets, refs)

    def relations(self, key: int, value: int) -> Iterator[Relation]:
        """Decode the relations that have a certain tag.

        Parameters
        ----------
        key, value
            Strings of the tag.
        """
        for group in self._groups:
            starts, ends = group.spans(4)
            chosen = kernels.with_tag(self._bytes, starts, ends, key, value)
            for start, end in zip(starts[chosen].tolist(), ends[chosen].tolist(), strict=True):
                yield self._relation(self._message(start, end))

    def _relation(self, message: Message) -> Relation:
        infos = [self._message(*span) for span in _pairs(message.spans(4))]
        return Relation(
            relation_id=message.value(1, 0),
            version=infos[0].value(1, 0) if infos else 0,
            keys=self._packed(message, 2),
            values=self._packed(message, 3),
            roles=self._packed(message, 8),
            members=self._summed(message, 9),
            kinds=self._packed(message, 10),
        )

    def _dense(self, message: Message) -> Nodes:
        ids = self._summed(message, 1)
        lat = self._summed(message, 8)
        lon = self._summed(message, 9)
        infos = [self._message(*span) for span in _pairs(message.spans(5))]
        version = self._packed(infos[0], 1) if infos else _NONE
        if not version.size:
            version = np.zeros(ids.size, dtype=np.int64)
        if not ids.size == lat.size == lon.size == version.size:
            raise ValueError("a block whose nodes lack coordinates")
        x, y = self._placed(lon, self._offset_x), self._placed(lat, self._offset_y)
        return Nodes(ids, x, y, version, self._packed(message, 10))

    def _placed(self, steps: _Ints, offset: int) -> _Ints:
        """Whole 1e-7 degrees of coordinates in the block's own unit."""
        if self._granularity == 100 and offset == 0:  # noqa: PLR2004 - in 1e-9 degrees: the usual
            return steps
        fine = steps * self._granularity + offset
        whole: _Ints = np.sign(fine) * (np.abs(fine) // 100)
        return whole

    def _message(self, start: int, end: int) -> Message:
        return Message(*kernels.fields(self._bytes, start, end))

    def _packed(self, message: Message, number: int) -> _Ints:
        spans = _pairs(message.spans(number))
        return np.concatenate((_NONE, *(kernels.numbers(self._bytes, *span) for span in spans)))

    def _summed(self, message: Message, number: int) -> _Ints:
        spans = _pairs(message.spans(number))
        return np.concatenate((_NONE, *(kernels.sums(self._bytes, *span) for span in spans)))


_NONE = np.zeros(0, dtype=np.int64)


def _pairs(spans: tuple[_Ints, _Ints]) -> Iterator[tuple[int, int]]:
    return zip(spans[0].tolist(), spans[1].tolist(), strict=True)
