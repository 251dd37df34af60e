/*
 * Reads through a NULL pointer. Page 0 is never mapped, so the processor faults, the kernel finds
 * no area there, and SIGSEGV ends this process and no other.
 */
#include "user/lib/options.h"
#include "user/lib/print.h"
#include "user/lib/runtime.h"

static bool write_too;

static const struct option options[] = {
	{ "write", NULL, &write_too, "write instead of reading" },
};

static const struct program program = {
	"nullderef", "reads through a NULL pointer and dies of SIGSEGV", "",
	options, ARRAY_SIZE(options),
};

int main(int argc, char **argv, char **envp)
{
	(void)envp;
	/* volatile, or the compiler would see the NULL and leave the access out. */
	volatile uint32_t *volatile nowhere = NULL;

	options_parse(&program, argc, argv);
	printf("nullderef: about to %s address 0\n", write_too ? "write" : "read");
	if (write_too)
		*nowhere = 1;
	printf("nullderef: address 0 holds %u\n", *nowhere);
	return 0;
}
