/* Sending the trace out of the machine, record by record. Theory in trace_port.c. */
#ifndef KERNEL_WATCH_TRACE_PORT_H
#define KERNEL_WATCH_TRACE_PORT_H

#include "mm/types.h"

/* What a program did with a page. */
enum reference_access { REFERENCE_READ, REFERENCE_WRITE, REFERENCE_EXECUTE };
/* And its marks. */
enum reference_mark {
	REFERENCE_KERNEL = 1, /* the kernel did it for the program */
	REFERENCE_LOCKED = 2, /* no longer tracked by a policy */
	REFERENCE_ZEROES = 4, /* it is the shared zero page, whose frame is unowned */
};

/* Send the header, if a kind is traced and there is a port. Context: boot, after policy_start. */
void trace_port_start(void);
/* One stay of the traced process on the page at @va. */
void trace_port_reference(vaddr_t va, enum reference_access access, unsigned marks);
/* End the stream: everything traced has been sent. */
void trace_port_end(void);

#endif
