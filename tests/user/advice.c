/*
 * Memory that is mapped already: madvise, mincore, mlock and its family, msync, mremap and
 * remap_file_pages; what they refuse, and what is left in the pages.
 */
#include "lib/string.h"
#include "tests/user/testing.h"
#include "user/lib/print.h"
#include "user/lib/runtime.h"
#include "user/lib/syscall.h"

enum {
	MSYNC = 144, MLOCK = 150, MUNLOCK, MLOCKALL, MUNLOCKALL, MREMAP = 163, MINCORE = 218,
	MADVISE, REMAP_FILE_PAGES = 257, MLOCK2 = 376,
};
enum { ASYNC = 1, INVALIDATE = 2, SYNC = 4 };
enum { DONTNEED = 4, FREE = 8, DONTFORK = 10, DOFORK, WIPEONFORK = 18, COLD = 20, PAGEOUT };
enum { MAYMOVE = 1, MOVE_FIXED = 2, DONTUNMAP = 4 };
enum { POPULATE = 0x8000, LOCKED = 0x2000, GROWSDOWN = 0x100, NORESERVE = 0x4000, VALIDATE = 3 };
enum { ANONYMOUS = MAP_PRIVATE | MAP_ANONYMOUS, READ_WRITE = PROT_READ | PROT_WRITE };

static long call3(int number, void *at, size_t size, long third)
{
	return linux_call(number, (long)at, (long)size, third, 0, 0, 0);
}

static long remap(void *at, size_t old, size_t new, int flags, void *to)
{
	return linux_call(MREMAP, (long)at, (long)old, (long)new, flags, (long)to, 0);
}

static char *map(size_t size, int prot, int flags)
{
	return sys_mmap(NULL, size, prot, flags, -1, 0);
}

static void show_address(const char *what, long at)
{
	show(what, sys_failed((void *)at) ? at : 0);
}

static void show_core(const char *what, char *at, unsigned pages)
{
	unsigned char in[8];
	long error = call3(MINCORE, at, pages * PAGE, (long)in);

	printf("%s:", what);
	for (unsigned i = 0; !error && i < pages; i++)
		printf(" %d", in[i] & 1);
	printf("%s%s\n", error ? " " : "", error ? error_text((int)error) : "");
}

static void test_msync(void)
{
	char *p = pages_private(4);

	show("msync", call3(MSYNC, p, 4 * PAGE, SYNC));
	show("msync nothing", call3(MSYNC, p, 0, SYNC));
	show("msync flags 0", call3(MSYNC, p, PAGE, 0));
	show("msync both ways", call3(MSYNC, p, PAGE, SYNC | ASYNC));
	show("msync unknown flag", call3(MSYNC, p, PAGE, 8));
	show("msync odd address", call3(MSYNC, p + 1, PAGE, SYNC));
	show("msync that wraps", call3(MSYNC, p, 0xfffff000, SYNC));
	sys_munmap(p + PAGE, PAGE);
	show("msync with a hole", call3(MSYNC, p, 4 * PAGE, SYNC));
	show("msync with a hole, later", call3(MSYNC, p, 4 * PAGE, ASYNC));
	show("msync the hole", call3(MSYNC, p + PAGE, PAGE, SYNC));
	call3(MLOCK, p + 2 * PAGE, PAGE, 0);
	show("msync a locked page", call3(MSYNC, p + 2 * PAGE, PAGE, SYNC));
	show("invalidate it", call3(MSYNC, p + 2 * PAGE, PAGE, INVALIDATE));
	show("invalidate behind the hole", call3(MSYNC, p, 4 * PAGE, INVALIDATE | SYNC));
	show("invalidate another", call3(MSYNC, p + 3 * PAGE, PAGE, INVALIDATE | SYNC));
}

static void test_mincore(void)
{
	char *p = pages_private(4);

	p[PAGE] = 1;
	p[3 * PAGE] = 1;
	show_core("in memory", p, 4);
	show("mincore odd address", call3(MINCORE, p + 1, PAGE, (long)p));
	show("mincore bad bytes", call3(MINCORE, p, PAGE, 0xc0000000));
	show("mincore above", call3(MINCORE, (char *)0xfffff000, PAGE, (long)p));
	show("mincore nothing", call3(MINCORE, p, 0, (long)p));
	show("DONTNEED", call3(MADVISE, p + PAGE, PAGE, DONTNEED));
	show_core("after it", p, 4);
	show_truth("zero again", p[PAGE] == 0);
	sys_munmap(p + PAGE, PAGE);
	show_core("with a hole", p, 4);
	char *all = map(4 * PAGE, READ_WRITE, ANONYMOUS | POPULATE);
	show_core("POPULATE", all, 4);
	all = map(2 * PAGE, READ_WRITE, MAP_SHARED | MAP_ANONYMOUS | POPULATE);
	show_core("POPULATE, shared", all, 2);
	all = map(2 * PAGE, READ_WRITE, ANONYMOUS | LOCKED);
	show_core("LOCKED", all, 2);
}

