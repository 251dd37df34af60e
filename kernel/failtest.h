/* Failing on purpose (kernel word test=NAME), so that the test runner can be tested. */
#ifndef KERNEL_FAILTEST_H
#define KERNEL_FAILTEST_H

/*
 * Fail as @name says; returns if it is "" or "sysrq". With "sysrq", c written to
 * /proc/sysrq-trigger faults in the kernel while a process runs, as on Linux. Context: boot.
 */
void failtest_run(const char *name);

#endif
