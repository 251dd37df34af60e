/*
 * Says which replacement policy is in force, or puts another in force: policy [NAME]. The kernel's
 * file of settings does the work.
 */
#include "lib/string.h"
#include "user/lib/linux.h"
#include "user/lib/print.h"
#include "user/lib/runtime.h"
#include "user/lib/syscall.h"

#define POLICY_FILE "/proc/sys/vm/policy"

static const char usage[] =
	"policy: shows the replacement policies, the one in use in brackets, or changes it\n"
	"usage: policy [NAME]\n";

static int policy_open(int flags)
{
	int fd = sys_open(POLICY_FILE, flags, 0);

	if (fd < 0)
		fail("policy: %s: %s\n", POLICY_FILE, error_text(fd));
	return fd;
}

static int policy_show(void)
{
	char names[512];
	int n = sys_read(policy_open(O_RDONLY), names, sizeof(names) - 1);

	if (n < 0)
		fail("policy: %s: %s\n", POLICY_FILE, error_text(n));
	names[n] = 0;
	printf("%s", names);
	return 0;
}

int main(int argc, char **argv, char **envp)
{
	(void)envp;
	int error;

	if (argc < 2)
		return policy_show();
	if (strcmp(argv[1], "--help") == 0) {
		printf("%s", usage);
		return 0;
	}
	if (argc > 2 || argv[1][0] == '-')
		fail("%s", usage);
	error = sys_write(policy_open(O_WRONLY), argv[1], strlen(argv[1]));
	if (error < 0)
		fail("policy: %s: there is no such policy\n", argv[1]);
	return 0;
}
