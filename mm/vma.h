/*
 * Areas: what an address range of a process means. Theory in vma.c.
 * Context: process. Never reclaims.
 */
#ifndef MM_VMA_H
#define MM_VMA_H

#include "lib/tree.h"
#include "mm/types.h"

struct object;

enum vma_flags {
	VMA_SHARED = 1,	   /* writes go to the object; else private, copied on write */
	VMA_GROWSDOWN = 2, /* a stack: a fault below it, above the guard gap, extends it */
	VMA_HEAP = 4,	   /* brk's */
	VMA_NORESERVE = 8,
	VMA_LOCKED = 16,      /* its pages stay in memory (mlock) */
	VMA_DONTFORK = 32,    /* a child does not get it */
	VMA_WIPEONFORK = 64,  /* a child gets it empty */
	VMA_NOWRITE = 128,    /* shared, of something not to be written: mprotect must refuse */
};

/* [start, end), page aligned, not empty. */
struct vma {
	struct tree_node node;
	vaddr_t start;
	vaddr_t end;
	uint8_t prot;	       /* PROT_* */
	uint8_t flags;	       /* enum vma_flags */
	struct object *object; /* never NULL; anonymous private areas have object_zero */
	uint32_t index;	       /* the object's page at @start */
	/*
	 * Private maps of a file: bytes of the object at and after this offset read as zero (the
	 * .bss tail of a segment). UINT32_MAX: none do.
	 */
	uint32_t fill_end;
};

/* The areas of one address space, by address; never overlapping. */
struct vma_set {
	struct tree tree;
	uint32_t count;
	uint32_t npages; /* sum of sizes */
};

void vma_init(void); /* the cache of areas; boot */

/* The area that covers @va, or NULL. */
struct vma *vma_find(const struct vma_set *set, vaddr_t va);
/* The first area that ends after @va, or NULL. */
struct vma *vma_find_from(const struct vma_set *set, vaddr_t va);
struct vma *vma_first(const struct vma_set *set);
struct vma *vma_last(const struct vma_set *set);
struct vma *vma_next(const struct vma *v);
struct vma *vma_prev(const struct vma *v);

/*
 * A new area on no set, fields copied from @like; takes a reference on its object. NULL: no memory.
 */
MUST_CHECK struct vma *vma_alloc(const struct vma *like);
/* An area on no set, and its reference on its object. */
void vma_free(struct vma *v);
/* Put @v in; its range must be free. */
void vma_insert(struct vma_set *set, struct vma *v);
void vma_remove(struct vma_set *set, struct vma *v);
/*
 * Cut @v at @at (inside, page aligned): @v keeps the lower part, @upper (from vma_alloc) becomes
 * the upper one and is inserted.
 */
void vma_split(struct vma_set *set, struct vma *v, vaddr_t at, struct vma *upper);
/* Change bounds; the new range must be free. @v->index follows a change of start. */
void vma_resize(struct vma_set *set, struct vma *v, vaddr_t start, vaddr_t end);
/*
 * If @v and the area right before it are one in all but name, merge them: @v grows, the other is
 * returned removed (else NULL).
 */
struct vma *vma_merge_before(struct vma_set *set, struct vma *v);
/* The highest free range of @length bytes inside [low, high); 0 if there is none. */
vaddr_t vma_gap(const struct vma_set *set, size_t length, vaddr_t low, vaddr_t high);

/* Asserts the theory's [vma.1] to [vma.3]. */
void vma_check(const struct vma_set *set);

#endif
