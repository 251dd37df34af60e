/*
 * Addresses in words, for people: what lies there, or what is nearest. Theory in explain.c.
 * Context of all: process, or a panic (any). Never allocates, never sleeps. Results are valid until
 * the next call.
 */
#ifndef KERNEL_WATCH_EXPLAIN_H
#define KERNEL_WATCH_EXPLAIN_H

#include "kernel/x86/trap_frame.h"
#include "mm/aspace/space.h"

/* "[heap]", "/bin/sh", "anonymous memory": what the area @v of @as is. */
const char *explain_area(const struct aspace *as, const struct vma *v);
/* Describe user address @va of @as, as in "12 KiB above [heap]". @as NULL: no process. */
const char *explain_user(const struct aspace *as, vaddr_t va);
/* Describe the kernel's own address @va; user addresses as in @as. */
const char *explain_kernel(const struct aspace *as, vaddr_t va);
/*
 * Why the user-mode exception @tf, at address @va of the running process, is fatal: @why, and for a
 * page fault the attempted access, and where.
 */
const char *explain_fatal(const struct trap_frame *tf, vaddr_t va, const char *why);

/*
 * The end of a panic report: the fault's address in words (@tf NULL: no exception), the running
 * process and its areas, the last events if they are recorded, and what to do next.
 */
void explain_panic(const struct trap_frame *tf);

#endif
