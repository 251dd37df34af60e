/*
 * A program's arguments and environment on their way from the old address space to the new one.
 *
 * Only one space is active at a time, so the strings are gathered in kernel pages, back to back,
 * each with its NUL, and copied out when the new space is active. Pages are allocated one by one as
 * they fill: no large block is ever needed, and a typical exec needs one.
 *
 * Always true
 *   [strings.1]  bytes [0, used) lie in pages that exist, and byte used - 1 is a NUL
 */
#include "kernel/exec/strings.h"

#include "lib/assert.h"
#include "lib/errno.h"
#include "lib/string.h"
#include "mm/reclaim.h"
#include "mm/slab.h"

struct exec_strings *exec_strings_create(void)
{
	return kzalloc(sizeof(struct exec_strings));
}

void exec_strings_destroy(struct exec_strings *s)
{
	for (int i = 0; i < EXEC_STRINGS_PAGES; i++)
		kfree(s->pages[i]);
	kfree(s);
}

/* The place for the next byte, and how many more fit in its page. */
static int exec_strings_room(struct exec_strings *s, uint32_t at, char **to, uint32_t *room)
{
	if (at >= EXEC_STRINGS_PAGES * PAGE_SIZE)
		return -E2BIG;
	char **page = &s->pages[at / PAGE_SIZE];
	if (!*page) {
		if (reclaim_room(1) != 0)
			return -ENOMEM;
		*page = kmalloc(PAGE_SIZE);
		if (!*page)
			return -ENOMEM;
	}
	*to = *page + at % PAGE_SIZE;
	*room = PAGE_SIZE - at % PAGE_SIZE;
	return 0;
}

int exec_strings_add(struct exec_strings *s, const char *text)
{
	uint32_t left = strlen(text) + 1, at = s->used;
	while (left > 0) {
		char *to;
		uint32_t room;
		int error = exec_strings_room(s, at, &to, &room);
		if (error)
			return error;
		uint32_t n = MIN(left, room);
		memcpy(to, text, n);
		text += n;
		at += n;
		left -= n;
	}
	s->used = at;
	ASSERT(s->pages[(at - 1) / PAGE_SIZE][(at - 1) % PAGE_SIZE] == 0); /* [strings.1] */
	return 0;
}

int exec_strings_add_user(struct exec_strings *s, struct aspace *as, uptr_t text)
{
	for (uint32_t at = s->used;;) {
		char *to;
		uint32_t room;
		int error = exec_strings_room(s, at, &to, &room);
		if (error)
			return error;
		long length = user_read_string(as, to, text, room);
		uint32_t before = at - s->used;
		if (length >= 0) {
			if (before + (uint32_t)length >= EXEC_STRING_MAX)
				return -E2BIG;
			s->used = at + (uint32_t)length + 1;
			ASSERT(to[length] == 0); /* [strings.1] */
			return 0;
		}
		if (length != -ENAMETOOLONG)
			return (int)length;
		if (before >= EXEC_STRING_MAX)
			return -E2BIG;
		/* The string fills the page: the rest goes to the next one. */
		at += room;
		text += room;
	}
}

int exec_strings_write(const struct exec_strings *s, struct aspace *as, vaddr_t to)
{
	for (uint32_t at = 0; at < s->used; at += PAGE_SIZE)
		if (user_write(as, to + at, s->pages[at / PAGE_SIZE],
			       MIN(s->used - at, PAGE_SIZE)) != 0)
			return -EFAULT;
	return 0;
}

uint32_t exec_strings_next(const struct exec_strings *s, uint32_t at)
{
	for (;;) {
		ASSERT(at < s->used && s->pages[at / PAGE_SIZE] != NULL); /* [strings.1] */
		uint32_t offset = at % PAGE_SIZE;
		const char *page = s->pages[at / PAGE_SIZE];
		size_t n = strnlen(page + offset, PAGE_SIZE - offset);
		at += n;
		if (offset + n < PAGE_SIZE)
			return at + 1;
	}
}