static void test_madvise(void)
{
	char *p = pages_private(4), *s = pages_shared(2);

	memset(p, 'p', 4 * PAGE);
	memset(s, 's', 2 * PAGE);
	show("unknown advice", call3(MADVISE, p, PAGE, 5));
	show("far too large advice", call3(MADVISE, p, PAGE, 0x10004));
	show("odd address", call3(MADVISE, p + 1, PAGE, 0));
	show("nothing", call3(MADVISE, p, 0, DONTNEED));
	show("PAGEOUT", call3(MADVISE, p, 4 * PAGE, PAGEOUT));
	show("COLD", call3(MADVISE, p, 4 * PAGE, COLD));
	show_truth("nothing lost", bytes_are(p, 4 * PAGE, 'p'));
	show("DONTNEED of shared memory", call3(MADVISE, s, 2 * PAGE, DONTNEED));
	show_truth("nothing lost", bytes_are(s, 2 * PAGE, 's'));
	show("FREE of shared memory", call3(MADVISE, s, PAGE, FREE));
	show("FREE", call3(MADVISE, p, PAGE, FREE));
	p[1] = 'q';
	show_truth("written again", p[1] == 'q');
	call3(MLOCK, p + PAGE, PAGE, 0);
	show("DONTNEED of a locked page", call3(MADVISE, p + PAGE, PAGE, DONTNEED));
	show("COLD of a locked page", call3(MADVISE, p + PAGE, PAGE, COLD));
	sys_munmap(p + 2 * PAGE, PAGE);
	call3(MUNLOCK, p + PAGE, PAGE, 0);
	show("DONTNEED with a hole", call3(MADVISE, p, 4 * PAGE, DONTNEED));
	show_truth("done on both sides", p[1] == 0 && p[3 * PAGE] == 0);
	show("advice to a hole", call3(MADVISE, p + 2 * PAGE, PAGE, 0));
}

static char *fork_pages;

static void fork_look(void)
{
	show_truth("wiped in the child", fork_pages[0] == 0);
	exit(fork_pages[PAGE]);
}

static void test_fork(void)
{
	fork_pages = pages_private(3);
	memset(fork_pages, 'f', 3 * PAGE);
	show("WIPEONFORK", call3(MADVISE, fork_pages, PAGE, WIPEONFORK));
	show("DONTFORK", call3(MADVISE, fork_pages + PAGE, PAGE, DONTFORK));
	show_child("touching what was not inherited", fork_look);
	show_truth("the parent's", bytes_are(fork_pages, 3 * PAGE, 'f'));
	show("DOFORK", call3(MADVISE, fork_pages + PAGE, PAGE, DOFORK));
	show_child("inherited", fork_look);
}

static void test_locks(void)
{
	char *p = pages_private(4);

	show("mlock", call3(MLOCK, p + 1, PAGE, 0));
	show_core("both its pages", p, 4);
	show("munlock", call3(MUNLOCK, p, 4 * PAGE, 0));
	show("munlock again", call3(MUNLOCK, p, 4 * PAGE, 0));
	show("mlock nothing", call3(MLOCK, p, 0, 0));
	show("mlock2", call3(MLOCK2, p + 3 * PAGE, PAGE, 1));
	show("mlock2 unknown flag", call3(MLOCK2, p, PAGE, 2));
	show_core("locked when it comes", p, 4);
	char *none = map(PAGE, PROT_NONE, ANONYMOUS);
	show("mlock what cannot be read", call3(MLOCK, none, PAGE, 0));
	sys_munmap(p + 2 * PAGE, PAGE);
	show("mlock with a hole", call3(MLOCK, p, 4 * PAGE, 0));
	show("munlock with a hole", call3(MUNLOCK, p, 4 * PAGE, 0));
	show("mlockall nothing", linux_call(MLOCKALL, 0, 0, 0, 0, 0, 0));
	show("mlockall on fault alone", linux_call(MLOCKALL, 4, 0, 0, 0, 0, 0));
	show("mlockall unknown", linux_call(MLOCKALL, 8, 0, 0, 0, 0, 0));
	show("mlockall", linux_call(MLOCKALL, 3, 0, 0, 0, 0, 0));
	show_core("a new map", pages_private(2), 2);
	show("munlockall", linux_call(MUNLOCKALL, 0, 0, 0, 0, 0, 0));
	char *q = pages_private(2);
	show_core("a new map", q, 2);
}

