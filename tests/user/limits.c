/*
 * Resource limits: what can be set and read, who inherits them, and that memory and descriptors
 * are refused beyond them.
 */
#include "lib/string.h"
#include "tests/user/testing.h"
#include "user/lib/print.h"
#include "user/lib/runtime.h"
#include "user/lib/syscall.h"

enum { SETRLIMIT = 75, OLD_GETRLIMIT = 76, GETRLIMIT = 191, PRLIMIT = 340, PERSONALITY = 136 };
enum { DATA = 2, STACK = 3, NOFILE = 7, MEMLOCK = 8, AS = 9, COUNT = 16 };
enum { MREMAP = 163 };

struct limit {
	uint64_t now, most;
};

static long prlimit(int resource, const struct limit *new, struct limit *old)
{
	return linux_call(PRLIMIT, 0, resource, (long)new, (long)old, 0, 0);
}

static void limit_set(int resource, uint64_t now)
{
	struct limit l;

	prlimit(resource, NULL, &l);
	l.now = now;
	if (prlimit(resource, &l, NULL) < 0)
		fail("setting limit %d\n", resource);
}

static void test_forms(void)
{
	uint32_t pair[2] = { 8 * PAGE, 0xffffffff };
	struct limit l = { 5ull << 32, UINT64_MAX };

	show("set, 32 bits", linux_call(SETRLIMIT, DATA, (long)pair, 0, 0, 0, 0));
	prlimit(DATA, NULL, &l);
	show_truth("read, 64 bits", l.now == 8 * PAGE && l.most == UINT64_MAX);
	pair[1] = 0;
	linux_call(GETRLIMIT, DATA, (long)pair, 0, 0, 0, 0);
	show_truth("read, 32 bits", pair[0] == 8 * PAGE && pair[1] == 0xffffffff);
	linux_call(OLD_GETRLIMIT, DATA, (long)pair, 0, 0, 0, 0);
	show_truth("read, 31 bits", pair[0] == 8 * PAGE && pair[1] == 0x7fffffff);
	l = (struct limit){ UINT64_MAX, UINT64_MAX };
	show("no limit", prlimit(DATA, &l, NULL));
	l = (struct limit){ 2, 1 };
	show("now above most", prlimit(DATA, &l, NULL));
	show("no such limit", prlimit(COUNT, NULL, &l));
	show("no such limit, 32 bits", linux_call(GETRLIMIT, COUNT, (long)pair, 0, 0, 0, 0));
	show("a bad address", prlimit(DATA, (void *)8, NULL));
	show("a bad address to write", prlimit(DATA, NULL, (void *)8));
	show("another process's", linux_call(PRLIMIT, 32000, DATA, 0, (long)&l, 0, 0));
}

static void show_map(const char *what, size_t size, int prot)
{
	void *p = sys_mmap(NULL, size, prot, MAP_PRIVATE | MAP_ANONYMOUS, -1, 0);
	show(what, sys_failed(p) ? (long)p : 0);
}

static void limit_as(void)
{
	char *p = pages_private(4);

	limit_set(AS, 64 << 20);
	show_map("AS: 32 MiB", 32 << 20, PROT_READ);
	show_map("AS: 32 MiB more", 32 << 20, PROT_READ);
	uintptr_t end = sys_brk(0);
	show_truth("AS: brk", sys_brk(end + (60 << 20)) == end);
	show("AS: mremap", linux_call(MREMAP, (long)p, 4 * PAGE, 60 << 20, 1, 0, 0) < 0 ? -12 : 0);
}

static void limit_data(void)
{
	limit_set(DATA, 16 << 20);
	uintptr_t end = sys_brk(0);
	show_truth("DATA: brk", sys_brk(end + (20 << 20)) == end);
	show_map("DATA: writable", 20 << 20, PROT_READ | PROT_WRITE);
	show_map("DATA: read-only", 20 << 20, PROT_READ);
}

static __attribute__((noinline)) int go_deep(unsigned pages)
{
	volatile char room[PAGE];
	room[0] = (char)pages;
	return pages ? go_deep(pages - 1) + room[0] : 0;
}

static void deep_small(void) { go_deep(150); }
static void deep_large(void) { go_deep(400); }

static void limit_stack(void)
{
	limit_set(STACK, 1 << 20);
	show_child("STACK: 600 KiB deep", deep_small);
	show_child("STACK: 1.6 MiB deep", deep_large);
}

static void limit_nofile(void)
{
	limit_set(NOFILE, 5);
	show("NOFILE: 3", sys_dup(1));
	show("NOFILE: 4", sys_dup(1));
	show("NOFILE: 5", sys_dup(1));
	show("NOFILE: dup2 to 5", sys_dup2(1, 5));
	show("NOFILE: from 5 on", sys_fcntl(1, F_DUPFD, 5));
	sys_close(3);
	int ends[2];
	show("NOFILE: pipe", sys_pipe(ends));
	show("NOFILE: the one that is left", sys_dup(1));
}

static const char *self;

static void limit_inherit(void)
{
	char *argv[] = { (char *)self, (char *)"x", NULL }, *envp[] = { NULL };

	limit_set(NOFILE, 77);
	sys_execve(self, argv, envp);
}

static void test_persona(void)
{
	show_truth("personality", linux_call(PERSONALITY, 0xffffffff, 0, 0, 0, 0, 0) >= 0);
	show("set it", linux_call(PERSONALITY, 0x40000, 0, 0, 0, 0, 0));
	show_truth("read it", linux_call(PERSONALITY, 0xffffffff, 0, 0, 0, 0, 0) == 0x40000);
}

int main(int argc, char **argv, char **envp)
{
	(void)envp;
	self = argv[0];
	if (argc > 1) {
		struct limit l;
		prlimit(NOFILE, NULL, &l);
		return (int)l.now;
	}
	test_forms();
	show_child("AS", limit_as);
	show_child("DATA", limit_data);
	show_child("STACK", limit_stack);
	show_child("NOFILE", limit_nofile);
	show_child("inherited by fork and exec", limit_inherit);
	test_persona();
	return 0;
}
