/*
 * Allotments: how many frames each address space may have.
 *
 * With global replacement any page may be evicted for any other, so a process that reads through a
 * large array takes the frames of all the others, who fault in turn: thrashing spreads. With local
 * replacement each address space has an account. Its policy set (policy.c) holds the frames that
 * were charged to it, and when it has as many as its allotment it gives up one of its own for the
 * next. What a process does to its own pages it does to itself alone.
 *
 * A frame is charged to the space whose fault brought the page in; a shared page is charged to
 * one. When that one unmaps it, or has to give it up, it is charged to one of the others who map
 * it: if it is unmapped in any case, else if the other's allotment has room. So a space with room
 * does not lose a page because another, who came first, has too little. Pages that nobody maps are
 * unowned: the common set. As charges move when pages are unmapped, an account that ends has none
 * left, and nobody has to look for them: not even where replacement is global and the sets are not
 * in use. Only a page that is being written to swap at that moment, unmapped and still charged, is
 * searched for.
 *
 * How large is an allotment? Either all have the same part of the frames, or each has as many as
 * its page-fault frequency asks for (allot_rate.c). A number set by hand overrides both.
 *
 * Minimum. An instruction may need 8 pages at once, and if a space could not keep them it would
 * fault forever. So no allotment is below ALLOT_MIN. With so many spaces that not even the minima
 * fit, each has the minimum on paper, and frames move as below.
 *
 * Who gives a frame when there is none, although the one who needs it is below its allotment? That
 * happens when others are above theirs (they have shrunk, or inherited), when locked pages or the
 * kernel have taken what was shared out, or when the minima do not fit. In this order: whoever is
 * above its allotment by most; the largest of the others; the one who needs it. Every account is
 * asked once, so a frame is found whenever global replacement would find one. It cannot go round
 * in circles: a space below its minimum takes from all others before it takes from itself. And a
 * space at its allotment that can give up nothing of its own, its pages being locked, borrows.
 *
 * Always true (allot_check):
 *   [allot.1]  charged is the number of CHARGED frames with the account's number
 *   [allot.2]  a frame that is not CHARGED is unowned; a number in a frame is that of a living
 *       account
 *   [allot.3]  local replacement: every allotment is at least ALLOT_MIN, and they add up to sum
 *   [allot.4]  sum is at most the total, or every allotment is ALLOT_MIN
 *   [allot.5]  a mapped frame with an account's number is mapped by the account's space
 * Left out: evicting the pages above an allotment as soon as it shrinks. It would cost transfers
 * that may never be needed.
 * Source: global and local replacement, equal allocation and the minimum number of frames as in
 * Silberschatz, Galvin and Gagne, Operating System Concepts, ch. 10.
 */
#include "mm/allot_internal.h"

#include "kernel/base/panic.h"
#include "lib/assert.h"
#include "lib/errno.h"
#include "mm/rmap.h"
#include "mm/slab.h"

enum { ALLOT_DONOR_ABOVE = 1 << 24 /* more than there are frames */ };

struct allotment allot_unowned;
struct allot_stats allot_stats = { .pff_low = 2, .pff_high = 20, .window = 32 };

static struct slab_cache *allot_cache, *allot_state_cache;
struct list_node allot_all = LIST_HEAD_INIT(allot_all); /* oldest first */
void allot_init(void)
{
	allot_cache = slab_create("allotment", sizeof(struct allotment), 0, NULL);
	allot_state_cache = slab_create("policy_state", POLICY_STATE_BYTES, 0, NULL);
	if (allot_cache == NULL || allot_state_cache == NULL)
		panic("no memory for the cache of allotments");
}

static struct policy_set *allot_set(struct allotment *a)
{
	return a == &allot_unowned ? policy_set_find(0) : &a->set;
}

static struct allotment *allot_of(uint16_t number)
{
	if (number == 0)
		return &allot_unowned;
	struct policy_set *set = policy_set_find(number);
	ASSERT(set != NULL);
	return container_of(set, struct allotment, set);
}

/* --- sharing out --- */

