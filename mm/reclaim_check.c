/*
 * What reclaim's theory numbers, asserted: [reclaim.1] to [reclaim.4], over every frame.
 */
#include "lib/assert.h"
#include "mm/policy/policy.h"
#include "mm/reclaim.h"
#include "mm/rmap.h"

static bool page_has_source(const struct frame *f)
{
	return f->owner == FRAME_OBJECT && f->object->ops->read != NULL && f->slot == 0;
}

static void frame_check_user(const struct frame *f)
{
	rmap_check(f); /* [reclaim.4] */
	ASSERT(!(f->flags & FRAME_CACHED) ||
	       (f->mappers == 0 && page_has_source(f) && !(f->flags & FRAME_DIRTY)));
	if (f->owner == FRAME_ANON && f->mappers == 0 && f->pins == 0)
		ASSERT(f->slot != 0 && swap_refs(f->slot) > 0); /* [reclaim.3] */
	ASSERT(f->state == FRAME_EVICTABLE || f->pins > 0 || f->flags & FRAME_LOCKED);
	ASSERT(frame_locks(f) <= f->mappers && !(f->flags & FRAME_LOCKED && f->locks == 0));
	ASSERT(f->slot == 0 || swap_frame(f->slot) == f); /* [swap.3] */
}

void reclaim_check(void)
{
	uint32_t charged = 0, cached = 0, evictable = 0;
	for (pfn_t pfn = 0; pfn < frame_count; pfn++) {
		const struct frame *f = frame_of(pfn);
		if (f->state < FRAME_OWNED || (f->owner != FRAME_ANON && f->owner != FRAME_OBJECT))
			continue;
		frame_check_user(f);
		charged += (f->flags & FRAME_CHARGED) != 0;
		cached += (f->flags & FRAME_CACHED) != 0;
		evictable += f->state == FRAME_EVICTABLE;
	}
	/* [reclaim.1] */
	ASSERT(charged == reclaim_stats.charged && cached == reclaim_stats.cached);
	ASSERT(reclaim_stats.limit == 0 || charged <= reclaim_stats.limit); /* [reclaim.1] */
	ASSERT(evictable == policy_count() + cached); /* [reclaim.2] */
}