static void test_mremap(void)
{
	char *p = pages_private(8);

	memset(p, 'm', 8 * PAGE);
	sys_munmap(p + 4 * PAGE, PAGE);
	show_truth("shrink", remap(p, 4 * PAGE, 3 * PAGE, 0, NULL) == (long)p);
	show_truth("grow in place", remap(p, 3 * PAGE, 5 * PAGE, 0, NULL) == (long)p);
	show_truth("with its pages", bytes_are(p, 3 * PAGE, 'm'));
	show_truth("zero behind", bytes_are(p + 3 * PAGE, 2 * PAGE, 0));
	show_address("no room in place", remap(p, 5 * PAGE, 9 * PAGE, 0, NULL));
	char *q = (char *)remap(p, 5 * PAGE, 9 * PAGE, MAYMOVE, NULL);
	show_truth("moved", !sys_failed(q) && q != p && bytes_are(q, 3 * PAGE, 'm'));
	show_address("the old place", remap(p, PAGE, PAGE, 0, NULL));
	char *to = (char *)0x20000000;
	long at = remap(q, 9 * PAGE, 2 * PAGE, MAYMOVE | MOVE_FIXED, to);
	show_truth("to a place", at == (long)to);
	show_truth("with its pages", bytes_are(to, 2 * PAGE, 'm'));
	show_address("over itself", remap(to, 2 * PAGE, 2 * PAGE, MAYMOVE | MOVE_FIXED, to + PAGE));
	show_address("fixed but not movable", remap(to, PAGE, PAGE, MOVE_FIXED, to + 8 * PAGE));
	show_address("an unknown flag", remap(to, PAGE, PAGE, 8, NULL));
	show_address("an odd address", remap(to + 1, PAGE, PAGE, 0, NULL));
	show_address("length 0", remap(to, PAGE, 0, 0, NULL));
	show_address("more than there is", remap(to, 3 * PAGE, 4 * PAGE, MAYMOVE, NULL));
	show_address("from length 0", remap(to, 0, PAGE, MAYMOVE, NULL));
	char *left = (char *)remap(to, PAGE, PAGE, MAYMOVE | DONTUNMAP, NULL);
	show_truth("left behind", !sys_failed(left) && left[1] == 'm' && to[1] == 0);
	char *s = pages_shared(2);
	s[0] = 's';
	char *twice = (char *)remap(s, 0, 2 * PAGE, MAYMOVE, NULL);
	show_truth("shared memory twice", !sys_failed(twice) && twice != s && twice[0] == 's');
}

static long remap_pages(void *at, size_t size, int prot, size_t page)
{
	return linux_call(REMAP_FILE_PAGES, (long)at, (long)size, prot, (long)page, 0, 0);
}

static void test_remap_pages(void)
{
	char *s = pages_shared(4);

	for (int i = 0; i < 4; i++)
		s[i * PAGE] = (char)('0' + i);
	show("remap_file_pages", remap_pages(s, PAGE, 0, 2));
	show("and another", remap_pages(s + 2 * PAGE, PAGE, 0, 0));
	printf("%c %c %c %c\n", s[0], s[PAGE], s[2 * PAGE], s[3 * PAGE]);
	s[0] = 'x';
	show("back", remap_pages(s + 2 * PAGE, PAGE, 0, 2));
	printf("%c %c %c %c\n", s[0], s[PAGE], s[2 * PAGE], s[3 * PAGE]);
	show("with a protection", remap_pages(s, PAGE, PROT_READ, 0));
	show("nothing", remap_pages(s, 0, 0, 0));
	show("private memory", remap_pages(pages_private(1), PAGE, 0, 0));
}

static void test_map_flags(void)
{
	show_address("NORESERVE", (long)map(PAGE, READ_WRITE, ANONYMOUS | NORESERVE));
	show_address("GROWSDOWN", (long)map(PAGE, READ_WRITE, ANONYMOUS | GROWSDOWN));
	show_address("GROWSDOWN and shared",
		     (long)map(PAGE, READ_WRITE, MAP_SHARED | MAP_ANONYMOUS | GROWSDOWN));
	show_address("validated, without a file",
		     (long)map(PAGE, READ_WRITE, VALIDATE | MAP_ANONYMOUS));
	char *p = pages_private(1);
	show("protect both ways", sys_mprotect(p, PAGE, PROT_READ | 0x03000000));
	show("protect downwards what is no stack", sys_mprotect(p, PAGE, PROT_READ | 0x01000000));
	char *here = (char *)((uintptr_t)&p & ~(uintptr_t)(PAGE - 1));
	show("protect the stack downwards", sys_mprotect(here, PAGE, READ_WRITE | 0x01000000));
}

int main(int argc, char **argv, char **envp)
{
	(void)argc;
	(void)argv;
	(void)envp;
	test_msync();
	test_mincore();
	test_madvise();
	test_fork();
	test_locks();
	test_mremap();
	test_remap_pages();
	test_map_flags();
	return 0;
}
