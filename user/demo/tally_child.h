/* Tallies (tally.c) in partitions of their own; for demonstrations of partitions. */
#ifndef USER_DEMO_TALLY_CHILD_H
#define USER_DEMO_TALLY_CHILD_H

#include "lib/base.h"

/* It fills its partition with numbers, and checks them until its standard input, a pipe, ends. */
struct tally_child {
	int pid, input;
};

/* @path is the program; @wish what it writes to /proc/self/partition. Ends if it cannot be done. */
void tally_start(struct tally_child *t, const char *path, const char *wish);
/* Tell it to end. */
void tally_stop(const struct tally_child *t);
/* Wait for its end. Its wait status: 0 if every number was right. */
int tally_wait(const struct tally_child *t);

#endif
