/* The trace in words, on the log. Context: process. */
#ifndef KERNEL_TRACE_LOG_H
#define KERNEL_TRACE_LOG_H

/* Every record still in the ring, oldest first; nothing if no kind is on. */
void trace_log(void);

#endif
