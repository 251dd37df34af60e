/*
 * The start and the end of a user program.
 *
 * The kernel leaves on the stack, upwards from the stack pointer: argc; argv and a NULL; the
 * environment and a NULL; pairs of the auxiliary vector up to type 0. Nothing is copied: main()
 * gets pointers into it. There are no constructors and no thread-local storage, so nothing else
 * has to be prepared.
 */
#include "lib/string.h"
#include "user/lib/print.h"
#include "user/lib/runtime.h"
#include "user/lib/syscall.h"

char **runtime_environ;
struct auxv *runtime_auxv;

_Noreturn void runtime_start(uintptr_t *stack);

_Noreturn void runtime_start(uintptr_t *stack)
{
	int argc = (int)stack[0];
	char **argv = (char **)(stack + 1);
	runtime_environ = argv + argc + 1;

	char **end = runtime_environ;
	while (*end)
		end++;
	runtime_auxv = (struct auxv *)(end + 1);
	exit(main(argc, argv, runtime_environ));
}

_Noreturn void exit(int status)
{
	print_flush();
	sys_exit(status);
}

uint32_t runtime_auxv_value(uint32_t type)
{
	for (const struct auxv *a = runtime_auxv; a->type != AT_NULL; a++)
		if (a->type == type)
			return a->value;
	return 0;
}

const char *runtime_getenv(const char *name)
{
	size_t length = strlen(name);

	for (char **e = runtime_environ; *e; e++)
		if (strncmp(*e, name, length) == 0 && (*e)[length] == '=')
			return *e + length + 1;
	return NULL;
}
