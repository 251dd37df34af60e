/* Commands that the shell executes itself, because they change the shell. */
#ifndef USER_SH_BUILTIN_H
#define USER_SH_BUILTIN_H

#include "lib/base.h"

/* Returns its exit status. @argv ends with NULL. */
typedef int builtin_function(int argc, char **argv);

/* NULL where @name is none. */
builtin_function *builtin_find(const char *name);

/* Call @visit for every builtin whose name starts with @prefix. */
void builtin_each(void (*visit)(const char *name), const char *prefix);

#endif
