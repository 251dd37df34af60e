/* Prints what the kernel gave a program: its arguments, its environment, its auxiliary vector. */
#include "user/lib/print.h"
#include "user/lib/runtime.h"

static const char *const auxv_names[] = {
	[AT_PHDR] = "PHDR", [AT_PHENT] = "PHENT", [AT_PHNUM] = "PHNUM", [AT_PAGESZ] = "PAGESZ",
	[AT_BASE] = "BASE", [AT_FLAGS] = "FLAGS", [AT_ENTRY] = "ENTRY", [AT_UID] = "UID",
	[AT_EUID] = "EUID", [AT_GID] = "GID", [AT_EGID] = "EGID", [AT_PLATFORM] = "PLATFORM",
	[AT_HWCAP] = "HWCAP", [AT_CLKTCK] = "CLKTCK", [AT_SECURE] = "SECURE",
	[AT_RANDOM] = "RANDOM", [AT_HWCAP2] = "HWCAP2", [AT_EXECFN] = "EXECFN",
	[AT_SYSINFO] = "SYSINFO", [AT_SYSINFO_EHDR] = "SYSINFO_EHDR",
};

static void auxv_print(const struct auxv *a)
{
	const char *name = a->type < ARRAY_SIZE(auxv_names) ? auxv_names[a->type] : NULL;

	if (name)
		printf("auxv AT_%-12s 0x%08x", name, a->value);
	else
		printf("auxv %-15u 0x%08x", a->type, a->value);
	if (a->type == AT_PLATFORM || a->type == AT_EXECFN)
		printf(" %s", (const char *)a->value);
	printf("\n");
}

int main(int argc, char **argv, char **envp)
{
	for (int i = 0; i < argc; i++)
		printf("argv[%d] %s\n", i, argv[i]);
	for (int i = 0; envp[i]; i++)
		printf("envp[%d] %s\n", i, envp[i]);
	for (const struct auxv *a = runtime_auxv; a->type != AT_NULL; a++)
		auxv_print(a);
	return 0;
}
