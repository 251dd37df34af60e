/*
 * The machine boundary: base and limit. mm/x86/segment.c puts them into descriptors.
 * Context: process or boot.
 */
#ifndef MM_SEGMENT_H
#define MM_SEGMENT_H

#include "lib/errno.h"
#include "mm/types.h"

/*
 * A process's window on linear memory. Limits are sizes in bytes, exclusive, not zero, byte-exact
 * up to 1 MiB, above that multiples of 4 KiB.
 */
struct segment {
	vaddr_t base;
	uint32_t data_limit;
	uint32_t code_limit;
};

/*
 * In force at the next return to user mode. 0, or -EINVAL for limits that no descriptor can hold or
 * a window outside user space.
 */
int segment_set_user(const struct segment *seg);
/* What the user descriptors hold now. */
struct segment segment_user(void);

/*
 * The one place where base is added and limit compared. Offsets [offset, offset + length) in the
 * data segment become *linear. 0 or -EFAULT (also on wrap-around). @length may be 0. Never
 * allocates. In line: every buffer of every call passes it.
 */
MUST_CHECK static inline int segment_to_linear(const struct segment *seg, uint32_t offset,
					       uint32_t length, vaddr_t *linear)
{
	if (UNLIKELY(offset > seg->data_limit || length > seg->data_limit - offset))
		return -EFAULT;
	*linear = seg->base + offset;
	return 0;
}

/*
 * Thread-local storage: GDT entries 6..8, each process's own (Linux's set_thread_area). Zero: none.
 * Only segment.c knows what the words mean.
 */
enum { SEGMENT_NTLS = 3, SEGMENT_TLS_FIRST = 6 };
struct segment_tls {
	uint32_t words[2];
};
/*
 * _MARKED has no effect: a bit for the program itself. The last two are for self-tests, no program
 * gets them: offsets above the limit are the segment's; any load of a selector is refused.
 */
enum segment_tls_flags {
	SEGMENT_TLS_PAGES = 1, SEGMENT_TLS_READ_ONLY = 2, SEGMENT_TLS_MARKED = 4,
	SEGMENT_TLS_EXPAND_DOWN = 8, SEGMENT_TLS_ABSENT = 16,
};

/*
 * A ring 3 data segment; @limit is its last byte, or with _PAGES its last page. -EINVAL: it is no
 * 20-bit number.
 */
MUST_CHECK int segment_make_tls(struct segment_tls *tls, vaddr_t base, uint32_t limit,
				unsigned flags);
/* What segment_make_tls was told. */
struct segment_tls_facts {
	vaddr_t base;
	uint32_t limit;
	unsigned flags;
};
struct segment_tls_facts segment_read_tls(const struct segment_tls *tls);
/* In force from the next load of a selector on. */
void segment_set_tls(const struct segment_tls tls[SEGMENT_NTLS]);

/* Entries for self-tests, like those of TLS; empty at all other times. */
enum { SEGMENT_NSPARE = 5, SEGMENT_SPARE_FIRST = 20 };
void segment_set_spare(const struct segment_tls spare[SEGMENT_NSPARE]);

/*
 * Kernel and user descriptors, both task segments; then the stack for entries from user mode.
 * Context: boot.
 */
void segment_init(void);
/* The stack pointer the CPU loads when an interrupt or system call comes from user mode. */
void segment_set_kernel_stack(vaddr_t top);

/* What the CPU was doing when it could not even report a fault: most often, out of kernel stack. */
struct segment_double_fault {
	uint32_t ebx, ecx, edx, esi, edi, ebp, eax;
	uint32_t eip, cs, eflags, esp, ss;
	vaddr_t address; /* of the last page fault */
};
typedef void segment_double_fault_fn(const struct segment_double_fault *fault);
/* @handler, which does not return, runs on a stack of its own, interrupts off. Context: boot. */
void segment_on_double_fault(segment_double_fault_fn *handler);
/*
 * The page directory the double-fault task runs in: one that stays valid. At first the one
 * segment_init found.
 */
void segment_set_double_fault_directory(paddr_t directory);

#endif