/* Frames above the minima that hand-set allotments do not take; how many others there are. */
struct allot_rest {
	uint32_t frames, count;
};

static struct allot_rest allot_give_fixed(void)
{
	struct allot_rest rest = { allot_stats.total - allot_stats.count * ALLOT_MIN, 0 };
	allot_for_each(a) {
		if (a->fixed == 0) {
			rest.count++;
			continue;
		}
		uint32_t more = MIN(MAX(a->fixed, (uint32_t)ALLOT_MIN) - ALLOT_MIN, rest.frames);
		a->frames = ALLOT_MIN + more;
		rest.frames -= more;
	}
	return rest;
}

static void allot_give_equal(struct allot_rest rest)
{
	allot_for_each(a)
		if (a->fixed == 0)
			a->frames = ALLOT_MIN + rest.frames / rest.count;
}

/*
 * Each keeps what it has, or the same part of it if that is too much. A new one gets an equal part
 * as far as the others have left it.
 */
static void allot_give_as_before(struct allot_rest rest)
{
	uint32_t above = 0;
	allot_for_each(a)
		if (a->fixed == 0 && a->frames > ALLOT_MIN)
			above += a->frames - ALLOT_MIN;
	allot_for_each(a) {
		if (a->fixed != 0 || a->frames != 0)
			continue;
		uint32_t left = rest.frames > above ? rest.frames - above : 0;
		a->frames = ALLOT_MIN + MIN(left, rest.frames / rest.count);
		above += a->frames - ALLOT_MIN;
	}
	if (above <= rest.frames)
		return;
	allot_for_each(a) {
		uint64_t part = (uint64_t)(a->frames - ALLOT_MIN) * rest.frames;
		if (a->fixed == 0)
			a->frames = ALLOT_MIN + (uint32_t)(part / above);
	}
}

/* Establishes [allot.3] and [allot.4]. */
static void allot_balance(void)
{
	if (!policy_is_local())
		return;
	allot_stats.sum = 0;
	if (allot_stats.total < allot_stats.count * ALLOT_MIN) {
		allot_for_each(a)
			a->frames = ALLOT_MIN;
	} else {
		struct allot_rest rest = allot_give_fixed();
		if (allot_stats.rule == ALLOT_EQUAL)
			allot_give_equal(rest);
		else
			allot_give_as_before(rest);
	}
	allot_for_each(a)
		allot_stats.sum += a->frames;
}

void allot_set_total(uint32_t frames)
{
	if (frames == allot_stats.total)
		return;
	allot_stats.total = frames;
	allot_balance();
}

/* --- the policy's notes, only while replacement is local --- */

static void allot_free_state(struct allotment *a)
{
	if (a->set.state != NULL)
		slab_free(allot_state_cache, a->set.state);
	a->set.state = NULL;
}

static bool allot_alloc_state(struct allotment *a)
{
	if (a->set.state == NULL)
		a->set.state = slab_alloc(allot_state_cache);
	return a->set.state != NULL;
}

uint32_t allot_local_frames(void)
{
	return allot_stats.count * POLICY_STATE_BYTES / PAGE_SIZE + 1;
}

static void allot_free_states(void)
{
	allot_for_each(a)
		allot_free_state(a);
}

int allot_set_local(bool local, uint32_t frames)
{
	bool enough = true;
	if (local)
		allot_for_each(a)
			enough = enough && allot_alloc_state(a);
	if (enough)
		policy_set_local(local);
	if (!policy_is_local())
		allot_free_states();
	if (!enough)
		return -ENOMEM;
	allot_for_each(a) {
		a->frames = 0;
		a->wants = false;
	}
	allot_stats.total = frames;
	allot_stats.sum = 0;
	allot_balance();
	return 0;
}

void allot_set_rule(enum allot_rule rule)
{
	allot_stats.rule = rule;
	allot_for_each(a)
		a->wants = false;
	allot_balance();
}

void allot_set_fixed(struct allotment *a, uint32_t frames)
{
	a->fixed = frames;
	a->wants = false;
	allot_balance();
}

