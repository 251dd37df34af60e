/* Names the system: -s name (unless told), -n node, -r release, -v version, -m machine, -a all. */
#include "lib/string.h"
#include "user/lib/print.h"
#include "user/lib/runtime.h"
#include "user/lib/syscall.h"

static const char letters[] = "snrvm";

int main(int argc, char **argv, char **envp)
{
	(void)envp;
	struct utsname u;
	unsigned wanted = argc > 1 ? 0 : 1;
	int error = sys_uname(&u);

	if (error < 0)
		fail("uname: %s\n", error_text(error));
	for (int i = 1; i < argc; i++)
		for (const char *c = argv[i] + 1; argv[i][0] == '-' && *c; c++) {
			const char *found = strchr(letters, *c);
			if (!found && *c != 'a')
				fail("usage: uname [-snrvma]\n");
			wanted |= *c == 'a' ? 31 : 1u << (found - letters);
		}
	const char *const fields[] = { u.sysname, u.nodename, u.release, u.version, u.machine };
	const char *blank = "";
	for (size_t i = 0; i < ARRAY_SIZE(fields); i++)
		if (wanted & (1u << i)) {
			printf("%s%s", blank, fields[i]);
			blank = " ";
		}
	printf("\n");
	return 0;
}
