/* The stack grows by faults, down to its limit and no further. */
#include "lib/string.h"
#include "tests/user/testing.h"
#include "user/lib/print.h"
#include "user/lib/runtime.h"
#include "user/lib/syscall.h"

static volatile uint32_t sink;

/* Touch every page of @size bytes of stack, from the top down; the exit status is what is wrong. */
static __attribute__((noinline)) void use_stack(size_t size)
{
	volatile char *frame = __builtin_alloca(size);
	bool wrong = false;

	for (size_t at = size; at > 0; at -= MIN(at, (size_t)PAGE))
		frame[at - 1] = (char)(at / PAGE);
	for (size_t at = size; at > 0; at -= MIN(at, (size_t)PAGE))
		wrong = wrong || frame[at - 1] != (char)(at / PAGE);
	exit(wrong);
}

static void use_64k(void) { use_stack(64 << 10); }
static void use_1m(void) { use_stack(1 << 20); }
static void use_7m(void) { use_stack(7 << 20); }
static void use_9m(void) { use_stack(9 << 20); }

/* The lowest address first: the stack grows over pages that were never touched. */
static __attribute__((noinline)) void touch_deep(size_t size)
{
	volatile char *frame = __builtin_alloca(size);

	frame[0] = 1;
	sink += frame[size / 2] + frame[0];
}

static void touch_deep_1m(void) { touch_deep(1 << 20); }

static __attribute__((noinline)) uint32_t recurse(uint32_t depth)
{
	volatile uint32_t frame[250];

	memset((void *)frame, (int)depth, sizeof(frame));
	uint32_t below = depth ? recurse(depth - 1) : 0;
	return below + (frame[249] == (depth & 0xff) * 0x01010101u);
}

/* A page in four is touched, so that the limit comes before memory and swap are full. */
static __attribute__((noinline)) uint32_t recurse_wide(uint32_t depth)
{
	volatile uint32_t frame[4000];

	frame[0] = depth;
	return (depth ? recurse_wide(depth - 1) : 0) + frame[0];
}

static void recurse_for_ever(void)
{
	sink = recurse_wide(0xffffffff);
}

/* A system call may be the first to touch a page of the stack. */
static __attribute__((noinline)) void read_into_stack(void)
{
	char *frame = __builtin_alloca(256 << 10);
	int ends[2];

	sys_pipe(ends);
	sys_write(ends[1], "abc", 3);
	printf("read into an untouched page of it: %d\n", sys_read(ends[0], frame, 3));
	printf("which holds: %.3s\n", frame);
}

static void far_below(void)
{
	volatile uintptr_t here = (uintptr_t)&here;
	*(volatile char *)(here - (32 << 20)) = 1;
}

int main(int argc, char **argv, char **envp)
{
	(void)argc;
	(void)argv;
	(void)envp;
	show_child("64 KiB", use_64k);
	show_child("1 MiB", use_1m);
	show_child("7 MiB", use_7m);
	show_child("9 MiB", use_9m);
	show_child("1 MiB, its end first", touch_deep_1m);
	show_child("32 MiB below", far_below);
	printf("recursion: %u frames intact\n", recurse(999));
	show_child("recursion for ever", recurse_for_ever);
	read_into_stack();
	return 0;
}
