/*
 * Making room: from a victim to a free frame.
 *
 * A user page needs a frame and none is free, or the program has as many as frames=N allows. Then
 * something has to be evicted. Unmapped clean file pages are dropped first: nobody is likely to
 * need them soon, and dropping one is free. After them the policy chooses a victim, of all pages
 * or, with local replacement, of the account chosen by allot.c; and the steps are always these (the
 * letters of the fault path's picture):
 *
 *   c  the victim's slot, or a new one; without a slot nothing has changed
 *   d  every mapper: unmap, flush, read dirty. Private page: the entry names the slot from now on
 *   e  dirty, or no copy yet: write it out
 *   f  object's page: the object records the slot, or empty where the source has it
 *   g  the frame is free
 *
 * During the write the frame is pinned and BUSY and the slot remembers it, so a process that
 * touches the page meanwhile finds the frame, not an empty slot. If the write fails, things stay as
 * they are: the frame keeps the page and the dirty mark, the next touch maps it again, and another
 * victim is chosen. So no data is lost and nothing has to be undone.
 *
 * The reserve: user pages leave a few frames free, for page tables, stacks and slabs. The kernel's
 * own requests may use them; the next user page that needs a frame replenishes them. New processes
 * may not: enough of them would leave no frame for anybody's pages.
 *
 * Always true (reclaim_check):
 *   [reclaim.1]  no more frames are charged than the limit allows
 *   [reclaim.2]  nothing here allocates while it evicts
 *
 * Left out: a daemon that cleans pages ahead of time. With one CPU it would only do the same work
 * at another time.
 * Source: the order "unmap, flush, read dirty" is that of Linux, FreeBSD and Mach.
 */
#include "mm/reclaim.h"

#include "lib/assert.h"
#include "lib/errno.h"
#include "lib/string.h"
#include "mm/history.h"
#include "mm/mmstat.h"
#include "mm/pmap.h"
#include "mm/policy/policy.h"
#include "mm/rmap.h"
#include "mm/slab.h"
#include "mm/trace.h"

enum {
	RECLAIM_GIVE_UP = 2,
	RECLAIM_TABLE_FRAMES = 2, /* at least this many for a page table and its companions */
	RECLAIM_TRIES = 3,
};

struct reclaim_stats reclaim_stats;

void reclaim_init(uint32_t limit)
{
	uint32_t reserve = frame_stats.total / 64;
	reclaim_stats = (struct reclaim_stats){
		.limit = limit,
		.reserve = MIN(MAX(reserve, 16u), 256u),
	};
	page_init();
}

static bool cached_drop_oldest(void)
{
	struct frame *f = page_oldest_cached();
	if (f == NULL)
		return false;
	page_leave_object(f, 0);
	page_free(f);
	mmstat_count(cache_drops);
	return true;
}

/*
 * A page that may be dropped without a copy: its source has it, or its owner allowed it
 * (MADV_FREE).
 */
static bool victim_needs_no_slot(const struct frame *f)
{
	if (f->slot != 0)
		return true;
	return (page_has_source(f) || (f->flags & FRAME_LAZY)) && !rmap_dirty(f);
}

/* Step c. Returns false when a slot is needed and there is none. */
static bool victim_gets_slot(struct frame *f)
{
	if (victim_needs_no_slot(f))
		return true;
	slot_t slot = swap_alloc();
	if (slot == 0 && swap_steal_copy())
		slot = swap_alloc();
	if (slot == 0) {
		mmstat_count(swap_full);
		return false;
	}
	swap_attach(slot, f);
	f->flags |= FRAME_DIRTY; /* the slot holds nothing yet */
	return true;
}

/* Step d. */
static void victim_unmap(struct frame *f)
{
	for (;;) {
		struct rmap_mapper at = rmap_first(f);
		if (at.pmap == NULL)
			return;
		struct pmap_entry old = pmap_unmap(at.pmap, at.va);
		rmap_remove(f, at.pmap, at.va);
		if (old.dirty)
			f->flags |= FRAME_DIRTY;
		if (f->owner != FRAME_ANON || f->slot == 0)
			continue;
		pmap_set_slot(at.pmap, at.va, f->slot);
		swap_get(f->slot);
	}
}

