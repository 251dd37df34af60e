/*
 * How an address of a process is translated, step by step: segment, page directory, page table,
 * frame; or what happens at a touch. The kernel writes the text: only it knows the tables' bits.
 */
#include "lib/format.h"
#include "lib/string.h"
#include "user/lib/options.h"
#include "user/lib/print.h"
#include "user/lib/runtime.h"
#include "user/tools/procfile.h"

static const struct program program = {
	.name = "walk", .purpose = "explains how the MMU translates an address (hexadecimal)",
	.words = "PID ADDRESS",
};

static bool is_address(const char *text)
{
	size_t i = text[0] == '0' && text[1] == 'x' ? 2 : 0, digits = strlen(text + i);

	for (; text[i]; i++)
		if (!strchr("0123456789abcdefABCDEF", text[i]))
			return false;
	return digits > 0 && digits <= 8;
}

int main(int argc, char **argv, char **envp)
{
	int first = options_parse(&program, argc, argv);
	char name[32];

	(void)envp;
	if (argc - first != 2)
		fail("usage: walk PID ADDRESS, for example: walk self 8048000\n");
	if (!is_address(argv[first + 1]))
		fail("walk: %s: not an address: up to 8 hexadecimal digits\n", argv[first + 1]);
	format_string(name, sizeof(name), "walk/%s", argv[first + 1]);
	printf("%s", proc_text_of("walk", argv[first], name));
	return 0;
}