/* --- accounts --- */

struct allotment *allot_create(struct pmap *pm)
{
	struct allotment *a = slab_alloc(allot_cache);
	if (a == NULL)
		return NULL;
	a->set.state = NULL;
	if (policy_is_local() && !allot_alloc_state(a)) {
		slab_free(allot_cache, a);
		return NULL;
	}
	if (!policy_set_add(&a->set)) {
		allot_free_state(a);
		slab_free(allot_cache, a);
		pm->allot = &allot_unowned;
		return &allot_unowned;
	}
	a->pmap = pm;
	pm->allot = a;
	a->frames = a->fixed = a->charged = 0;
	a->resting = a->wants = false;
	a->time = a->period_time = a->sampled_time = 0;
	a->taken = a->evicted = a->period_taken = a->rate = a->working_set = 0;
	list_push_back(&allot_all, &a->link);
	allot_stats.count++;
	allot_balance();
	return a;
}

/* Whom @f is charged to if not to its account: one who maps it, or it is unowned. */
static struct allotment *allot_heir(const struct frame *f)
{
	if (f->rmap == 0)
		return &allot_unowned;
	vaddr_t va;
	struct allotment *heir = pmap_of_mapping(f->rmap, &va)->allot;
	return heir != NULL ? heir : &allot_unowned;
}

/* @f's charge moves to its heir, whose number is returned. */
static uint16_t allot_inherit(const struct frame *f)
{
	struct allotment *heir = allot_heir(f);
	allot_of(f->set)->charged--;
	heir->charged++;
	return heir->set.number;
}

void allot_hand_over(struct allotment *from, struct frame *f)
{
	struct allotment *heir = allot_heir(f);
	if (heir == from)
		return;
	from->charged--;
	heir->charged++;
	if (policy_is_local())
		policy_move(f, heir->set.number);
	else
		f->set = heir->set.number; /* the way of every copy on write: no call */
}

/*
 * Frames with @a's number that are not in its set. What it mapped was charged to others as it
 * was unmapped; what is left was unmapped by reclaim and is being written, which is rare.
 */
static void allot_give_away(struct allotment *a)
{
	allot_stats.searches += a->charged > 0;
	for (pfn_t pfn = 0; pfn < frame_count && a->charged > 0; pfn++) {
		struct frame *f = frame_of(pfn);
		if (f->state >= FRAME_OWNED && f->set == a->set.number)
			policy_move(f, allot_inherit(f));
	}
}

void allot_destroy(struct allotment *a)
{
	if (a == &allot_unowned)
		return;
	allot_forget(a);
	list_remove(&a->link);
	a->pmap->allot = NULL;
	policy_set_drop(&a->set, allot_inherit);
	allot_give_away(a);
	ASSERT(a->charged == 0);
	policy_set_remove(&a->set);
	allot_stats.count--;
	allot_free_state(a);
	slab_free(allot_cache, a);
	allot_balance();
}

void allot_charge(struct allotment *a, struct frame *f)
{
	ASSERT(f->set == 0);
	a->charged++;
	if (a != &allot_unowned)
		policy_move(f, a->set.number);
}

void allot_uncharge(struct frame *f)
{
	allot_of(f->set)->charged--;
	if (f->set != 0)
		policy_move(f, 0);
}

/* An account with room that maps @f; NULL: none. */
static struct allotment *allot_other_user(const struct frame *f)
{
	rmap_for_each(m, f) {
		vaddr_t va;
		struct allotment *a = pmap_of_mapping(m, &va)->allot;
		if (a != NULL && a != &allot_unowned && a->set.number != f->set && !allot_full(a))
			return a;
	}
	return NULL;
}

bool allot_pass_on(struct frame *f)
{
	struct allotment *to = allot_other_user(f);
	if (to == NULL)
		return false;
	allot_of(f->set)->charged--;
	to->charged++;
	policy_move(f, to->set.number);
	allot_stats.passed_on++;
	return true;
}

void allot_evicted(const struct frame *f)
{
	allot_of(f->set)->evicted++;
}

