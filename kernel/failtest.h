/*
 * Failing on purpose (kernel word test=NAME), so that whoever judges a run can be tested. Context:
 * boot.
 */
#ifndef KERNEL_FAILTEST_H
#define KERNEL_FAILTEST_H

/* Fail as @name says; returns if it is "". */
void failtest_run(const char *name);

#endif
