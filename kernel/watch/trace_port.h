/* The trace on its way out of the machine, record by record. Theory in trace_port.c. */
#ifndef KERNEL_WATCH_TRACE_PORT_H
#define KERNEL_WATCH_TRACE_PORT_H

#include "mm/types.h"

/* What a program did with a page. */
enum reference_access { REFERENCE_READ, REFERENCE_WRITE, REFERENCE_EXECUTE };
/* And what else is to be known of it. */
enum reference_mark {
	REFERENCE_KERNEL = 1, /* the kernel did it for the program */
	REFERENCE_LOCKED = 2, /* no policy knows the page any more */
	REFERENCE_ZEROES = 4, /* the shared page of zeroes stands for it, which is nobody's frame */
};

/* The header, if a kind is traced and there is a port for it. Context: boot, after policy_start. */
void trace_port_start(void);
/* One stay of the traced process on the page at @va. */
void trace_port_reference(vaddr_t va, enum reference_access access, unsigned marks);
/* Everything that is traced is out. */
void trace_port_end(void);

#endif
