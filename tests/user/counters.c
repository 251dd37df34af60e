/*
 * Counters that programs drive: one page locked by 80,000 maps of two processes, and as many areas
 * as a process may have. Where a limit is reached the call is refused, and all goes on.
 */
#include "lib/errno.h"
#include "tests/user/file_calls.h"
#include "tests/user/testing.h"
#include "user/lib/print.h"
#include "user/lib/runtime.h"
#include "user/lib/syscall.h"

enum { LOCKED_MAPS = 40000, LOCKED_AT = 0x20000000, MAP_LOCKED_PAGE = 0x2000 };
enum { MADVISE = 219, DONT_FORK = 10 };
enum { AREAS_MAX = 65530, AREAS_OWN = 100, MAP_NO_RESERVE = 0x4000 };

static int page_fd;

/* A process may not be allowed to lock so much (RLIMIT_MEMLOCK); that is an answer too. */
static void lock_often(void)
{
	long error = 0;

	for (unsigned i = 0; i < LOCKED_MAPS && error == 0; i++) {
		void *at = (void *)(LOCKED_AT + i * PAGE);
		void *p = sys_mmap(at, PAGE, PROT_READ, MAP_SHARED | MAP_FIXED | MAP_LOCKED_PAGE,
				   page_fd, 0);
		error = sys_failed(p) ? (long)p : 0;
	}
	show_truth("locked, or refused", error == 0 || error == -EAGAIN || error == -EPERM);
}

static void lock_too(void)
{
	lock_often();
	show("truncate", linux_call(CALL_ftruncate, page_fd, 0, 0, 0, 0, 0));
}

static void lock_in_two(void)
{
	lock_often();
	linux_call(MADVISE, LOCKED_AT, LOCKED_MAPS * PAGE, DONT_FORK, 0, 0, 0);
	show_child("another process", lock_too);
}

static void touch_truncated(void)
{
	const char *p = sys_mmap(NULL, PAGE, PROT_READ, MAP_SHARED, page_fd, 0);
	printf("read %d\n", *(const volatile char *)p);
}

/* Every other page gets other rights, until there are too many areas. */
static void many_areas(void)
{
	const size_t pages = 2 * AREAS_MAX;
	char *p = sys_mmap(NULL, pages * PAGE, PROT_NONE,
			   MAP_PRIVATE | MAP_ANONYMOUS | MAP_NO_RESERVE, -1, 0);
	long error = 0;
	unsigned n = 0;

	while (n < pages / 2 && error == 0) {
		error = sys_mprotect(p + (2 * n + 1) * PAGE, PAGE, PROT_READ);
		n++;
	}
	show("one area too many", error);
	show_truth("after some 65,530", 2 * n <= AREAS_MAX + 1 && 2 * n + AREAS_OWN >= AREAS_MAX);
	show("unmap all", sys_munmap(p, pages * PAGE));
	p = pages_private(1);
	p[0] = 1;
	show("map again", sys_munmap(p, PAGE));
}

int main(int argc, char **argv, char **envp)
{
	(void)argc;
	(void)argv;
	(void)envp;
	page_fd = (int)linux_call(CALL_memfd_create, (long)"page", 0, 0, 0, 0, 0);
	show("a page", linux_call(CALL_ftruncate, page_fd, PAGE, 0, 0, 0, 0));
	show_child("locks", lock_in_two);
	show_child("a page that is gone", touch_truncated);
	show_child("areas", many_areas);
	return 0;
}
