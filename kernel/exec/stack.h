/* The stack that a new program finds. Theory in stack.c. Context: process. May reclaim. */
#ifndef KERNEL_EXEC_STACK_H
#define KERNEL_EXEC_STACK_H

#include "kernel/exec/elf.h"
#include "kernel/exec/strings.h"

struct exec_stack {
	struct aspace *as;		    /* the active one */
	const struct exec_strings *strings; /* arguments, environment, the path */
	unsigned argc, envc;
	vaddr_t top;
	const struct elf_image *image; /* the program */
	unsigned nheaders;	       /* its program headers */
	vaddr_t interpreter_base;      /* 0: none */
};

/* Bytes it takes at most, with @nstrings pointers. */
uint32_t exec_stack_bytes(const struct exec_strings *strings, unsigned nstrings);
/* Write it; *sp is the stack pointer to start with. 0 or -ENOMEM. */
MUST_CHECK int exec_stack_write(const struct exec_stack *s, vaddr_t *sp);

#endif
