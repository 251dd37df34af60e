/*
 * The life of a user page in its frame.
 *
 * A frame for a user page starts out pinned: reclaim_alloc allocates it, the caller fills it. When
 * it is mapped and complete (page_ready) it is given to the policy and can be a victim, until a
 * locked area maps it (page_lock) or its last user is gone (page_released). What happens then
 * depends on its contents:
 *
 *   private page, its slot's references wait for it    stays: it is the only good copy
 *   private page, else                                 free
 *   object's page that differs from its source         stays: it needs a slot before it may go
 *   object's page that its source has too              cached: first to go, without a write
 *   object's page whose fill failed                    free
 *
 * All of this is bookkeeping of one frame: nothing is evicted here (reclaim.c does that), and
 * nothing is allocated.
 *
 * Always true (page_check):
 *   [page.1]  charged is the number of frames marked CHARGED, cached that of those marked CACHED
 *   [page.2]  an EVICTABLE frame is known to the policy, or it is CACHED: unmapped, clean, with a
 *       source (a page that a locked area maps is OWNED: neither knows it, so it is no victim)
 *   [page.3]  a private page without a mapper is pinned, or slot references stand for it
 *   [page.4]  the reverse map of every user page is exact ([rmap.1])
 *   [page.5]  nothing here allocates: eviction passes through here
 *   [page.6]  a page under I/O is pinned, unmapped, and can be found: its object, or its slot,
 *       names the frame
 *
 * A transfer may sleep, and others may want the page, or want it removed, meanwhile. They wait on
 * the frame's address (page_wait) and then recheck, as everything may have changed. Truncation
 * waits for the pins of others in the same way: pins are only held for a transfer or a copy.
 *
 * Left out: ordering cached pages by use. They are few, and a second touch maps them.
 * Source: Linux's mm/swap.c and filemap.c for the cases; UVM's uvm_anfree and uvm_pageunwire.
 */
#include "mm/page.h"

#include "kernel/base/sleep.h"
#include "lib/assert.h"
#include "mm/mmstat.h"
#include "mm/policy/policy.h"
#include "mm/rmap.h"

struct page_stats page_stats;

static struct list_node cached_frames = LIST_HEAD_INIT(cached_frames); /* oldest first */

void page_init(void)
{
	page_stats = (struct page_stats){ 0 };
	list_init(&cached_frames);
	object_set_page_drop(page_object_drop);
}

bool page_has_source(const struct frame *f)
{
	return f->owner == FRAME_OBJECT && f->object != NULL && f->object->ops->read != NULL &&
	       f->slot == 0;
}

uint32_t page_name(const struct frame *f)
{
	if (f->slot != 0 || f->owner != FRAME_OBJECT)
		return f->slot;
	uint32_t object = (uint32_t)(uintptr_t)f->object / sizeof(void *);
	return 0x80000000u | (object * 2654435761u + f->index);
}

/* --- counted --- */

void page_charge(struct frame *f, struct allotment *a)
{
	ASSERT(!(f->flags & FRAME_CHARGED));
	f->flags |= FRAME_CHARGED;
	allot_charge(a, f);
	page_stats.charged++;
	page_stats.peak_charged = MAX(page_stats.peak_charged, page_stats.charged);
}

static void page_uncharge(struct frame *f)
{
	if (!(f->flags & FRAME_CHARGED))
		return;
	f->flags &= ~FRAME_CHARGED;
	allot_uncharge(f);
	page_stats.charged--;
}

/* --- in the policy, or cached, or neither --- */

/* Remove it from the policy or the cached list, whichever has it. */
static void page_unlist(struct frame *f)
{
	if (f->flags & FRAME_CACHED) {
		list_remove(&f->link);
		f->flags &= ~FRAME_CACHED;
		frame_set_owned(f);
		page_stats.cached--;
	} else if (f->state == FRAME_EVICTABLE) {
		policy_remove(f);
	}
}

static void page_cache(struct frame *f)
{
	if (f->flags & FRAME_CACHED)
		return;
	page_unlist(f);
	frame_set_evictable(f);
	f->flags |= FRAME_CACHED;
	list_push_back(&cached_frames, &f->link);
	page_stats.cached++;
}

/* Give it to the policy. */
static void page_list(struct frame *f)
{
	if (f->flags & FRAME_CACHED)
		page_unlist(f);
	if (f->state != FRAME_EVICTABLE)
		policy_insert(f);
}

struct frame *page_oldest_cached(void)
{
	list_for_each_entry(struct frame, f, &cached_frames, link)
		if (f->pins == 0) /* otherwise a fault is about to map it */
			return f;
	return NULL;
}

static void page_unpinned(struct frame *f)
{
	frame_unpin(f);
	if (f->pins == 0)
		sleep_wake(f);
}

void page_busy(struct frame *f)
{
	ASSERT(f->pins > 0 && f->mappers == 0 && !(f->flags & FRAME_BUSY)); /* [page.6] */
	f->flags |= FRAME_BUSY;
}

