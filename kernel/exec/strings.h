/*
 * A program's arguments and environment on their way from the old address space to the new one.
 * Theory in strings.c. Context: process. May reclaim.
 */
#ifndef KERNEL_EXEC_STRINGS_H
#define KERNEL_EXEC_STRINGS_H

#include "mm/user.h"

enum {
	EXEC_STRINGS_PAGES = 512,    /* 2 MiB of arguments and environment together */
	EXEC_STRING_MAX = 32 * 4096, /* bytes of one user string, with its NUL */
};

struct exec_strings {
	char *pages[EXEC_STRINGS_PAGES];
	uint32_t used; /* bytes, each string with its NUL */
};

/* Empty. NULL: no memory. */
MUST_CHECK struct exec_strings *exec_strings_create(void);
void exec_strings_destroy(struct exec_strings *s);
/* Append one kernel string. 0, -E2BIG, -ENOMEM. */
MUST_CHECK int exec_strings_add(struct exec_strings *s, const char *text);
/* Append the user string at @text of @as. 0, -E2BIG, -ENOMEM, -EFAULT. */
MUST_CHECK int exec_strings_add_user(struct exec_strings *s, struct aspace *as, uptr_t text);
/* Copy everything to user address @to of @as, the active one. 0 or -EFAULT. */
MUST_CHECK int exec_strings_write(const struct exec_strings *s, struct aspace *as, vaddr_t to);
/* The offset of the string after the one at offset @at. */
uint32_t exec_strings_next(const struct exec_strings *s, uint32_t at);

#endif
