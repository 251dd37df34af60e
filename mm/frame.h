/*
 * Physical frames: who owns each one, and the buddy allocator that allocates them.
 * Theory in frame.c. Context of all: process or boot, never an interrupt handler. Never reclaims.
 */
#ifndef MM_FRAME_H
#define MM_FRAME_H

#include "lib/list.h"
#include "machine/layout.h"
#include "mm/types.h"

enum { FRAME_MAX_ORDER = 10 }; /* largest block: 2^10 frames, 4 MiB */

enum frame_state {
	FRAME_RESERVED,	 /* kernel image, holes, modules: never allocated */
	FRAME_FREE,	 /* on a buddy list, or inside a block that is */
	FRAME_OWNED,	 /* allocated; the owner knows where it is */
	FRAME_EVICTABLE, /* a user page that the policy, or reclaim's list of cached pages, knows */
};

/* Why a frame was allocated; counted for reports. */
enum frame_owner {
	FRAME_UNOWNED,
	FRAME_KERNEL, /* kmalloc's large requests, boot-time tables */
	FRAME_SLAB,
	FRAME_VMALLOC,
	FRAME_TABLE, /* page directories, page tables and their reverse-map pages */
	FRAME_ANON,  /* a private page: zeroes, or a copy */
	FRAME_OBJECT, /* a page of an object: file or shared memory */
	FRAME_OWNER_COUNT,
};

enum frame_flags {
	FRAME_DIRTY = 1,   /* differs from its slot or source; the MMU's bit is added at unmap */
	FRAME_BUSY = 2,	   /* being filled from or written to a device */
	FRAME_CHARGED = 4, /* counts against frames=N */
	FRAME_LAZY = 16,   /* MADV_FREE: unless it is written again it may be dropped */
	FRAME_REFERENCED = 32, /* counts as the MMU's bit at the policy's next look: policy.c */
	FRAME_USED = 64,   /* the policy cleared a bit since the last sample: allot_rate.c */
	FRAME_CACHED = 8,  /* EVICTABLE, unmapped and clean: on reclaim's list, not the policy's */
	FRAME_LOCKED = 128, /* mapped by locked areas, frame.locks of them; no policy knows it */
};

/* The name of one page-table entry, see pmap.h. 0: none. */
typedef uint32_t mapping_t;

struct object;
struct slab_cache;
struct pmap;

/* One for every physical frame from 0 to the end of the direct map's RAM. 40 bytes. */
struct frame {
	union {
		/* buddy list, slab list, policy's list, cached list; else self-linked */
		struct list_node link;
		uint32_t locks; /* FRAME_LOCKED, which is on no list: mappings in locked areas */
	};
	uint8_t state;	       /* enum frame_state */
	uint8_t owner;	       /* enum frame_owner */
	uint8_t order;	       /* of the block whose first frame this is */
	uint8_t flags;	       /* enum frame_flags */
	uint16_t policy_bits;  /* for the replacement policy alone */
	uint16_t set;	       /* user pages: whose account, and set of the policy; 0: unowned */
	uint32_t pins;	       /* not to be evicted or moved while above 0 */
	uint32_t mappers;      /* page-table entries that name it */
	union {
		struct { /* FRAME_ANON, FRAME_OBJECT */
			mapping_t rmap;	       /* first mapping, see rmap.h */
			slot_t slot;	       /* holds a copy, or is set aside for one; 0 none */
			struct object *object; /* FRAME_OBJECT: which, and its page number in it */
			uint32_t index;
		};
		struct { /* FRAME_SLAB: the first frame of a slab */
			struct slab_cache *cache;
			void *free_list;
			uint16_t inuse;
			uint16_t total;
			/* pfn of the slab's first frame, in each of its frames */
			uint32_t slab_head;
		};
		struct { /* FRAME_TABLE: a page table */
			struct pmap *pmap;
			/* Companion pages, a word for each entry: its neighbours in rmap's list. */
			mapping_t *rmap_next, *rmap_prev;
			uint16_t table_index; /* the directory's entry that names it */
			uint16_t live;	      /* entries that are not none */
		};
	};
};

/* frame_table[pfn]; frame_count is one past the last pfn it covers. */
extern struct frame *frame_table;
extern pfn_t frame_count;

static inline struct frame *frame_of(pfn_t pfn)
{
	return &frame_table[pfn];
}

static inline pfn_t frame_pfn(const struct frame *f)
{
	return (pfn_t)(f - frame_table);
}

/* Mappings of it in locked areas. */
static inline uint32_t frame_locks(const struct frame *f)
{
	return f->flags & FRAME_LOCKED ? f->locks : 0;
}

/* Does it hold, or is it to hold, a page of a program or of a file? */
static inline bool frame_is_user_page(const struct frame *f)
{
	return f->state >= FRAME_OWNED && (f->owner == FRAME_ANON || f->owner == FRAME_OBJECT);
}

/* The kernel's address of the frame's bytes. */
static inline void *frame_bytes(const struct frame *f)
{
	return phys_to_virt(frame_pfn(f) << PAGE_SHIFT);
}

static inline struct frame *frame_of_bytes(const void *kernel_address)
{
	return &frame_table[virt_to_phys(kernel_address) >> PAGE_SHIFT];
}

/*
 * Start with every frame RESERVED. @table is zeroed memory for @count frames; the caller then
 * frees usable ranges with frame_add_range. Context: boot.
 */
void frame_init(struct frame *table, pfn_t count);
/* Make [start, end) free for the first time; must be RESERVED. Context: boot. */
void frame_add_range(pfn_t start, pfn_t end);

/*
 * 2^@order contiguous frames, aligned to their size, contents undefined. The first frame's order
 * is set, every frame is OWNED by @owner with pins, mappers, flags and union zero.
 * NULL: no such block is free; nothing changed. @order above FRAME_MAX_ORDER: NULL.
 */
MUST_CHECK struct frame *frame_alloc(unsigned order, enum frame_owner owner);
/* Give back a block by its first frame. It must be OWNED, unpinned and unmapped: else a panic. */
void frame_free(struct frame *f);
/* OWNED <-> EVICTABLE, for the one who tells the policy. Single frames of ANON and OBJECT only. */
void frame_set_evictable(struct frame *f);
void frame_set_owned(struct frame *f);

void frame_pin(struct frame *f);
void frame_unpin(struct frame *f);
/* One more, one fewer mapping in a locked area. @f is on no list. */
void frame_lock(struct frame *f);
void frame_unlock(struct frame *f);

struct frame_stats {
	uint32_t total;			   /* frames that are not RESERVED */
	uint32_t free;
	uint32_t owned[FRAME_OWNER_COUNT]; /* by owner, EVICTABLE ones included */
	uint32_t free_blocks[FRAME_MAX_ORDER + 1];
	uint32_t allocs, frees, splits, merges, failures;
};
extern struct frame_stats frame_stats;

/*
 * The smallest order whose block holds @bytes (> 0): 66 KB -> 5 (128 KB). Above 4 MiB:
 * FRAME_MAX_ORDER + 1.
 */
unsigned frame_order_for(size_t bytes);

/* Asserts the theory's [frame.1] to [frame.7], over every frame. */
void frame_check(void);

#endif
