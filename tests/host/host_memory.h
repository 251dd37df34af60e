/*
 * Pages of the host that are mapped at more than one address. Kept apart from the rest of the
 * simulated machine because the host's headers and the kernel's use the same names.
 */
#ifndef TESTS_HOST_HOST_MEMORY_H
#define TESTS_HOST_HOST_MEMORY_H

#include <stddef.h>
#include <stdint.h>

/* A file in memory of @bytes zeroes: its descriptor. If the host refuses, all of these panic. */
int host_file_create(size_t bytes);
/* A new file with the first @bytes of @file's contents. */
int host_file_copy(int file, size_t bytes);
/* Addresses for @bytes, a multiple of @align, with inaccessible pages before and after. */
void *host_reserve(size_t bytes, size_t align);
/* Exactly these addresses; any access to them traps. */
void host_reserve_at(uintptr_t start, size_t bytes);
/* See @bytes from @offset of @file at @at, which is reserved. */
void host_map(void *at, size_t bytes, int file, size_t offset);
/* Reserved again. */
void host_unmap(void *at, size_t bytes);

#endif
