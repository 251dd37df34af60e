/* Shared by the files of mm/aspace/ only. Context: process. May reclaim. */
#ifndef MM_ASPACE_ASPACE_INTERNAL_H
#define MM_ASPACE_ASPACE_INTERNAL_H

#include "mm/aspace/space.h"

/* Drop the pages of [start, end), which lies in @v: frames, slots. */
static inline void aspace_drop_pages(struct aspace *as, const struct vma *v, vaddr_t start,
				     vaddr_t end)
{
	as->ops->drop_pages(as, v, start, end);
}
/* The entry at @va of @v is a frame: unmap it, with its lock and its dirty mark. */
void aspace_unmap_frame(struct aspace *as, const struct vma *v, vaddr_t va);
/* Remove @v with all its pages, and its reference on its object. */
void aspace_remove_area(struct aspace *as, struct vma *v);
/* A copy of @like in no set. NULL: no memory, even after reclaim. */
MUST_CHECK struct vma *aspace_new_area(const struct vma *like);
/* Split the area that contains @at there. 0 or -ENOMEM. */
MUST_CHECK int aspace_cut(struct aspace *as, vaddr_t at);
/* Merge @v with its neighbours if they are alike. */
void aspace_merge(struct aspace *as, struct vma *v);
/* Is [start, start + length) inside user space, without wrapping? */
bool aspace_range_ok(vaddr_t start, size_t length);
/* Is it free, with the gap below a stack? */
bool aspace_range_free(const struct aspace *as, vaddr_t start, size_t length);
/* May @as have @length more bytes of such an area? False: a limit, or could never fit. */
bool aspace_within_limits(const struct aspace *as, size_t length, unsigned prot,
			  unsigned vma_flags);

/* An area with PROT_X was added, removed or changed: update the code limit. */
static inline void aspace_code_changed(struct aspace *as)
{
	as->ops->code_changed(as);
}
/* If @as is active: load its changed segment into the descriptors. */
void aspace_reload_segment(const struct aspace *as);
/* Asserts [code.1]. */
void aspace_code_check(const struct aspace *as);

/* --- the table of paged.c --- */

void paged_drop_pages(struct aspace *as, const struct vma *v, vaddr_t start, vaddr_t end);
int paged_fork_area(struct aspace *from, struct aspace *to, const struct vma *v);
void paged_check(struct aspace *as);
long paged_map(struct aspace *as, const struct aspace_map *r);
void paged_protect_pages(struct aspace *as, const struct vma *v);
long paged_remap(struct aspace *as, struct aspace_move *m);
void paged_code_changed(struct aspace *as);
int paged_advise(struct aspace *as, vaddr_t start, vaddr_t end, unsigned advice);
int paged_populate(struct aspace *as, vaddr_t start, size_t length);
int paged_mlock(struct aspace *as, vaddr_t start, vaddr_t end, bool on_fault);
int paged_munlock(struct aspace *as, vaddr_t start, vaddr_t end);
int paged_mlock_all(struct aspace *as, bool on_fault);
bool paged_in_core(const struct aspace *as, vaddr_t va);

#endif
