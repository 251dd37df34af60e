/*
 * Shared anonymous memory: fork's both sides write to the same pages, whoever touches them first.
 */
#include "lib/string.h"
#include "tests/user/testing.h"
#include "user/lib/print.h"
#include "user/lib/runtime.h"
#include "user/lib/syscall.h"

enum { PAGES = 40, CHILDREN = 4 };

static char *shared;

static void write_even(void)
{
	for (int i = 0; i < PAGES; i += 2)
		shared[i * PAGE] = (char)i;
}

static void read_all(void)
{
	int wrong = 0;

	for (int i = 0; i < PAGES; i++)
		wrong += shared[i * PAGE] != (char)i;
	printf("a later child finds %d wrong\n", wrong);
}

static void write_own_part(int child)
{
	for (int i = child; i < PAGES; i += CHILDREN)
		memset(shared + i * PAGE, 'A' + child, PAGE);
}

static void unmap_it(void)
{
	show("a child unmaps it", sys_munmap(shared, PAGES * PAGE));
}

static void protect_it(void)
{
	show("a child protects it", sys_mprotect(shared, PAGES * PAGE, PROT_READ));
	shared[0] = 1;
}

int main(int argc, char **argv, char **envp)
{
	(void)argc;
	(void)argv;
	(void)envp;
	shared = pages_shared(PAGES);
	show_truth("it is zero", bytes_are(shared, PAGE, 0));
	show_child("a child writes every other page", write_even);
	for (int i = 1; i < PAGES; i += 2)
		shared[i * PAGE] = (char)i;
	int wrong = 0;
	for (int i = 0; i < PAGES; i++)
		wrong += shared[i * PAGE] != (char)i;
	printf("the parent finds %d wrong\n", wrong);
	show_child("a later child", read_all);

	for (int c = 0; c < CHILDREN; c++)
		if (sys_fork() == 0) {
			write_own_part(c);
			sys_exit(0);
		}
	for (int c = 0; c < CHILDREN; c++)
		sys_waitpid(-1, NULL, 0);
	wrong = 0;
	for (int i = 0; i < PAGES; i++)
		wrong += !bytes_are(shared + i * PAGE, PAGE, (char)('A' + i % CHILDREN));
	printf("%d children together: %d wrong\n", CHILDREN, wrong);
	show_child("unmapping", unmap_it);
	show_child("protecting", protect_it);
	show_truth("the parent still has it", bytes_are(shared, PAGE, 'A'));
	shared[0] = 'z';
	show_truth("and writes it", shared[0] == 'z');
	return 0;
}
