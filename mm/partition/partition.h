/*
 * Contiguous memory under base and limit: one region, cut into partitions. Theory in partition.c.
 * Knows bytes and owners, no processes and no page tables. Positions are bytes from the region's
 * start; sizes and positions of partitions are whole pages.
 * Context: process, unless said. Allocates descriptors only (kmalloc); never reclaims.
 */
#ifndef MM_PARTITION_PARTITION_H
#define MM_PARTITION_PARTITION_H

#include "lib/list.h"
#include "mm/types.h"

enum partition_mode {
	PARTITION_SINGLE,   /* one user program, at the high end: the system part grows below it */
	PARTITION_FIXED,    /* cut once; a program in each */
	PARTITION_VARIABLE, /* cut on load, merged on exit */
	PARTITION_NMODES,
};
enum partition_fit { FIT_FIRST, FIT_BEST, FIT_WORST, FIT_COUNT };
extern const char *const partition_mode_names[PARTITION_NMODES];
extern const char *const partition_fit_names[FIT_COUNT];

enum { PARTITION_FIXED_MAX = 16 };
#define PARTITION_ANYWHERE UINT32_MAX

/* One block of the region, used or free. All of them, by address, fill what is not the system's. */
struct partition {
	struct list_node link;
	uint32_t start, size; /* bytes, whole pages */
	uint32_t wanted;      /* bytes the owner asked for; the rest is lost inside */
	void *owner;	      /* NULL: free */
	bool movable;	      /* bound at execution time */
};

/*
 * After the bytes of @p have moved, and p->start is where they are: the owner rewrites base, page
 * tables and whatever else knows the place. Must not fail.
 */
typedef void partition_moved_fn(struct partition *p, uint32_t from);

/*
 * The region [@start, @start + @bytes) of physical memory, inside the direct map, all of it free,
 * mode variable, fit first. @bytes 0: there is no region, every request is -ENODEV. 0, or -ENOMEM.
 * Context: boot.
 */
int partition_init(paddr_t start, uint32_t bytes, partition_moved_fn *moved);

/* Remove the region, which must be empty. Its memory is the caller's again. */
void partition_end(void);

struct partition_region {
	paddr_t start;
	uint32_t bytes;
	uint32_t system; /* [0, system) is the resident part's */
	enum partition_mode mode;
	enum partition_fit fit;
	bool auto_compact; /* on at first */
	struct list_node blocks; /* struct partition, by address */
};
extern struct partition_region partition_region;

/*
 * Change how the region is used. @sizes: for FIXED, from the system part up; what is left over is
 * unowned. 0, or -EBUSY (a program is in it), -EINVAL (sizes that are no pages or do not fit),
 * -ENOMEM, -ENODEV. After an error nothing has changed.
 */
int partition_set_mode(enum partition_mode mode, const uint32_t *sizes, unsigned nsizes);
void partition_set_fit(enum partition_fit fit);
/*
 * The resident part becomes @bytes long (rounded up to pages). 0, or -EBUSY (a program or a fixed
 * partition is in the way), -EINVAL (larger than the region), -ENOMEM, -ENODEV.
 */
int partition_set_system(uint32_t bytes);

struct partition_request {
	uint32_t bytes; /* > 0 */
	uint32_t at;	/* PARTITION_ANYWHERE, or the only place where it can be */
	bool movable;
	void *owner; /* not NULL */
};
/*
 * A partition for @r, all zeroes. May compact, if that makes room and auto_compact is on. 0, or
 *   -ENOMEM  no hole (or partition) is large enough now    -E2BIG  none will ever be
 *   -EBUSY   @at is taken now                               -ENODEV  there is no region
 *   -EINVAL  no bytes, or @at is no page or outside what programs can have
 */
MUST_CHECK int partition_place(const struct partition_request *r, struct partition **out);
/* Free it; VARIABLE: merge it with free neighbours, and @p becomes invalid. */
void partition_release(struct partition *p);
/*
 * The owner now asks for @bytes > 0: its partition grows (into zeroes) or shrinks, without moving.
 * 0, or -ENOMEM: what follows is taken, or in FIXED the partition ends; nothing has changed.
 */
MUST_CHECK int partition_resize(struct partition *p, uint32_t bytes);
/*
 * Copy to @to and tell the owner. FIXED: @to is the start of another partition. 0, or -EPERM (bound
 * to its place), -EBUSY (taken), -EINVAL (no place for it), -ENOMEM.
 */
MUST_CHECK int partition_move(struct partition *p, uint32_t to);
/*
 * Slide every movable partition down, until none has a hole right below it. VARIABLE only; else a
 * no-op. Returns bytes moved.
 */
uint32_t partition_compact(void);
/* The kernel's address of the byte at @p's start. */
void *partition_bytes(const struct partition *p);

struct partition_stats {
	uint32_t used, nused;	     /* bytes in partitions that have owners; how many */
	uint32_t internal;	     /* bytes of these that nobody asked for */
	uint32_t free, nholes;
	uint32_t largest;	     /* hole, or free fixed partition */
	uint32_t unused;	     /* FIXED: bytes in no partition */
	/* Since boot. */
	uint32_t placed, refused, released, moves, compactions;
	uint64_t bytes_moved;
};
/* The current figures. External fragmentation: free - largest. */
void partition_get_stats(struct partition_stats *s);

/* Asserts the theory's [partition.1] to [partition.5]. */
void partition_check(void);

#endif
