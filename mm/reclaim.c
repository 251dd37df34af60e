/*
 * Making room: from a victim to a free frame.
 *
 * A user page needs a frame and none is free, or the program has as many as frames=N allows. Then
 * something has to go. Unmapped clean file pages go first: nobody will miss them soon, and
 * dropping one costs nothing. After them the policy names a victim, of all pages or, with local
 * replacement, of the account that allot.c says; and the steps are always these (the letters of
 * the fault path's picture):
 *
 *   c  the victim's slot, or a new one; without a slot nothing has changed
 *   d  every mapper: unmap, flush, read dirty. Private page: the entry names the slot from now on
 *   e  dirty, or no copy yet: write it out
 *   f  object's page: the object records the slot, or empty where the source has it
 *   g  the frame is free
 *
 * During the write the frame is pinned and BUSY and the slot remembers it, so a process that
 * touches the page meanwhile finds the frame, not an empty slot. If the write fails, that is how
 * things stay: the frame keeps the page and the dirty mark, the next touch maps it again, and
 * another victim is taken. So no data is lost and nothing has to be undone.
 *
 * The reserve: user pages leave a few frames free, for page tables, stacks and slabs. The kernel's
 * own requests may use them; the next user page that needs a frame fills them up again. New
 * processes may not: enough of them would leave no frame for anybody's pages.
 *
 * Always true (reclaim_check, in reclaim_check.c):
 *   [reclaim.1]  charged is the number of frames marked CHARGED; it never passes the limit
 *   [reclaim.2]  an EVICTABLE frame is known to the policy, or it is CACHED: unmapped, clean, with
 *       a source (a page that a locked area maps is OWNED: neither knows it, so it is no victim)
 *   [reclaim.3]  a private page without a mapper is pinned, or slot references stand for it
 *   [reclaim.4]  the reverse map of every user page is exact ([rmap.1])
 *   [reclaim.5]  nothing here allocates: not while evicting, not in the release functions
 *
 * Left out: a daemon that cleans pages ahead of time. One CPU would do the same work later.
 * Source: the order "unmap, flush, read dirty" is the one Linux, FreeBSD and Mach ended up with.
 */
#include "mm/reclaim.h"

#include "lib/assert.h"
#include "lib/errno.h"
#include "mm/history.h"
#include "mm/mmstat.h"
#include "mm/pmap.h"
#include "mm/policy/policy.h"
#include "mm/rmap.h"
#include "mm/trace.h"

enum { RECLAIM_GIVE_UP = 2 };

struct reclaim_stats reclaim_stats;

static struct list_node cached_frames = LIST_HEAD_INIT(cached_frames); /* oldest first */

void reclaim_init(uint32_t limit)
{
	uint32_t reserve = frame_stats.total / 64;
	reclaim_stats = (struct reclaim_stats){
		.limit = limit,
		.reserve = MIN(MAX(reserve, 16u), 256u),
	};
	list_init(&cached_frames);
}

static void page_charge(struct frame *f, struct allotment *a)
{
	f->flags |= FRAME_CHARGED;
	allot_charge(a, f);
	reclaim_stats.charged++;
	reclaim_stats.peak_charged = MAX(reclaim_stats.peak_charged, reclaim_stats.charged);
}

static void page_uncharge(struct frame *f)
{
	if (!(f->flags & FRAME_CHARGED))
		return;
	f->flags &= ~FRAME_CHARGED;
	allot_uncharge(f);
	reclaim_stats.charged--;
}

static bool page_has_source(const struct frame *f)
{
	return f->owner == FRAME_OBJECT && f->object->ops->read != NULL && f->slot == 0;
}

/* Off the policy or the cached list, whichever knows it. */
static void page_unlist(struct frame *f)
{
	if (f->flags & FRAME_CACHED) {
		list_remove(&f->link);
		f->flags &= ~FRAME_CACHED;
		frame_set_owned(f);
		reclaim_stats.cached--;
	} else if (f->state == FRAME_EVICTABLE) {
		policy_remove(f);
	}
}

static void page_free(struct frame *f)
{
	ASSERT(f->mappers == 0 && f->pins == 0 && f->slot == 0 && !(f->flags & FRAME_LOCKED));
	page_unlist(f);
	page_uncharge(f);
	f->flags = 0;
	frame_free(f);
}

uint32_t reclaim_page_name(const struct frame *f)
{
	if (f->slot != 0 || f->owner != FRAME_OBJECT)
		return f->slot;
	uint32_t object = (uint32_t)(uintptr_t)f->object / sizeof(void *);
	return 0x80000000u | (object * 2654435761u + f->index);
}

/* An object's page goes: @slot has it, or 0: the source has. */
static void object_page_gone(struct frame *f, slot_t slot)
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

static bool cached_drop_oldest(void)
{
	list_for_each(node, &cached_frames) {
		struct frame *f = list_entry(node, struct frame, link);
		if (f->pins != 0)
			continue; /* a fault is about to map it */
		object_page_gone(f, 0);
		page_free(f);
		mmstat_count(cache_drops);
		return true;
	}
	return false;
}

/* A page that may go without a copy: its source has it, or its owner said it may (MADV_FREE). */
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
	f->flags |= FRAME_BUSY;
	frame_pin(f);
	int err = swap_write(f->slot, frame_bytes(f));
	frame_unpin(f);
	f->flags &= ~FRAME_BUSY;
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
		reclaim_page_released(f);
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
		object_page_gone(f, f->slot);
	if (f->slot != 0) {
		swap_note_evicted(f->slot, for_room);
		swap_detach(f);
	}
	page_free(f);
	return 0;
}

