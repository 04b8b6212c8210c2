"""Inner loops of reading ``.osm.pbf`` blocks, compiled; nothing is read beyond a message's end."""

from __future__ import annotations

from typing import Any, Final

import numpy as np
from numba import njit
from numpy.typing import NDArray

_Ints = NDArray[np.int64]
_Bytes = NDArray[Any]
"""Bytes; what comes of adding them up is whole numbers of 64 bits."""

_MORE: Final = 0x80
_PAYLOAD: Final = 0x7F
_LONGEST_SHIFT: Final = 63
_NO_SIGN: Final = 0x7FFFFFFFFFFFFFFF
_VARINT, _FIXED64, _SPAN, _FIXED32 = 0, 1, 2, 5

_ID, _KEYS, _VALUES, _INFO, _REFS, _LAT, _LON = 1, 2, 3, 4, 8, 8, 9
"""Fields of ways, of nodes outside the dense form, and of relations."""

_KEPT, _NAME, _ROAD, _ROUTE = 1, 2, 3, 4
"""Roles of the keys of ways."""

_TRIGGER: Final = 2
"""Role of the keys for which a node is looked at."""


@njit(cache=True, nogil=True)
def _varint(data: _Bytes, at: int, end: int) -> tuple[int, int]:
    """Value at a position, and the position after it."""
    value = 0
    shift = 0
    while at < end and shift <= _LONGEST_SHIFT:
        byte = data[at]
        at += 1
        value |= (byte & _PAYLOAD) << shift
        if byte < _MORE:
            return value, at
        shift += 7
    raise ValueError("a number that is cut off")


@njit(cache=True, nogil=True)
def _zigzag(value: int) -> int:
    return ((value >> 1) & _NO_SIGN) ^ -(value & 1)


@njit(cache=True, nogil=True)
def _field(data: _Bytes, at: int, end: int) -> tuple[int, int, int, int]:
    """Find a field at a position: its number, start and end of what it holds, and what is next.

    Of a varint the start is its value, and the end -1.
    """
    tag, at = _varint(data, at, end)
    number, wire = tag >> 3, tag & 7
    if wire == _VARINT:
        value, at = _varint(data, at, end)
        return number, value, -1, at
    size = 0
    if wire == _SPAN:
        size, at = _varint(data, at, end)
    elif wire == _FIXED64:
        size = 8
    elif wire == _FIXED32:
        size = 4
    else:
        raise ValueError("a message of unknown form")
    if size < 0 or size > end - at:
        raise ValueError("a message that is cut off")
    return number, at, at + size, at + size


@njit(cache=True, nogil=True)
def fields(data: _Bytes, start: int, end: int) -> tuple[_Ints, _Ints, _Ints]:
    """Find the fields of a message: numbers, starts, ends.

    Parameters
    ----------
    data, start, end
        The message is ``data[start:end]``.
    """
    most = (end - start) // 2 + 1
    number, first, last = (
        np.empty(most, dtype=np.int64),
        np.empty(most, dtype=np.int64),
        np.empty(most, dtype=np.int64),
    )
    n = 0
    at = start
    while at < end:
        number[n], first[n], last[n], at = _field(data, at, end)
        n += 1
    return number[:n].copy(), first[:n].copy(), last[:n].copy()


@njit(cache=True, nogil=True)
def _count(data: _Bytes, start: int, end: int) -> int:
    """Count the numbers of a run: each ends with a byte below 128."""
    if end > start and data[end - 1] >= _MORE:
        raise ValueError("a number that is cut off")
    n = 0
    for at in range(start, end):
        n += data[at] < _MORE
    return n


@njit(cache=True, nogil=True)
def numbers(data: _Bytes, start: int, end: int) -> _Ints:
    """Read a run of numbers.

    Parameters
    ----------
    data, start, end
        The run is ``data[start:end]``.
    """
    found = np.empty(_count(data, start, end), dtype=np.int64)
    at = start
    for k in range(found.size):
        found[k], at = _varint(data, at, end)
    return found


@njit(cache=True, nogil=True)
def sums(data: _Bytes, start: int, end: int) -> _Ints:
    """Read a run of numbers, each stated by its difference to the one before.

    Parameters
    ----------
    data, start, end
        The run is ``data[start:end]``.
    """
    found = np.empty(_count(data, start, end), dtype=np.int64)
    at = start
    total = 0
    for k in range(found.size):
        step, at = _varint(data, at, end)
        total += _zigzag(step)
        found[k] = total
    return found


@njit(cache=True, nogil=True)
def _info_version(data: _Bytes, start: int, end: int) -> int:
    at = start
    version = 0
    while at < end:
        number, value, last, at = _field(data, at, end)
        if number == 1 and last < 0:
            version = value
    return version


