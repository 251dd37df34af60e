/*
 * Which segment an access violated, and where: text for the crash line. Theory in segment_report.c.
 * Context: process. May reclaim.
 */
#ifndef KERNEL_TRAP_SEGMENT_REPORT_H
#define KERNEL_TRAP_SEGMENT_REPORT_H

#include "kernel/x86/trap_frame.h"

enum { SEGMENT_REPORT_BYTES = 144 };

/*
 * The running process's fault @tf (general protection, stack, segment not present) in words, or
 * @otherwise if nothing certain is known. @text is only used if there is something to report.
 */
const char *segment_report(const struct trap_frame *tf, const char *otherwise,
			   char text[SEGMENT_REPORT_BYTES]);

#endif
