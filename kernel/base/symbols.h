/* From a code address to a function's name, for stack traces. Context: any. */
#ifndef KERNEL_BASE_SYMBOLS_H
#define KERNEL_BASE_SYMBOLS_H

#include "lib/base.h"

struct symbol {
	const char *name; /* NULL: unknown */
	uint32_t offset;  /* bytes into it */
};

struct symbol symbol_find(uint32_t address);

#endif
