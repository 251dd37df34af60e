/*
 * Prints its arguments with a blank between them; -n leaves out the line's end. Files of /proc
 * refuse what they do not understand, so an error of writing is said.
 */
#include "lib/errno.h"
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

	int error = print_error();
	if (error)
		fail("echo: %s\n", error_text(error));
	return 0;
}
