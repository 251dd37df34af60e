/*
 * Which segment a program left, and where: words for the line a crash writes. Theory in
 * segment_report.c. Context: process. May reclaim.
 */
#ifndef KERNEL_TRAP_SEGMENT_REPORT_H
#define KERNEL_TRAP_SEGMENT_REPORT_H

#include "kernel/x86/trap_frame.h"

enum { SEGMENT_REPORT_BYTES = 144 };

/*
 * The running process's fault @tf (general protection, stack, segment not present) in words, or
 * @otherwise where nothing certain can be said. @text is only used if there is something to say.
 */
const char *segment_report(const struct trap_frame *tf, const char *otherwise,
			   char text[SEGMENT_REPORT_BYTES]);

#endif
