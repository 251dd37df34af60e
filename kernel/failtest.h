/* Failing on purpose (kernel word test=NAME), so that whoever judges a run can be tested. */
#ifndef KERNEL_FAILTEST_H
#define KERNEL_FAILTEST_H

/* Fail as @name says; returns if it is "" or "sysrq". Context: boot. */
void failtest_run(const char *name);
/*
 * A fault in the kernel while a process runs, as Linux has it with c in /proc/sysrq-trigger.
 * -EPERM unless @name, the word's value, is "sysrq". Context: process.
 */
int failtest_in_process(const char *name);

#endif
