/*
 * Address spaces: the end of code. A line in the sand instead of a bit per page.
 *
 * Page tables without PAE have no no-execute bit, but the code segment has a limit. So everything a
 * program executes is kept low, the limit of its code segment is the end of the highest area with
 * PROT_X, and nothing above it can be executed: stack, heap, data mapped without an address. What
 * is writable and below the line (the data of programs and libraries, between their texts) stays
 * executable; /proc/PID/smaps says how much that is.
 *
 * To keep it low, three kinds of maps without an address go to the lowest gap instead of the
 * highest: executable ones, those that the caller marks (images: a library's first map need not be
 * executable itself, but the next ones are placed beside it), and the dynamic linker. The lowest
 * gap begins at ASPACE_CODE_LOW: 1 MiB and 64 KiB, so that NULL pointers with large offsets still
 * trap, and addresses there hold a zero byte, which a string overflow cannot write. It ends where
 * the heap begins, for the heap must be able to grow. If it is full the map is placed like all
 * others and raises the line: protection is lost, but the program runs.
 *
 * An anonymous executable map (a JIT compiler's output) goes low too. One made executable in place
 * by mprotect raises the line to its end, as an executable stack does.
 *
 * The limit is recomputed when an area with PROT_X is added, removed or changed, from the highest
 * area down to the first executable one; changes of others cost nothing. If the address space is
 * active, its descriptors change at once; they take effect when the CPU next enters user mode.
 *
 * Always true (aspace_check)
 *   [code.1]  the code limit is the end of the highest area with PROT_X, or one page if there is
 *       none; so no executable area, writable or not, lies above it (a partition has its own
 *       limits: contiguous.c)
 * Left out: per-thread limits.
 * Source: Ingo Molnar's Exec Shield (2003); OpenBSD 3.3 on i386 ("line in the sand").
 */
#include "lib/assert.h"
#include "mm/aspace/aspace_internal.h"

static uint32_t aspace_code_end(const struct aspace *as)
{
	const struct vma *v = vma_last(&as->areas);
	while (v != NULL && !(v->prot & PROT_X))
		v = vma_prev(v);
	return v != NULL ? v->end : PAGE_SIZE;
}

void paged_code_changed(struct aspace *as)
{
	as->segment.code_limit = aspace_code_end(as);
	aspace_reload_segment(as);
}

/* The lowest place at or after ASPACE_CODE_LOW that is not the heap's, or 0. */
static vaddr_t code_gap(const struct aspace *as, size_t length)
{
	vaddr_t top = as->brk_start != 0 ? MIN(as->brk_start, as->mmap_top) : as->mmap_top;
	vaddr_t at = ASPACE_CODE_LOW;
	while (at < top && length <= top - at) {
		if (aspace_range_free(as, at, length))
			return at;
		at = vma_find_from(&as->areas, at)->end;
	}
	return 0;
}

vaddr_t aspace_place_code(const struct aspace *as, size_t length)
{
	vaddr_t start = code_gap(as, length);
	return start != 0 ? start : aspace_place(as, length);
}

uint32_t aspace_exposed(const struct aspace *as, const struct vma *v)
{
	if (!(v->prot & PROT_W) || v->start >= as->segment.code_limit)
		return 0;
	return MIN(v->end, as->segment.code_limit) - v->start;
}

void aspace_code_check(const struct aspace *as)
{
	vaddr_t end = PAGE_SIZE;
	for (const struct vma *v = vma_first(&as->areas); v != NULL; v = vma_next(v))
		end = v->prot & PROT_X ? v->end : end;
	ASSERT(as->segment.code_limit == end); /* [code.1] */
}
