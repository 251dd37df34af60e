/* The trace in words, on the log. Context: process. */
#ifndef KERNEL_WATCH_TRACE_LOG_H
#define KERNEL_WATCH_TRACE_LOG_H

#include "lib/base.h"

/* Every record still in the ring, oldest first; nothing if no kind is on. */
void trace_log(void);
/* The last @most of them, and recording continues. Context: any. */
void trace_log_last(uint32_t most);

#endif
