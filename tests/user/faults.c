/* Faults in user mode: which signal ends the program, and only it. */
#include "tests/user/testing.h"
#include "user/lib/print.h"
#include "user/lib/runtime.h"
#include "user/lib/syscall.h"

static const char constant[] = "a constant";
static volatile uint32_t zero;
static volatile uint32_t sink;

static void read_null(void) { sink = *(volatile uint32_t *)sink; }
static void write_null(void) { *(volatile uint32_t *)sink = 1; }
static void jump_null(void) { ((void (*)(void))sink)(); }
static void write_text(void) { *(volatile char *)write_text = 1; }
static void write_constant(void) { *(volatile char *)constant = 1; }
static void read_kernel(void) { sink = *(volatile uint32_t *)0xc0100000; }
static void write_kernel(void) { *(volatile uint32_t *)0xc0100000 = 1; }
static void read_top(void) { sink = *(volatile uint8_t *)0xffffffff; }
static void divide(void) { sink = sink / zero; }
static void undefined(void) { __builtin_trap(); }

static void read_unmapped(void)
{
	char *p = pages_private(1);

	sys_munmap(p, PAGE);
	sink = *(volatile uint8_t *)p;
}

/* A word that begins on a page and ends on none. */
static void read_across(void)
{
	char *p = pages_private(2);

	sys_munmap(p + PAGE, PAGE);
	sink = *(volatile uint32_t *)(p + PAGE - 2);
}

static void read_below_heap_of_nothing(void) { sink = *(volatile uint8_t *)0x10000; }

int main(int argc, char **argv, char **envp)
{
	(void)argc;
	(void)argv;
	(void)envp;
	show_child("reading address 0", read_null);
	show_child("writing address 0", write_null);
	show_child("jumping to address 0", jump_null);
	show_child("writing its code", write_text);
	show_child("writing a constant", write_constant);
	show_child("reading the kernel", read_kernel);
	show_child("writing the kernel", write_kernel);
	show_child("reading the last byte", read_top);
	show_child("reading the lowest address", read_below_heap_of_nothing);
	show_child("reading what was unmapped", read_unmapped);
	show_child("reading across an end", read_across);
	show_child("dividing by zero", divide);
	show_child("an undefined instruction", undefined);
	printf("the parent is unharmed\n");
	return 0;
}
