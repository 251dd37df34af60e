/*
 * A text that grows as it is written, for files generated when they are read.
 *
 * It starts empty and doubles. Without memory it stops growing and records that; the writer checks
 * once, at the end.
 */
#include "kernel/procfs/text.h"

#include "lib/assert.h"
#include "lib/format.h"
#include "lib/string.h"
#include "mm/reclaim.h"
#include "mm/slab.h"

enum { TEXT_KIB_COLUMN = 16, TEXT_FIRST_CAPACITY = 256, TEXT_CAPACITY_MAX = 4 << 20 };

/* Room for @n more bytes. */
static bool text_reserve(struct text *t, size_t n)
{
	ASSERT(t->length <= t->capacity && (t->bytes == NULL) == (t->capacity == 0));
	size_t capacity = t->capacity ? t->capacity : TEXT_FIRST_CAPACITY;
	while (capacity < t->length + n && capacity < TEXT_CAPACITY_MAX)
		capacity *= 2;
	if (t->failed || t->length + n > capacity)
		return false;
	if (capacity == t->capacity)
		return true;
	char *bytes = reclaim_krealloc(t->bytes, capacity);
	if (!bytes)
		return false;
	t->bytes = bytes;
	t->capacity = capacity;
	return true;
}

void text_make_room(struct text *t, size_t n)
{
	if (!text_reserve(t, n))
		t->failed = true;
}

void text_add_bytes(struct text *t, const char *bytes, size_t n)
{
	if (!text_reserve(t, n)) {
		t->failed = true;
		return;
	}
	memcpy(t->bytes + t->length, bytes, n);
	t->length += n;
}

static void text_sink(void *context, const char *bytes, size_t n)
{
	text_add_bytes(context, bytes, n);
}

void text_add(struct text *t, const char *fmt, ...)
{
	va_list args;
	va_start(args, fmt);
	format_to(text_sink, t, fmt, args);
	va_end(args);
}

void text_pad(struct text *t, size_t line_start, size_t width)
{
	while (!t->failed && t->length - line_start < width)
		text_add_bytes(t, " ", 1);
}

void text_add_kib(struct text *t, const char *name, uint32_t kib)
{
	size_t start = t->length;
	text_add(t, "%s:", name);
	text_pad(t, start, TEXT_KIB_COLUMN);
	text_add(t, "%8u kB\n", kib);
}

void text_free(struct text *t)
{
	kfree(t->bytes);
	*t = (struct text){ .bytes = NULL };
}
