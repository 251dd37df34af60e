/*
 * Prints its arguments with a blank between them; -n leaves out the newline. If a setting is
 * written with it (echo lru > /proc/sys/vm/policy) and refused, it says so.
 */
#include "lib/string.h"
#include "user/lib/print.h"
#include "user/lib/runtime.h"

int main(int argc, char **argv, char **envp)
{
	(void)envp;
	bool newline = argc < 2 || strcmp(argv[1], "-n") != 0;

	for (int i = newline ? 1 : 2; i < argc; i++)
		printf("%s%s", argv[i], i + 1 < argc ? " " : "");
	if (newline)
		printf("\n");
	if (print_error() != 0)
		fail("echo: write error: %s\n", error_text(print_error()));
	return 0;
}