@njit(cache=True, nogil=True)
def _plain_node(data: _Bytes, at: int, end: int, tags: _Ints) -> tuple[int, int, int, int, int]:
    """Id, longitude, latitude and version of a node, and how many numbers its tags took."""
    node_id, lon, lat, version = 0, 0, 0, 0
    keys, keys_end, values, values_end = at, at, at, at
    while at < end:
        number, first, last, at = _field(data, at, end)
        if last < 0:
            node_id = _zigzag(first) if number == _ID else node_id
            lat = _zigzag(first) if number == _LAT else lat
            lon = _zigzag(first) if number == _LON else lon
        elif number == _KEYS:
            keys, keys_end = first, last
        elif number == _VALUES:
            values, values_end = first, last
        elif number == _INFO:
            version = _info_version(data, first, last)
    n = 0
    while keys < keys_end:
        tags[n], keys = _varint(data, keys, keys_end)
        tags[n + 1], values = _varint(data, values, values_end)
        n += 2
    tags[n] = 0
    return node_id, lon, lat, version, n + 1


@njit(cache=True, nogil=True)
def plain_nodes(
    data: _Bytes, starts: _Ints, ends: _Ints
) -> tuple[_Ints, _Ints, _Ints, _Ints, _Ints]:
    """Read nodes that are messages of their own: ids, longitudes, latitudes, versions, tags.

    Parameters
    ----------
    data
        The block.
    starts, ends
        Shape (nodes,).

    Returns
    -------
    tuple
        Coordinates in the block's own unit; tags as dense nodes have them.
    """
    n = starts.size
    ids, lon, lat = np.zeros(n, np.int64), np.zeros(n, np.int64), np.zeros(n, np.int64)
    version = np.zeros(n, np.int64)
    # A tag takes two bytes at least.
    tags = np.empty(n + (ends - starts).sum(), np.int64)
    n_tags = 0
    for k in range(n):
        found = _plain_node(data, starts[k], ends[k], tags[n_tags:])
        ids[k], lon[k], lat[k], version[k] = found[:4]
        n_tags += found[4]
    return ids, lon, lat, version, tags[:n_tags].copy()


@njit(cache=True, nogil=True)
def tagged_nodes(
    tags: _Ints, n_nodes: int, role: NDArray[np.uint8]
) -> tuple[_Ints, _Ints, _Ints, _Ints]:
    """Choose nodes that have a key of role 2, with all tags whose keys have a role.

    Parameters
    ----------
    tags
        Key, value, key, value, 0 for each node in turn.
    n_nodes
        How many nodes these are.
    role
        Shape (strings,).
    """
    item, offsets = np.empty(n_nodes, np.int64), np.zeros(n_nodes + 1, np.int64)
    key, value = np.empty(tags.size, np.int64), np.empty(tags.size, np.int64)
    n = n_tags = at = 0
    for node in range(n_nodes):
        begin = n_tags
        chosen = False
        while at < tags.size and tags[at] != 0:
            if at + 1 >= tags.size or tags[at] < 0 or tags[at] >= role.size:
                raise ValueError("tags that the block's strings do not hold")
            if role[tags[at]]:
                chosen |= role[tags[at]] == _TRIGGER
                key[n_tags], value[n_tags] = tags[at], tags[at + 1]
                n_tags += 1
            at += 2
        at += 1
        if chosen:
            item[n] = node
            n += 1
            offsets[n] = n_tags
        else:
            n_tags = begin
    return item[:n].copy(), offsets[: n + 1].copy(), key[:n_tags].copy(), value[:n_tags].copy()


@njit(cache=True, nogil=True)
def _road_tags(
    data: _Bytes,
    keys: tuple[int, int],
    values: tuple[int, int],
    role: NDArray[np.uint8],
    is_ferry: NDArray[np.bool_],
    key_out: _Ints,
    value_out: _Ints,
) -> tuple[int, int]:
    """Write the tags that matter; return how many, below 0 for no road, and the name."""
    at, end = keys
    value_at, value_end = values
    n = 0
    name = 0
    is_road = False
    while at < end:
        key, at = _varint(data, at, end)
        value, value_at = _varint(data, value_at, value_end)
        if not (0 <= key < role.size and 0 <= value < role.size):
            raise ValueError("tags that the block's strings do not hold")
        kind = role[key]
        if kind == _NAME:
            name = value
        elif kind:
            is_road |= kind == _ROAD or (kind == _ROUTE and is_ferry[value])
            key_out[n], value_out[n] = key, value
            n += 1
    return n if is_road else -1, name


