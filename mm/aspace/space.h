/*
 * Address spaces: areas, page tables, base and limit of one process. Theory in space.c.
 * Addresses are offsets in the process's segment; its base is 0, except in a partition.
 * Context of all: process. May reclaim.
 */
#ifndef MM_ASPACE_SPACE_H
#define MM_ASPACE_SPACE_H

#include "mm/allot.h"
#include "mm/aspace/ops.h"
#include "mm/aspace/lock.h"
#include "mm/object.h"
#include "mm/pmap.h"
#include "mm/segment.h"
#include "mm/vma.h"

struct contiguous;

/*
 * Functions that change areas, fork and populate take the lock (lock.h) and release it before they
 * return: -EINTR, or failure where there is no error number, if the caller is killed while waiting.
 * Reading without sleeping needs no lock.
 */

enum {
	ASPACE_STACK_GAP = 256 * 4096,	   /* bytes kept free below a growing stack */
	ASPACE_STACK_LIMIT = 8 << 20,	   /* bytes, default */
	/* bytes between mmap_top and USER_TOP: room for stacks */
	ASPACE_MMAP_GAP = 128 << 20,
	ASPACE_CODE_LOW = 0x00110000, /* code mapped without an address: from here up */
	ASPACE_AREAS_MAX = 65530,     /* Linux's max_map_count: more are -ENOMEM */
};

struct aspace {
	struct pmap pmap;
	struct vma_set areas;
	struct aspace_lock lock; /* of the areas: lock.c */
	struct segment segment; /* base 0, all of user space, code up to its end: code.c */
	const struct aspace_ops *ops;  /* its kind */
	struct contiguous *contiguous; /* the kind under base and limit: its partition; else NULL */
	struct allotment *allot; /* the account of its frames */
	uint32_t refs;
	vaddr_t brk_start; /* page aligned */
	vaddr_t brk;
	vaddr_t mmap_top; /* maps without an address are placed below it */
	/* Bytes: Linux's RLIMIT_STACK, _AS, _DATA and _MEMLOCK, set by the owners of the limits. */
	uint32_t stack_limit;
	uint32_t limit_as, limit_data, limit_memlock;
	bool lock_future; /* mlockall(MCL_FUTURE): new areas are locked */
	/* Facts for reports. */
	uint32_t minor_faults, major_faults;
	uint32_t peak_resident;
	uint32_t refaults;	   /* pages read back from swap after eviction */
	uint64_t refault_distance; /* evictions between, added up */
	vaddr_t arg_start, arg_end, env_start, env_end; /* exec fills them, for /proc */
	vaddr_t code_start, code_end, data_start, data_end, stack_start;
	vaddr_t sigreturn_page; /* where handlers return to; mapped by exec */
};

/* Its lock: lock.h. */
MUST_CHECK static inline int aspace_lock_shared(struct aspace *as)
{
	return lock_shared(&as->lock);
}

MUST_CHECK static inline int aspace_lock_exclusive(struct aspace *as)
{
	return lock_exclusive(&as->lock);
}

static inline void aspace_unlock(struct aspace *as)
{
	lock_release(&as->lock);
}

/* For assertions: is it held, or held exclusively? True for a space that nobody else has. */
static inline bool aspace_is_locked(const struct aspace *as)
{
	return as->lock.exclusive || as->lock.readers > 0 || as->refs == 0;
}

static inline bool aspace_is_exclusive(const struct aspace *as)
{
	return as->lock.exclusive || as->refs == 0;
}

void aspace_init(void); /* boot */
/* Empty; one reference. NULL: no memory. */
MUST_CHECK struct aspace *aspace_create(void);
/*
 * A copy: private pages are shared until written, slots too. NULL: no memory; @from is unchanged.
 */
MUST_CHECK struct aspace *aspace_fork(struct aspace *from);
struct aspace *aspace_get(struct aspace *as);
/* The last put removes every area. Must not be in use by the CPU then: activate another first. */
void aspace_put(struct aspace *as);
/* Activate its page tables, base and limit. NULL: only the kernel's. */
void aspace_activate(struct aspace *as);

#define ASPACE_NO_LIMIT UINT32_MAX

enum aspace_map_flags {
	ASPACE_FIXED = 1,	 /* at @start, replacing what was there */
	ASPACE_NOREPLACE = 2,	 /* with FIXED: -EEXIST if anything is there */
	ASPACE_CODE = 4,	 /* part of an image: placed low, like all executable maps */
};

struct aspace_map {
	vaddr_t start;	       /* FIXED: there; else a hint, 0 for none */
	size_t length;	       /* bytes; rounded up to pages */
	unsigned prot;	       /* PROT_* */
	unsigned map_flags;    /* enum aspace_map_flags */
	unsigned vma_flags;    /* enum vma_flags */
	/* NULL: private anonymous memory. Takes its own reference. */
	struct object *object;
	uint32_t index;	       /* the object's page at the start */
	uint32_t fill_end;   /* see struct vma; 0 is taken as UINT32_MAX */
};
/*
 * Returns the start, or as a negative value:
 *   -EINVAL  length 0, start not page aligned with FIXED     -ENOMEM  no room, no memory, or more
 *            than could ever fit
 *   -EEXIST  NOREPLACE and taken     -EPERM  FIXED below USER_BASE
 * Pages are faulted in later; nothing is read.
 */