/* Step e. The frame is BUSY: nobody maps it until this returns. */
static int victim_write(struct frame *f)
{
	frame_pin(f);
	page_busy(f);
	int err = swap_write(f->slot, frame_bytes(f));
	page_done(f);
	frame_unpin(f); /* waiters recheck after this: nothing sleeps until then */
	if (err) {
		reclaim_stats.write_errors++;
		return err;
	}
	f->flags &= ~FRAME_DIRTY;
	return 0;
}

/* Steps c to g of a page whose object stays. */
static int reclaim_evict_held(struct frame *f, bool for_room)
{
	if (!victim_gets_slot(f))
		return -ENOMEM;
	victim_unmap(f);
	bool dirty = f->flags & FRAME_DIRTY;
	if (dirty && victim_write(f)) {
		page_released(f);
		return -EIO;
	}
	trace(TRACE_EVICT, frame_pfn(f), f->slot, dirty);
	policy_evicted(f);
	allot_evicted(f);
	mmstat_count(evictions);
	history_evict(f);
	reclaim_stats.evictions++;
	if (!dirty) {
		mmstat_count(evictions_clean);
		reclaim_stats.evictions_clean++;
	}
	if (f->owner == FRAME_OBJECT)
		page_leave_object(f, f->slot);
	if (f->slot != 0) {
		swap_note_evicted(f->slot, for_room);
		swap_detach(f);
	}
	page_free(f);
	return 0;
}

/*
 * Steps c to g. Not 0: the frame still holds its page and is still in the policy, or its last user
 * went away during the write. That may be the object's last user too: it waits for us.
 */
static int reclaim_evict(struct frame *f, bool for_room)
{
	struct object *object = f->owner == FRAME_OBJECT ? object_get(f->object) : NULL;
	int err = reclaim_evict_held(f, for_room);
	if (object != NULL)
		object_put(object);
	return err;
}

/*
 * Evict one victim of a set of the policy. A page that could not be written is moved behind all
 * others; -ENOMEM if all were. The set may be destroyed while a page is being written. @pass_on: it
 * suffices if another space that uses the page takes over its charge.
 */
static int reclaim_from(uint16_t number, bool pass_on)
{
	struct policy_set *set = policy_set_find(number);
	for (uint32_t tries = set->nframes; tries > 0 && set != NULL; tries--) {
		struct frame *f = policy_select_in(set);
		if (f == NULL)
			break;
		if ((pass_on && allot_pass_on(f)) || reclaim_evict(f, true) == 0)
			return 0;
		if (f->state != FRAME_EVICTABLE)
			return 0; /* its last user went away during the write: free now */
		policy_remove(f);
		policy_insert(f);
		set = policy_set_find(number);
	}
	return -ENOMEM;
}

/* allot.c chooses from whom. @charged: only a charged page. */
static int reclaim_one_locally(const struct allotment *a, bool charged)
{
	struct allot_search search = allot_search_start(a, charged);
	for (int set = allot_search_next(&search); set >= 0; set = allot_search_next(&search))
		if (reclaim_from((uint16_t)set, false) == 0)
			return 0;
	return -ENOMEM;
}

/* Evict one victim for @a. */
static int reclaim_one(const struct allotment *a, bool charged)
{
	int err = policy_is_local() ? reclaim_one_locally(a, charged) : reclaim_from(0, false);
	reclaim_stats.failures += err != 0;
	return err;
}

/* Until @nframes are free: cached pages, then victims. */
static int reclaim_until_free(const struct allotment *a, uint32_t nframes)
{
	while (frame_stats.free < nframes) {
		if (cached_drop_oldest())
			continue;
		if (reclaim_one(a, false))
			return -ENOMEM;
	}
	return 0;
}

/* Number of frames available to user pages. */
static uint32_t reclaim_shareable(void)
{
	if (reclaim_stats.limit != 0)
		return reclaim_stats.limit;
	uint32_t frames = frame_stats.free + frame_stats.owned[FRAME_ANON] +
			  frame_stats.owned[FRAME_OBJECT];
	return frames > reclaim_stats.reserve ? frames - reclaim_stats.reserve : 0;
}

