/*
 * Address spaces: areas, page tables, base and limit of one process. Theory in aspace.c.
 * Addresses are offsets in the process's segment; today every base is 0.
 * Context of all: process. May reclaim.
 */
#ifndef MM_ASPACE_H
#define MM_ASPACE_H

#include "mm/object.h"
#include "mm/pmap.h"
#include "mm/segment.h"
#include "mm/vma.h"

enum {
	ASPACE_STACK_GAP = 256 * 4096,	   /* bytes kept free below a growing stack */
	ASPACE_STACK_LIMIT = 8 << 20,	   /* bytes, default */
	ASPACE_MMAP_GAP = 128 << 20,	   /* bytes between mmap_top and USER_TOP: room for stacks */
};

struct aspace {
	struct pmap pmap;
	struct vma_set areas;
	struct segment segment;
	uint32_t refs;
	vaddr_t brk_start; /* page aligned */
	vaddr_t brk;
	vaddr_t mmap_top; /* maps without an address go below it */
	uint32_t stack_limit; /* bytes */
	/* Facts for reports. */
	uint32_t minor_faults, major_faults;
	uint32_t peak_resident;
	vaddr_t arg_start, arg_end, env_start, env_end; /* exec fills them, for /proc */
	vaddr_t code_start, code_end, data_start, data_end, stack_start;
};

void aspace_init(void); /* boot */
/* Empty; one reference. NULL: no memory. */
MUST_CHECK struct aspace *aspace_create(void);
/* A copy: private pages are shared until written, slots too. NULL: no memory; @from is as before. */
MUST_CHECK struct aspace *aspace_fork(struct aspace *from);
struct aspace *aspace_get(struct aspace *as);
/* The last put removes every area. Must not be in use by the CPU then: activate another first. */
void aspace_put(struct aspace *as);
/* Page tables, base and limit in force. NULL: the kernel alone. */
void aspace_activate(struct aspace *as);

enum aspace_map_flags {
	ASPACE_FIXED = 1,	 /* at @start, whatever was there goes */
	ASPACE_NOREPLACE = 2,	 /* with FIXED: -EEXIST if anything is there */
};

struct aspace_map {
	vaddr_t start;	       /* FIXED: there; else a hint, 0 for none */
	size_t length;	       /* bytes; rounded up to pages */
	unsigned prot;	       /* PROT_* */
	unsigned map_flags;    /* enum aspace_map_flags */
	unsigned vma_flags;    /* enum vma_flags */
	struct object *object; /* NULL: private anonymous memory. A reference of its own is taken. */
	uint32_t index;	       /* the object's page at the start */
	uint32_t object_end;   /* see struct vma; 0 is taken as UINT32_MAX */
};
/*
 * Returns the start, or as a negative value:
 *   -EINVAL  length 0, start not page aligned with FIXED     -ENOMEM  no room, no memory, or more than could ever fit
 *   -EEXIST  NOREPLACE and taken     -EPERM  FIXED below USER_BASE
 * Pages come in by fault; nothing is read.
 */
long aspace_map(struct aspace *as, const struct aspace_map *request);
/* [start, start + length): 0, -EINVAL (unaligned, empty, beyond user space), -ENOMEM (an area would have to be split). */
int aspace_unmap(struct aspace *as, vaddr_t start, size_t length);
/* 0, -EINVAL, -ENOMEM (a hole in the range, or no memory to split). */
int aspace_protect(struct aspace *as, vaddr_t start, size_t length, unsigned prot);
/* Linux's brk: the new break, or the old one if it can not be had. */
vaddr_t aspace_brk(struct aspace *as, vaddr_t brk);
/* Where the heap starts: page aligned up from @end. By exec, once. */
void aspace_set_brk(struct aspace *as, vaddr_t end);
/* A stack that ends at USER_TOP and grows by fault. 0 or -ENOMEM. By exec, once. */
int aspace_add_stack(struct aspace *as, uint32_t limit_bytes);
/* Let the stack grow down to cover @va if rules allow: the new area, or NULL. For fault.c. */
struct vma *aspace_grow_stack(struct aspace *as, vaddr_t va);

/* Between aspace.c and aspace_map.c: drop every page of a range; an area with its pages; a new area, with reclaim. */
void aspace_drop_pages(struct aspace *as, vaddr_t start, vaddr_t end);
void aspace_remove_area(struct aspace *as, struct vma *v);
MUST_CHECK struct vma *aspace_new_area(const struct vma *like);

/* Asserts on areas, tables and every resident page. */
void aspace_check(struct aspace *as);
/* Every address space: for mm_check. */
void aspace_check_all(void);

#endif
