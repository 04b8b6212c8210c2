/* Floors under walking reach: bounded searches, one source at a time, that only relax edges.

   No places are looked up and nothing is written down, so that whoever searches one source at a
   time needs at least this. Labels hold the turn of the source, counted down, above the length, so
   that nothing is cleared between sources. Returns the number of relaxations. */

#include <stdint.h>

static void push(int64_t *heap, int64_t size, int64_t entry) {
    int64_t at = size;
    while (at > 0) {
        int64_t parent = (at - 1) >> 2, above = heap[parent];
        if (above <= entry) break;
        heap[at] = above;
        at = parent;
    }
    heap[at] = entry;
}

static int64_t pop(int64_t *heap, int64_t size) {
    int64_t top = heap[0], entry = heap[--size], at = 0;
    for (;;) {
        int64_t first = 4 * at + 1;
        if (first >= size) break;
        int64_t child = first, least = heap[first], end = first + 4 < size ? first + 4 : size;
        for (int64_t other = first + 1; other < end; other++)
            if (heap[other] < least) {
                child = other;
                least = heap[other];
            }
        if (entry <= least) break;
        heap[at] = least;
        at = child;
    }
    heap[at] = entry;
    return top;
}

/* Dijkstra with a heap of four children to a parent. The heap has room for every step. */
int64_t relax_by_heap(int64_t n_vertices, const int64_t *offsets, const int32_t *head,
                      const int32_t *length_mm, int64_t n_sources, const int32_t *start,
                      const int32_t *end, const int64_t *start_mm, const int64_t *end_mm,
                      int64_t limit_mm, int64_t *label, int64_t *heap) {
    int64_t n_relaxed = 0;
    for (int64_t at = 0; at < n_vertices; at++) label[at] = INT64_MAX;
    for (int64_t source = 0; source < n_sources; source++) {
        int64_t turn = (n_sources - source) << 32, size = 0;
        for (int side = 0; side < 2; side++) {
            int64_t at = side ? end[source] : start[source];
            int64_t first = side ? end_mm[source] : start_mm[source];
            if (first <= limit_mm && turn + first < label[at]) {
                label[at] = turn + first;
                push(heap, size++, first << 32 | at);
            }
        }
        while (size > 0) {
            int64_t entry = pop(heap, size--);
            int64_t so_far = entry >> 32, at = entry & 0xffffffff;
            if (turn + so_far > label[at]) continue;
            for (int64_t k = offsets[at]; k < offsets[at + 1]; k++) {
                int64_t total = so_far + length_mm[k];
                n_relaxed++;
                if (total <= limit_mm && turn + total < label[head[k]]) {
                    label[head[k]] = turn + total;
                    push(heap, size++, total << 32 | head[k]);
                }
            }
        }
    }
    return n_relaxed;
}

/* The same by buckets of 16 m, inside which labels may be corrected. There is room for n_room
   entries in a search; -1 is returned if that is not enough. */
int64_t relax_by_buckets(int64_t n_vertices, const int64_t *offsets, const int32_t *head,
                         const int32_t *length_mm, int64_t n_sources, const int32_t *start,
                         const int32_t *end, const int64_t *start_mm, const int64_t *end_mm,
                         int64_t limit_mm, int64_t *label, int64_t *entries, int32_t *following,
                         int64_t n_room, int32_t *first_in) {
    int64_t n_relaxed = 0, n_buckets = (limit_mm >> 14) + 1;
    for (int64_t at = 0; at < n_vertices; at++) label[at] = INT64_MAX;
    for (int64_t bucket = 0; bucket < n_buckets; bucket++) first_in[bucket] = -1;
    for (int64_t source = 0; source < n_sources; source++) {
        int64_t turn = (n_sources - source) << 32;
        int32_t used = 0;
        for (int side = 0; side < 2; side++) {
            int64_t at = side ? end[source] : start[source];
            int64_t first = side ? end_mm[source] : start_mm[source];
            if (first <= limit_mm && turn + first < label[at]) {
                label[at] = turn + first;
                entries[used] = first << 32 | at;
                following[used] = first_in[first >> 14];
                first_in[first >> 14] = used++;
            }
        }
        for (int64_t bucket = 0; bucket < n_buckets; bucket++) {
            while (first_in[bucket] >= 0) {
                int64_t entry = entries[first_in[bucket]];
                int64_t so_far = entry >> 32, at = entry & 0xffffffff;
                first_in[bucket] = following[first_in[bucket]];
                if (turn + so_far > label[at]) continue;
                if (used + offsets[at + 1] - offsets[at] > n_room) return -1;
                for (int64_t k = offsets[at]; k < offsets[at + 1]; k++) {
                    int64_t total = so_far + length_mm[k];
                    n_relaxed++;
                    if (total <= limit_mm && turn + total < label[head[k]]) {
                        label[head[k]] = turn + total;
                        entries[used] = total << 32 | head[k];
                        following[used] = first_in[total >> 14];
                        first_in[total >> 14] = used++;
                    }
                }
            }
        }
    }
    return n_relaxed;
}