void page_done(struct frame *f)
{
	ASSERT(f->flags & FRAME_BUSY && f->pins > 0 && f->mappers == 0); /* [page.6] */
	f->flags &= ~FRAME_BUSY;
	sleep_wake(f);
}

void page_wait(struct frame *f)
{
	ASSERT(f->flags & FRAME_BUSY || f->pins > 0); /* otherwise nobody would wake us */
	mmstat_count(page_waits);
	sleep_on(f);
}

void page_ready(struct frame *f)
{
	ASSERT(f->mappers > 0);
	if (!(f->flags & FRAME_LOCKED))
		page_list(f);
	page_unpinned(f);
}

void page_lock(struct frame *f)
{
	page_unlist(f);
	frame_lock(f);
	page_stats.locked++;
}

void page_unlock(struct frame *f)
{
	frame_unlock(f);
	page_stats.locked--;
	if (!(f->flags & FRAME_LOCKED) && f->mappers > 0)
		policy_insert(f);
}

/* --- the end --- */

void page_free(struct frame *f)
{
	ASSERT(f->mappers == 0 && f->pins == 0 && f->slot == 0 && !(f->flags & FRAME_LOCKED));
	page_unlist(f);
	page_uncharge(f);
	f->flags = 0;
	frame_free(f);
}

void page_leave_object(struct frame *f, slot_t slot)
{
	struct object *o = f->object;
	if (slot != 0) {
		swap_get(slot);
		object_set_slot(o, f->index, slot);
	} else {
		object_clear(o, f->index);
		if (o->npages == 0)
			object_trim(o);
	}
}

/* An unmapped private page: is its frame still needed? */
static void anon_page_released(struct frame *f)
{
	if (f->slot != 0) {
		if (swap_refs(f->slot) > 0 && (f->flags & FRAME_DIRTY)) {
			page_list(f);
			return; /* the only good copy, needed by slot references */
		}
		swap_detach(f);
	}
	page_free(f);
}

/* An unmapped page of an object: keep it, as cached if it can be dropped. */
static void object_page_released(struct frame *f)
{
	page_uncharge(f);
	if (f->object == NULL)
		page_free(f); /* its fill failed: it never was the object's */
	else if (!page_has_source(f) || (f->flags & FRAME_DIRTY))
		page_list(f); /* it needs a slot, even if it was cached before it was written */
	else
		page_cache(f);
}

void page_released(struct frame *f)
{
	if (f->mappers != 0 || f->pins != 0 || (f->flags & FRAME_BUSY))
		return;
	if (f->owner == FRAME_ANON)
		anon_page_released(f);
	else
		object_page_released(f);
}

void page_unpin(struct frame *f)
{
	page_unpinned(f);
	page_released(f);
}

void page_slot_released(slot_t slot)
{
	struct frame *f = swap_frame(slot);
	swap_put(slot);
	if (f != NULL)
		page_released(f);
}

void page_object_drop(struct object *o, uint32_t index)
{
	struct object_page page = object_lookup(o, index);
	object_clear(o, index);
	if (page.kind == OBJECT_SLOT) {
		page_slot_released(page.slot);
		return;
	}
	if (page.frame->slot != 0)
		swap_detach(page.frame);
	page_free(page.frame);
}

/* --- checks --- */

static void page_check_one(const struct frame *f)
{
	rmap_check(f); /* [page.4] */
	ASSERT(!(f->flags & FRAME_CACHED) ||
	       (f->mappers == 0 && page_has_source(f) && !(f->flags & FRAME_DIRTY)));
	if (f->owner == FRAME_ANON && f->mappers == 0 && f->pins == 0)
		ASSERT(f->slot != 0 && swap_refs(f->slot) > 0); /* [page.3] */
	ASSERT(f->state == FRAME_EVICTABLE || f->pins > 0 || f->flags & FRAME_LOCKED);
	ASSERT(frame_locks(f) <= f->mappers && !(f->flags & FRAME_LOCKED && f->locks == 0));
	ASSERT(f->slot == 0 || swap_frame(f->slot) == f); /* [swap.3] */
	ASSERT(!(f->flags & FRAME_BUSY) || (f->pins > 0 && f->mappers == 0)); /* [page.6] */
}

void page_check(void)
{
	uint32_t charged = 0, cached = 0, evictable = 0;
	for (pfn_t pfn = 0; pfn < frame_count; pfn++) {
		const struct frame *f = frame_of(pfn);
		if (!frame_is_user_page(f))
			continue;
		page_check_one(f);
		charged += (f->flags & FRAME_CHARGED) != 0;
		cached += (f->flags & FRAME_CACHED) != 0;
		evictable += f->state == FRAME_EVICTABLE;
	}
	ASSERT(charged == page_stats.charged && cached == page_stats.cached); /* [page.1] */
	ASSERT(evictable == policy_count() + cached); /* [page.2] */
}
