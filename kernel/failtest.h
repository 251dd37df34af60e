/* Failing on purpose (kernel word test=NAME), so that whoever judges a run can be tested. */
#ifndef KERNEL_FAILTEST_H
#define KERNEL_FAILTEST_H

/*
 * Fail as @name says; returns if it is "", or "sysrq": then c in /proc/sysrq-trigger is a fault in
 * the kernel while a process runs, as on Linux. Context: boot.
 */
void failtest_run(const char *name);

#endif