int reclaim_set_local(bool local)
{
	int err = allot_set_local(local, reclaim_shareable());
	if (err == -ENOMEM && reclaim_room(allot_local_frames()) == 0)
		err = allot_set_local(local, reclaim_shareable());
	return err;
}

/*
 * Evict until one more frame may be charged to @a. Above its allotment it gives up more than it
 * gets.
 */
static int reclaim_under_limit(struct allotment *a)
{
	if (policy_is_local())
		allot_set_total(reclaim_shareable());
	allot_take(a);
	for (unsigned n = 0; n < RECLAIM_GIVE_UP && allot_full(a); n++) {
		if (reclaim_from(a->set.number, true)) {
			allot_stats.borrows++;
			break;
		}
	}
	while (reclaim_stats.limit != 0 && page_stats.charged >= reclaim_stats.limit) {
		if (reclaim_one(a, true))
			return -ENOMEM;
	}
	return 0;
}

struct frame *reclaim_alloc_for(struct allotment *a, enum frame_owner owner)
{
	if (owner == FRAME_ANON && reclaim_under_limit(a))
		return NULL;
	if (reclaim_until_free(a, reclaim_stats.reserve + 1))
		return NULL;
	struct frame *f = frame_alloc(0, owner);
	if (f == NULL)
		return NULL;
	frame_pin(f);
	if (owner == FRAME_ANON)
		page_charge(f, a);
	return f;
}

struct frame *reclaim_alloc(enum frame_owner owner)
{
	return reclaim_alloc_for(&allot_unowned, owner);
}

int reclaim_charge(struct frame *f, struct allotment *a)
{
	ASSERT(f->pins > 0);
	if (f->flags & FRAME_CHARGED)
		return 0;
	if (reclaim_under_limit(a))
		return -ENOMEM;
	if (!(f->flags & FRAME_CHARGED))
		page_charge(f, a);
	return 0;
}

int reclaim_room_above_reserve(uint32_t nframes)
{
	return reclaim_until_free(&allot_unowned, reclaim_stats.reserve + nframes);
}

int reclaim_room(uint32_t nframes)
{
	if (reclaim_room_above_reserve(nframes) == 0)
		return 0;
	return frame_stats.free >= nframes ? 0 : -ENOMEM;
}

int reclaim_table_again(struct pmap *pm, vaddr_t va)
{
	for (unsigned tries = 0; pmap_reserve(pm, va); tries++)
		if (tries == RECLAIM_TRIES || reclaim_room(RECLAIM_TABLE_FRAMES))
			return -ENOMEM;
	return 0;
}

int reclaim_node(struct object *o, uint32_t index)
{
	for (unsigned tries = 0; object_reserve(o, index); tries++)
		if (tries == RECLAIM_TRIES || reclaim_room(RECLAIM_TABLE_FRAMES))
			return -ENOMEM;
	return 0;
}

void *reclaim_slab_alloc(struct slab_cache *cache)
{
	void *object = slab_alloc(cache);
	return object == NULL && reclaim_room(1) == 0 ? slab_alloc(cache) : object;
}

void *reclaim_krealloc(void *old, size_t bytes)
{
	uint32_t nframes = 2 * (bytes / PAGE_SIZE) + 1; /* rounded up to a power of two */
	void *new = krealloc(old, bytes);
	return new == NULL && reclaim_room(nframes) == 0 ? krealloc(old, bytes) : new;
}

void *reclaim_kmalloc(size_t bytes)
{
	return reclaim_krealloc(NULL, bytes);
}

void *reclaim_kzalloc(size_t bytes)
{
	void *new = reclaim_kmalloc(bytes);
	return new != NULL ? memset(new, 0, bytes) : NULL;
}

bool reclaim_page_out(struct frame *f)
{
	return f->state == FRAME_EVICTABLE && !(f->flags & FRAME_CACHED) && f->pins == 0 &&
	       reclaim_evict(f, false) == 0;
}

uint32_t reclaim_drop_caches(void)
{
	uint32_t n = 0;
	while (cached_drop_oldest())
		n++;
	return n;
}

void reclaim_check(void)
{
	uint32_t limit = reclaim_stats.limit;
	ASSERT(limit == 0 || page_stats.charged <= limit); /* [reclaim.1] */
}