@njit(cache=True, nogil=True)
def _parts(data: _Bytes, at: int, end: int) -> tuple[int, int, int, int, int, int, int, int]:
    """Id and version of a way or relation, and where its keys, values and nodes are."""
    way_id, version = 0, 0
    keys, keys_end, values, values_end, refs, refs_end = at, at, at, at, at, at
    while at < end:
        number, first, last, at = _field(data, at, end)
        if last < 0:
            if number == _ID:
                way_id = first
        elif number == _KEYS:
            keys, keys_end = first, last
        elif number == _VALUES:
            values, values_end = first, last
        elif number == _INFO:
            version = _info_version(data, first, last)
        elif number == _REFS:
            refs, refs_end = first, last
    return way_id, version, keys, keys_end, values, values_end, refs, refs_end


@njit(cache=True, nogil=True)
def ways(
    data: _Bytes,
    starts: _Ints,
    ends: _Ints,
    role: NDArray[np.uint8],
    is_ferry: NDArray[np.bool_],
) -> tuple[_Ints, _Ints, _Ints, _Ints, _Ints, _Ints, _Ints, _Ints]:
    """Read the ways that are roads or ferries.

    Parameters
    ----------
    data
        The block.
    starts, ends
        Shape (ways,).
    role, is_ferry
        Shape (strings,).

    Returns
    -------
    tuple
        Ids, versions, names; offsets of tags, keys, values; offsets of nodes, node ids.
    """
    n_bytes, n_ways = (ends - starts).sum(), starts.size
    ids, version = np.empty(n_ways, np.int64), np.empty(n_ways, np.int64)
    name = np.empty(n_ways, np.int64)
    tag_offsets, ref_offsets = np.zeros(n_ways + 1, np.int64), np.zeros(n_ways + 1, np.int64)
    # A tag or a node takes a byte at least; what is not used is never touched.
    key, value = np.empty(n_bytes, np.int64), np.empty(n_bytes, np.int64)
    refs = np.empty(n_bytes, np.int64)
    n = n_tags = n_refs = 0
    for k in range(n_ways):
        way_id, made, k0, k1, v0, v1, r0, r1 = _parts(data, starts[k], ends[k])
        found, called = _road_tags(
            data, (k0, k1), (v0, v1), role, is_ferry, key[n_tags:], value[n_tags:]
        )
        if found < 0:
            continue
        n_tags += found
        ref = 0
        while r0 < r1:
            step, r0 = _varint(data, r0, r1)
            ref += _zigzag(step)
            refs[n_refs] = ref
            n_refs += 1
        ids[n], version[n], name[n] = way_id, made, called
        n += 1
        tag_offsets[n], ref_offsets[n] = n_tags, n_refs
    return (
        *(ids[:n].copy(), version[:n].copy(), name[:n].copy()),
        *(tag_offsets[: n + 1].copy(), key[:n_tags].copy(), value[:n_tags].copy()),
        *(ref_offsets[: n + 1].copy(), refs[:n_refs].copy()),
    )


@njit(cache=True, nogil=True)
def with_tag(data: _Bytes, starts: _Ints, ends: _Ints, key: int, value: int) -> NDArray[np.bool_]:
    """Tell which relations have a certain tag.

    Parameters
    ----------
    data
        The block.
    starts, ends
        Shape (relations,).
    key, value
        Strings of the tag.
    """
    found = np.zeros(starts.size, dtype=np.bool_)
    for k in range(starts.size):
        _, _, at, end, value_at, value_end, _, _ = _parts(data, starts[k], ends[k])
        while at < end:
            this, at = _varint(data, at, end)
            that, value_at = _varint(data, value_at, value_end)
            found[k] |= this == key and that == value
    return found


@njit(cache=True, nogil=True)
def _is_in(value: int, ids: _Ints) -> bool:
    low, high = 0, ids.size
    while low < high:
        middle = (low + high) >> 1
        if ids[middle] < value:
            low = middle + 1
        else:
            high = middle
    return low < ids.size and ids[low] == value


@njit(cache=True, nogil=True)
def is_in(values: _Ints, ids: _Ints) -> NDArray[np.bool_]:
    """Tell which values are among ids.

    Parameters
    ----------
    values
        Shape (values,).
    ids
        Ascending.
    """
    found = np.zeros(values.size, dtype=np.bool_)
    for k in range(values.size):
        found[k] = _is_in(values[k], ids)
    return found


@njit(cache=True, nogil=True)
def any_in(refs: _Ints, offsets: _Ints, ids: _Ints) -> NDArray[np.bool_]:
    """Tell which ways have a node among ids.

    Parameters
    ----------
    refs, offsets
        Nodes of the ways.
    ids
        Ascending.
    """
    found = np.zeros(offsets.size - 1, dtype=np.bool_)
    for way in range(found.size):
        for k in range(offsets[way], offsets[way + 1]):
            if _is_in(refs[k], ids):
                found[way] = True
                break
    return found
