/*
 * The emulators' debug console: one port that takes bytes at once. The trace is sent here. Context:
 * any.
 */
#ifndef DRIVERS_DEBUGCON_H
#define DRIVERS_DEBUGCON_H

#include "lib/base.h"

/* Is there one? Looks at the port. */
bool debugcon_present(void);
/* @n bytes as they are; each is out when this returns. */
void debugcon_write(const void *bytes, size_t n);

#endif