/*
 * Steps c to g. Not 0: the frame still holds its page, and the policy still knows it, or its last
 * user went during the write. That may be the object's last user too: it waits for us.
 */
static int reclaim_evict(struct frame *f, bool for_room)
{
	struct object *object = f->owner == FRAME_OBJECT ? object_get(f->object) : NULL;
	int err = reclaim_evict_held(f, for_room);
	if (object != NULL)
		reclaim_object_put(object);
	return err;
}

/*
 * One victim out of a set of the policy. A page that could not be written goes behind all others;
 * -ENOMEM when all did. The set may end while a page is being written. @pass_on: it will do if
 * another space that uses the page takes it over.
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
			return 0; /* its last user went while it was being written: free now */
		policy_remove(f);
		policy_insert(f);
		set = policy_set_find(number);
	}
	return -ENOMEM;
}

/* Of whom, allot.c says. @charged: it has to be one that counts. */
static int reclaim_one_locally(const struct allotment *a, bool charged)
{
	struct allot_search search = allot_search_start(a, charged);
	for (int set = allot_search_next(&search); set >= 0; set = allot_search_next(&search))
		if (reclaim_from((uint16_t)set, false) == 0)
			return 0;
	return -ENOMEM;
}

/* One victim out for @a. */
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

/* How many frames there are for user pages. */
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

/* Until one more frame may be charged, to @a. Above its allotment it gives up more than it gets. */
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
	while (reclaim_stats.limit != 0 && reclaim_stats.charged >= reclaim_stats.limit) {
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

int reclaim_room_beside_reserve(uint32_t nframes)
{
	return reclaim_until_free(&allot_unowned, reclaim_stats.reserve + nframes);
}

int reclaim_room(uint32_t nframes)
{
	if (reclaim_room_beside_reserve(nframes) == 0)
		return 0;
	return frame_stats.free >= nframes ? 0 : -ENOMEM;
}

void reclaim_page_ready(struct frame *f)
{
	ASSERT(f->mappers > 0);
	if (f->flags & FRAME_CACHED)
		page_unlist(f);
	if (f->state != FRAME_EVICTABLE && !(f->flags & FRAME_LOCKED))
		policy_insert(f);
	frame_unpin(f);
}

void reclaim_page_lock(struct frame *f)
{
	page_unlist(f);
	frame_lock(f);
	reclaim_stats.locked++;
}

void reclaim_page_unlock(struct frame *f)
{
	frame_unlock(f);
	reclaim_stats.locked--;
	if (!(f->flags & FRAME_LOCKED) && f->mappers > 0)
		policy_insert(f);
}

bool reclaim_page_out(struct frame *f)
{
	return f->state == FRAME_EVICTABLE && !(f->flags & FRAME_CACHED) && f->pins == 0 &&
	       reclaim_evict(f, false) == 0;
}

/* A private page that nothing maps: is its frame still of use? */
static void anon_page_released(struct frame *f)
{
	if (f->slot != 0) {
		if (swap_refs(f->slot) > 0 && (f->flags & FRAME_DIRTY)) {
			if (f->state != FRAME_EVICTABLE)
				policy_insert(f);
			return; /* the only good copy of what others wait for */
		}
		swap_detach(f);
	}
	page_free(f);
}

/* An object's page that nothing maps: keep it, where it is not in the way. */
static void object_page_released(struct frame *f)
{
	page_uncharge(f);
	if (f->object == NULL) {
		page_free(f); /* its fill failed: the object never had it */
		return;
	}
	if (!page_has_source(f) || (f->flags & FRAME_DIRTY)) {
		if (f->flags & FRAME_CACHED)
			page_unlist(f); /* written while it was cached: now it needs a slot */
		if (f->state != FRAME_EVICTABLE)
			policy_insert(f);
		return;
	}
	if (f->flags & FRAME_CACHED)
		return;
	page_unlist(f);
	frame_set_evictable(f);
	f->flags |= FRAME_CACHED;
	list_push_back(&cached_frames, &f->link);
	reclaim_stats.cached++;
}

void reclaim_page_released(struct frame *f)
{
	if (f->mappers != 0 || f->pins != 0 || (f->flags & FRAME_BUSY))
		return;
	if (f->owner == FRAME_ANON)
		anon_page_released(f);
	else
		object_page_released(f);
}

void reclaim_slot_released(slot_t slot)
{
	struct frame *f = swap_frame(slot);
	swap_put(slot);
	if (f != NULL)
		reclaim_page_released(f);
}

void reclaim_object_page_drop(struct object *o, uint32_t index)
{
	struct object_page page = object_lookup(o, index);
	object_clear(o, index);
	if (page.kind == OBJECT_SLOT) {
		reclaim_slot_released(page.slot);
		return;
	}
	if (page.frame->slot != 0)
		swap_detach(page.frame);
	page_free(page.frame);
}

void reclaim_object_put(struct object *o)
{
	ASSERT(o->refs > 0);
	o->refs--;
	if (o->refs > 0)
		return;
	for (uint32_t i = object_next(o, 0); i != UINT32_MAX; i = object_next(o, i))
		reclaim_object_page_drop(o, i);
	object_trim(o);
	if (o->ops->destroy != NULL)
		o->ops->destroy(o);
}

uint32_t reclaim_drop_caches(void)
{
	uint32_t n = 0;
	while (cached_drop_oldest())
		n++;
	return n;
}
