/*
 * Reading another process's memory.
 *
 * Its pages are faulted in as if it had touched them itself, and read through the kernel's direct
 * map, whatever page tables the CPU uses. A reference keeps the address space; the process may exit
 * meanwhile.
 */
#include "kernel/proc/process.h"
#include "kernel/procfs/proc.h"
#include "lib/errno.h"
#include "mm/fault.h"

/* The frame of @va's page, valid until the next sleep. NULL: none. */
static const struct frame *peek_frame(struct aspace *as, vaddr_t va)
{
	if (!as->ops->paged && !aspace_in_core(as, va))
		return NULL; /* not worth faulting in */
	va += as->segment.base;
	for (;;) {
		struct pmap_entry e = pmap_lookup(&as->pmap, va);
		if (e.kind == PMAP_FRAME)
			return frame_of(e.number);
		if (fault_handle(as, va, PROT_R) != 0)
			return NULL;
	}
}

void proc_add_memory(struct text *t, struct process *p, vaddr_t start, vaddr_t end)
{
	struct aspace *as = p->aspace ? aspace_get(p->aspace) : NULL;
	if (!as)
		return;
	for (vaddr_t at = start; at < end && !t->failed;) {
		size_t offset = at & PAGE_MASK, n = MIN(PAGE_SIZE - offset, end - at);
		const struct frame *f = peek_frame(as, at);
		if (!f)
			break;
		char chunk[128]; /* growing the text may reclaim, and evict the frame */
		n = MIN(n, sizeof(chunk));
		const char *bytes = (const char *)frame_bytes(f) + offset;
		for (size_t i = 0; i < n; i++)
			chunk[i] = bytes[i];
		text_add_bytes(t, chunk, n);
		at += n;
	}
	aspace_put(as);
}