long aspace_map(struct aspace *as, const struct aspace_map *request);
/* The highest place for @length bytes mapped without an address; 0: none. */
vaddr_t aspace_place(const struct aspace *as, size_t length);
/* The lowest place for code, below the heap; if there is none, as aspace_place. */
vaddr_t aspace_place_code(const struct aspace *as, size_t length);
/* Bytes of @v that are writable and, being below the code limit, executable. */
uint32_t aspace_exposed(const struct aspace *as, const struct vma *v);
/*
 * [start, start + length): 0, -EINVAL (unaligned, empty, beyond user space), -ENOMEM (an area would
 * have to be split).
 */
int aspace_unmap(struct aspace *as, vaddr_t start, size_t length);
/* 0, -EINVAL, -ENOMEM (a hole in the range, or no memory to split). */
int aspace_protect(struct aspace *as, vaddr_t start, size_t length, unsigned prot);
/* The same, for a caller that holds the lock exclusively and has checked the areas under it. */
long aspace_map_locked(struct aspace *as, const struct aspace_map *request);
int aspace_unmap_locked(struct aspace *as, vaddr_t start, size_t length);
int aspace_protect_locked(struct aspace *as, vaddr_t start, size_t length, unsigned prot);
/* Linux's brk: the new break, or the old one on failure. */
vaddr_t aspace_brk(struct aspace *as, vaddr_t brk);
/* Where the heap starts: page aligned up from @end. By exec, once. */
void aspace_set_brk(struct aspace *as, vaddr_t end);
/* A stack that ends at USER_TOP and grows by fault. 0 or -ENOMEM. By exec, once. */
int aspace_add_stack(struct aspace *as, uint32_t limit_bytes);
/* Grow the stack down to cover @va if allowed: the area, or NULL. For fault.c. */
struct vma *aspace_grow_stack(struct aspace *as, vaddr_t va);

/* Is all of [start, start + length) covered by areas? */
bool aspace_covers(const struct aspace *as, vaddr_t start, size_t length);

enum aspace_remap_flags { ASPACE_MAYMOVE = 1, ASPACE_MOVE_FIXED = 2, ASPACE_DONTUNMAP = 4 };
/*
 * Linux's mremap: [old, old + old_length) becomes @new_length long, elsewhere if it must and is
 * allowed to.
 * @to is used with MOVE_FIXED. Pages move, none is copied. The new address, or
 *   -EINVAL  unaligned, empty, or incompatible flags   -EFAULT  not one area
 *   -ENOMEM  no room, a limit, or no memory; the old range is unchanged
 *   -EAGAIN  the limit on locked memory
 */
long aspace_remap(struct aspace *as, vaddr_t old, size_t old_length, size_t new_length,
		  unsigned flags, vaddr_t to);

/* Linux's advice numbers. Those without effect here are accepted. */
enum aspace_advice {
	ADVISE_NORMAL = 0, ADVISE_RANDOM = 1, ADVISE_SEQUENTIAL = 2,
	ADVISE_WILLNEED = 3,
	ADVISE_DONTNEED = 4,
	ADVISE_FREE = 8,
	ADVISE_DONTFORK = 10,
	ADVISE_DOFORK = 11,
	ADVISE_MERGEABLE = 12, ADVISE_UNMERGEABLE = 13, ADVISE_HUGEPAGE = 14,
	ADVISE_NOHUGEPAGE = 15, ADVISE_DONTDUMP = 16, ADVISE_DODUMP = 17,
	ADVISE_WIPEONFORK = 18,
	ADVISE_KEEPONFORK = 19,
	ADVISE_COLD = 20,
	ADVISE_PAGEOUT = 21,
	ADVISE_POPULATE_READ = 22,
	ADVISE_POPULATE_WRITE = 23,
};
/*
 * 0, -EINVAL (unaligned, unknown, or not for this kind of area), -ENOMEM (a hole; the rest is
 * done), or a fault's error.
 */
int aspace_advise(struct aspace *as, vaddr_t start, size_t length, unsigned advice);
/*
 * Evict every page that only @as maps, as far as there are slots, while @goes_on(@arg) is true.
 * Locked ones stay.
 */
void aspace_roll_out(struct aspace *as, bool (*goes_on)(const void *arg), const void *arg);
/* Is the page at @va, which an area covers, in memory? */
bool aspace_in_core(const struct aspace *as, vaddr_t va);
/* Fault in every page of the range, as far as its areas allow. 0, or the first fault's error. */
int aspace_populate(struct aspace *as, vaddr_t start, size_t length);

/*
 * mlock and munlock: 0, -EINVAL (wraps), -ENOMEM (a hole, the limit, or no memory). @on_fault: lock
 * pages only as they are faulted in.
 */
int aspace_mlock(struct aspace *as, vaddr_t start, size_t length, bool on_fault);
int aspace_munlock(struct aspace *as, vaddr_t start, size_t length);
/* Does the limit allow @length more bytes to be locked? */
bool aspace_may_lock(const struct aspace *as, size_t length);
int aspace_mlock_all(struct aspace *as, bool on_fault);
void aspace_munlock_all(struct aspace *as);

/* Asserts on areas, tables and every resident page. */
void aspace_check(struct aspace *as);
/* Every address space: for mm_check. */
void aspace_check_all(void);

#endif
