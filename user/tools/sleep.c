/* Waits as many seconds as its argument says; a decimal fraction is understood. */
#include "user/lib/print.h"
#include "user/lib/runtime.h"
#include "user/lib/syscall.h"

static bool sleep_parse(const char *p, struct timespec *time)
{
	int scale = 100000000;

	if (*p < '0' || *p > '9')
		return false;
	for (; *p >= '0' && *p <= '9'; p++)
		time->seconds = time->seconds * 10 + *p - '0';
	if (*p == '.')
		for (p++; *p >= '0' && *p <= '9'; p++) {
			time->nanoseconds += (*p - '0') * scale;
			scale /= 10;
		}
	return *p == '\0';
}

int main(int argc, char **argv, char **envp)
{
	(void)envp;
	struct timespec time = { 0 };

	if (argc != 2 || !sleep_parse(argv[1], &time))
		fail("usage: sleep SECONDS\n");
	int error = sys_nanosleep((uint32_t)time.seconds, (uint32_t)time.nanoseconds);
	if (error < 0)
		fail("sleep: %s\n", error_text(error));
	return 0;
}
