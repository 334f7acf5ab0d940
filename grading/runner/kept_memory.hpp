// What a submission's calls free stays with their process, wherever the course calls it.
#pragma once

#include <malloc.h>

/// Has the C library keep what is freed, instead of giving it back to the kernel when a call ends. The next
/// call would get the same pages, and on a virtual machine wait longer for them than it computes
/// (docs/measuring.md). (In glibc only: elsewhere nothing is done.)
inline void keep_freed_memory() {
#ifdef M_TRIM_THRESHOLD
    constexpr int free_at_the_end = 1 << 30;  // bytes of the heap
    constexpr int largest_block = 32 << 20;   // as much as glibc allows
    mallopt(M_TRIM_THRESHOLD, free_at_the_end);
    mallopt(M_MMAP_THRESHOLD, largest_block);
#endif
}
