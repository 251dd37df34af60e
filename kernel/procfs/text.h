/* A text that grows as it is written. Theory in text.c. Context: process. May reclaim. */
#ifndef KERNEL_PROCFS_TEXT_H
#define KERNEL_PROCFS_TEXT_H

#include "lib/base.h"

struct text {
	char *bytes; /* @length of them, for kfree; NULL while there is none */
	size_t length, capacity;
	bool failed; /* out of memory: incomplete */
};

void text_add(struct text *t, const char *fmt, ...) PRINTF_LIKE(2, 3);
void text_add_bytes(struct text *t, const char *bytes, size_t n);
/* Pad with spaces until the line begun at @line_start is @width long. */
void text_pad(struct text *t, size_t line_start, size_t width);
/* "NAME:    12345 kB", as in meminfo and smaps. */
void text_add_kib(struct text *t, const char *name, uint32_t kib);
/* Preallocate @n bytes: while they are added nothing is evicted and nobody sleeps. */
void text_make_room(struct text *t, size_t n);
void text_free(struct text *t);

#endif
