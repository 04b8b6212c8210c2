"""Heaps on arrays, for compiled searches.

The first is binary, on two arrays, for keys that fill 64 bits. The second has four children to a
parent and packs key and item into one number, which halves what moves through memory. In both,
order is by key, then by item, so that the order of work does not depend on history.
"""

from __future__ import annotations

import numpy as np
from numba import njit
from numpy.typing import NDArray

_Keys = NDArray[np.int64]
_Items = NDArray[np.int32]


@njit(cache=True, nogil=True)
def push(keys: _Keys, items: _Items, size: int, key: int, item: int) -> tuple[_Keys, _Items]:
    """Add an item and return the arrays, grown if they were full."""
    if size == keys.size:
        keys = np.concatenate((keys, np.empty_like(keys)))
        items = np.concatenate((items, np.empty_like(items)))
    at = size
    while at > 0:
        parent = (at - 1) >> 1
        if keys[parent] < key or (keys[parent] == key and items[parent] <= item):
            break
        keys[at], items[at] = keys[parent], items[parent]
        at = parent
    keys[at], items[at] = key, item
    return keys, items


@njit(cache=True, nogil=True)
def pop(keys: _Keys, items: _Items, size: int) -> tuple[int, int]:
    """Take the first item off a heap of ``size`` and return its key and itself."""
    top_key, top_item = keys[0], items[0]
    size -= 1
    key, item = keys[size], items[size]
    at = 0
    while True:
        child = 2 * at + 1
        if child >= size:
            break
        other = child + 1
        if other < size and (
            keys[other] < keys[child]
            or (keys[other] == keys[child] and items[other] < items[child])
        ):
            child = other
        if key < keys[child] or (key == keys[child] and item <= items[child]):
            break
        keys[at], items[at] = keys[child], items[child]
        at = child
    keys[at], items[at] = key, item
    return top_key, top_item


@njit(cache=True, nogil=True)
def push_packed(heap: _Keys, size: int, entry: int) -> None:
    """Add an entry (key in the upper 32 bits, item in the lower) to a heap with room for it."""
    at = size
    while at > 0:
        parent = (at - 1) >> 2
        above = heap[parent]
        if above <= entry:
            break
        heap[at] = above
        at = parent
    heap[at] = entry


@njit(cache=True, nogil=True)
def pop_packed(heap: _Keys, size: int) -> int:
    """Take the first entry off a heap of ``size`` and return it."""
    top = heap[0]
    size -= 1
    entry = heap[size]
    at = 0
    while True:
        first = 4 * at + 1
        if first >= size:
            break
        child, least = first, heap[first]
        for other in range(first + 1, min(first + 4, size)):
            if heap[other] < least:
                child, least = other, heap[other]
        if entry <= least:
            break
        heap[at] = least
        at = child
    heap[at] = entry
    return int(top)
