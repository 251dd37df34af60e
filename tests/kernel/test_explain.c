/* The kernel's addresses in words, and those of a space with known areas. */
#include "kernel/selftest.h"
#include "kernel/watch/explain.h"
#include "lib/errno.h"
#include "lib/string.h"
#include "mm/vmalloc.h"
#include "tests/kernel/scratch.h"

extern const char kernel_end[];
static const char explain_constant[] = "constant";
static char explain_variable;

#define EXPECT_WORDS(text, pattern)                                                                \
	do {                                                                                       \
		const char *words = (text);                                                        \
		if (!string_match(pattern, words))                                                 \
			selftest_fail(__FILE__, __LINE__, "\"%s\", not \"%s\"", words, pattern);   \
	} while (0)

SELFTEST(explain_kernel_addresses)
{
	EXPECT_WORDS(explain_kernel(NULL, 0), "NULL");
	EXPECT_WORDS(explain_kernel(NULL, 12), "NULL + 0xc");
	EXPECT_WORDS(explain_kernel(NULL, 0x08048000), "a user address*no process is running");
	EXPECT_WORDS(explain_kernel(NULL, (vaddr_t)explain_kernel + 2),
		     "the kernel's code, explain_kernel+0x2*");
	EXPECT_WORDS(explain_kernel(NULL, (vaddr_t)explain_constant), "the kernel's constants*");
	EXPECT_WORDS(explain_kernel(NULL, (vaddr_t)&explain_variable), "the kernel's variables");
	EXPECT_WORDS(explain_kernel(NULL, DIRECT_BASE + DIRECT_MAX_BYTES - 1),
		     "the direct map, but behind the end of RAM");
	EXPECT_WORDS(explain_kernel(NULL, VMALLOC_END), "*never mapped");
	EXPECT_WORDS(explain_kernel(NULL, WINDOW_BASE), "in the windows*");
	EXPECT_WORDS(explain_kernel(NULL, 0x6b6b6b6b), "*used after free");
	EXPECT_WORDS(explain_kernel(NULL, 0x6b6b6b6b + 8), "*used after free");
	EXPECT_WORDS(explain_kernel(NULL, 0x5a5a5a5a), "*used before set");
}

SELFTEST(explain_frames_by_their_owner)
{
	struct frame *f = frame_alloc(0, FRAME_SLAB);
	REQUIRE(f != NULL);
	vaddr_t va = (vaddr_t)frame_bytes(f);
	EXPECT_WORDS(explain_kernel(NULL, va + 5), "the direct map: frame *, slab");
	frame_free(f);
	EXPECT_WORDS(explain_kernel(NULL, va), "the direct map: frame *, free");
}

SELFTEST(explain_guard_pages)
{
	char *range = vmalloc(2);
	REQUIRE(range != NULL);
	EXPECT_WORDS(explain_kernel(NULL, (vaddr_t)range - 4),
		     "the guard page below the kernel range at 0x*");
	EXPECT_WORDS(explain_kernel(NULL, (vaddr_t)range + 2 * PAGE_SIZE),
		     "the guard page behind the kernel range at 0x*");
	EXPECT_WORDS(explain_kernel(NULL, (vaddr_t)range), "in the kernel's ranges*");
	vfree(range);
}

SELFTEST(explain_user_addresses_by_what_is_near)
{
	struct aspace *as = space_open();
	REQUIRE(as != NULL && space_map(as, SPACE_AT, 2));
	vaddr_t end = SPACE_AT + 2 * PAGE_SIZE;
	EXPECT_WORDS(explain_user(as, SPACE_AT + 0x1234),
		     "in rw-p of anonymous memory, at +0x1234");
	EXPECT_WORDS(explain_user(as, end), "right behind the end of anonymous memory");
	EXPECT_WORDS(explain_user(as, end + 1), "1 byte behind the end of anonymous memory");
	EXPECT_WORDS(explain_user(as, end + 12 * 1024), "12 KiB behind the end of *");
	EXPECT_WORDS(explain_user(as, SPACE_AT - 1), "1 byte below the start of anonymous memory");
	EXPECT_WORDS(explain_user(as, end + (32 << 20)), "far from everything that is mapped");
	EXPECT_WORDS(explain_user(as, 0x8000), "NULL + 0x8000: below 0x10000 *");
	EXPECT_WORDS(explain_user(as, USER_TOP), "in the kernel's half of the addresses");
	EXPECT_WORDS(explain_kernel(as, SPACE_AT), "a user address*in rw-p of anonymous*");
	space_close(as);
}
