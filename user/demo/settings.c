/*
 * Settings are files under /proc/sys: a name or a number is written to them. A choice reads as all
 * its names with the one in force in brackets.
 */
#include "user/demo/settings.h"

#include "lib/string.h"
#include "user/lib/linux.h"
#include "user/lib/print.h"
#include "user/lib/runtime.h"
#include "user/lib/syscall.h"

static int setting_read(const char *path, char *buf, size_t size)
{
	int fd = sys_open(path, O_RDONLY, 0);
	int n = fd < 0 ? fd : sys_read(fd, buf, size - 1);

	if (fd >= 0)
		sys_close(fd);
	if (n < 0)
		fail("%s: %s\n", path, error_text(n));
	buf[n] = 0;
	return n;
}

void setting_write(const char *path, const char *value)
{
	int fd = sys_open(path, O_WRONLY, 0);
	int n = fd < 0 ? fd : sys_write(fd, value, strlen(value));

	if (n < 0)
		fail("%s: %s: %s\n", path, value, error_text(n));
	sys_close(fd);
}

uint32_t setting_policies(char *names[SETTING_NAMES_MAX])
{
	static char text[512];
	int n = setting_read(SETTING_POLICY, text, sizeof(text));
	uint32_t count = 0;

	for (int i = 0; i < n; i++) {
		if (strchr(" []\n", text[i]) != NULL) {
			text[i] = 0;
		} else if ((i == 0 || text[i - 1] == 0) && count < SETTING_NAMES_MAX - 1) {
			names[count] = &text[i];
			count++;
		}
	}
	names[count] = NULL;
	return count;
}

/* Fields 10 and 12 of /proc/self/stat, minor and major faults. */
uint32_t setting_own_faults(void)
{
	char text[512];
	uint32_t faults[2] = { 0, 0 };
	int field = 1;

	setting_read("/proc/self/stat", text, sizeof(text));
	for (const char *at = text; *at != 0 && field <= 12; at++) {
		if (*at == ' ')
			field++;
		else if (field == 10 || field == 12)
			faults[field == 12] = faults[field == 12] * 10 + (uint32_t)(*at - '0');
	}
	return faults[0] + faults[1];
}
