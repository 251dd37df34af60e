/*
 * What backs an area: zeroes, a file, shared memory. Theory in object.c.
 * Context: process. Never reclaims.
 */
#ifndef MM_OBJECT_H
#define MM_OBJECT_H

#include "mm/frame.h"
#include "mm/types.h"

struct object;

/* One table for each kind. A file system supplies its own; mm never includes it. */
struct object_ops {
	const char *name;
	/*
	 * Fill @n bytes at @buf from byte @offset of the source; bytes past the source's end are
	 * zero. NULL: the source is zeroes. 0 or -EIO. May sleep. Never allocates.
	 */
	int (*read)(struct object *o, uint32_t offset, void *buf, size_t n);
	/* The last reference was dropped and no page is left. May be NULL. */
	void (*destroy)(struct object *o);
	/*
	 * Pages are kept by the object (page cache, shared memory). False: only zeroes, never
	 * shared.
	 */
	bool keeps_pages;
};

struct object_node;

struct object {
	const struct object_ops *ops;
	uint32_t refs;
	uint32_t size_bytes; /* past its last page: SIGBUS; UINT32_MAX: no end */
	/* Page number -> resident frame or slot. */
	struct object_node *root;
	uint8_t levels;
	uint32_t npages;     /* entries that are not empty */
};

/* Anonymous private memory; one for all. */
extern struct object object_zero;
/*
 * The shared zero frame, mapped by reads of untouched anonymous pages. Never charged, evicted or
 * written.
 */
extern pfn_t object_zero_pfn;

void object_init_module(void); /* boot */
void object_init(struct object *o, const struct object_ops *ops, uint32_t size_bytes);
/* Shared anonymous memory: zeroes at first; evicted pages go to slots. NULL: no memory. */
struct object *object_create_shared(uint32_t size_bytes);
struct object *object_get(struct object *o); /* returns @o */
/* Drop a reference; the last one drops its pages and destroys it. */
void object_put(struct object *o);
/* How a page is dropped: by page.c, in an upper layer. Context: boot. */
void object_set_page_drop(void (*drop)(struct object *o, uint32_t index));

/* The object's record of one of its pages. */
struct object_page {
	enum { OBJECT_EMPTY, OBJECT_FRAME, OBJECT_SLOT } kind;
	union {
		struct frame *frame;
		slot_t slot;
	};
};
struct object_page object_lookup(const struct object *o, uint32_t index);
/* After it, object_set for this page cannot fail until object_trim. 0 or -ENOMEM. */
MUST_CHECK int object_reserve(struct object *o, uint32_t index);
void object_set_frame(struct object *o, uint32_t index, struct frame *f);
void object_set_slot(struct object *o, uint32_t index, slot_t slot);
void object_clear(struct object *o, uint32_t index);
/* The first page at or after @index that is not empty; UINT32_MAX if there is none. */
uint32_t object_next(const struct object *o, uint32_t index);
/* Free empty index nodes. Not between reserve and set. */
void object_trim(struct object *o);
/* Fill from the source, or with zeroes if there is none. 0 or -EIO. */
int object_read(struct object *o, uint32_t offset, void *buf, size_t n);
void object_check(const struct object *o);

#endif
