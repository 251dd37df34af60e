/* The kernel's settings of paging, as files; for demonstrations that change them. */
#ifndef USER_DEMO_SETTINGS_H
#define USER_DEMO_SETTINGS_H

#include "lib/base.h"

#define SETTING_POLICY "/proc/sys/vm/policy"
#define SETTING_REPLACEMENT "/proc/sys/vm/replacement"

enum { SETTING_NAMES_MAX = 32 };

/* Exits with a message if that fails. */
void setting_write(const char *path, const char *value);
/* The names of all policies into @names, NULL behind the last; how many. */
uint32_t setting_policies(char *names[SETTING_NAMES_MAX]);
/* Page faults of this process up to now. */
uint32_t setting_own_faults(void);

#endif