/* --- whose frame is taken --- */

bool allot_full(const struct allotment *a)
{
	return policy_is_local() && a != &allot_unowned && a->charged >= a->frames;
}

struct allot_search allot_search_start(const struct allotment *a, bool charged)
{
	return (struct allot_search){ .a = a, .charged = charged };
}

/* How much @a ought to be asked; 0: not at all. */
static uint32_t allot_donor_rank(const struct allot_search *search, struct allotment *a)
{
	uint32_t known = allot_set(a)->nframes;
	if (known == 0 || bitmap_test(search->asked, a->set.number))
		return 0;
	if (a == search->a && a != &allot_unowned)
		return allot_full(a) ? UINT32_MAX : 1;
	uint32_t has = search->charged ? a->charged : MAX(a->charged, known);
	return has > a->frames ? ALLOT_DONOR_ABOVE + (has - a->frames) : 2 + has;
}

int allot_search_next(struct allot_search *search)
{
	struct allotment *best = &allot_unowned;
	uint32_t best_rank = allot_donor_rank(search, best);
	allot_for_each(a) {
		uint32_t rank = allot_donor_rank(search, a);
		if (rank > best_rank) {
			best = a;
			best_rank = rank;
		}
	}
	if (best_rank == 0)
		return -1;
	bitmap_set(search->asked, best->set.number);
	if (best != search->a && search->a != &allot_unowned)
		allot_stats.from_others++;
	return best->set.number;
}

/* --- checks --- */

/* Numbers that are counted in one walk over the frames. */
enum { ALLOT_CHECK_PART = 64 };

/* [allot.1] and [allot.2] for the numbers from @first on. */
static void allot_check_charges(unsigned first)
{
	uint32_t found[ALLOT_CHECK_PART] = { 0 };
	for (pfn_t pfn = 0; pfn < frame_count; pfn++) {
		const struct frame *f = frame_of(pfn);
		if (f->state < FRAME_OWNED)
			continue;
		ASSERT((f->flags & FRAME_CHARGED) || f->set == 0); /* [allot.2] */
		ASSERT(f->set < policy_set_limit());		   /* [allot.2] */
		if (f->set >= first && f->set < first + ALLOT_CHECK_PART)
			found[f->set - first] += (f->flags & FRAME_CHARGED) != 0;
	}
	for (unsigned i = 0; i < ALLOT_CHECK_PART; i++) {
		unsigned number = first + i;
		bool alive = number == 0 || policy_set_find((uint16_t)number) != NULL;
		ASSERT(alive || found[i] == 0); /* [allot.2] */
		if (alive)
			ASSERT(allot_of((uint16_t)number)->charged == found[i]); /* [allot.1] */
	}
}

/* [allot.5] for one frame. */
static void allot_check_payer(const struct frame *f)
{
	bool mapped = f->mappers == 0;
	rmap_for_each(m, f) {
		vaddr_t va;
		mapped = mapped || pmap_of_mapping(m, &va)->allot == allot_of(f->set);
	}
	ASSERT(mapped); /* [allot.5] */
}

void allot_check(void)
{
	uint32_t sum = 0, count = 0;
	bool minimal = true;
	allot_for_each(a) {
		ASSERT(a->set.number != 0 && policy_set_find(a->set.number) == &a->set);
		ASSERT(!policy_is_local() || a->frames >= ALLOT_MIN); /* [allot.3] */
		minimal = minimal && a->frames == ALLOT_MIN;
		sum += a->frames;
		count++;
	}
	ASSERT(count == allot_stats.count);
	/* [allot.3], [allot.4] */
	if (policy_is_local())
		ASSERT(sum == allot_stats.sum && (sum <= allot_stats.total || minimal));
	for (unsigned first = 0; first < policy_set_limit(); first += ALLOT_CHECK_PART)
		allot_check_charges(first);
	for (pfn_t pfn = 0; pfn < frame_count; pfn++)
		if (frame_of(pfn)->state >= FRAME_OWNED && frame_of(pfn)->set != 0)
			allot_check_payer(frame_of(pfn));
}
