/* Running pipelines. Theory in run.c. */
#ifndef USER_SH_RUN_H
#define USER_SH_RUN_H

#include "user/sh/parse.h"

/* Run them in order, as their connectors say; sets the shell's status. */
void run_list(const struct pipeline *pipelines, int n);

/*
 * Become the program @argv[0], looked for in the folders of PATH where it has no slash. Returns
 * only where that fails, after a message: the exit status that says why.
 */
int run_become(char **argv);

#endif
