/*
 * The pages stand in one array. For queues its order is age, oldest first. For clocks it is the
 * ring, turned so that the hand is at 0: a new page, which comes right behind the hand, is the
 * last. For ranked policies it does not matter; `since` tells who came to its rank first.
 */
#include "tests/host/policy_models.h"

#include <limits.h>
#include <string.h>

#include "tests/host/policy_sim.h"
#include "tests/host/test.h"

struct model_page {
	int page;
	bool r, m;
	int rank;      /* register, count or class */
	int since;     /* when it came to its rank */
	long used;     /* wsclock: last known use */
	bool main;     /* 2q: in the main queue */
	int number;    /* the how-manieth page to come in */
};

static const char *policy;
static struct model_page pages[POLICY_SIM_FRAMES];
static int nframes, npages;
static int moves, arrivals, selections, samples;
static int hand;	/* sieve */
static int newest;	/* sieve: page whose first use still shows, or -1 */
static uint32_t random_state;
static int left[100000], nleft; /* 2q: pages that left the small queue; -1: came back */

static bool is(const char *name)
{
	return strcmp(policy, name) == 0;
}

void model_start(const char *name, int n)
{
	policy = name;
	nframes = n;
	npages = moves = arrivals = selections = samples = hand = nleft = 0;
	newest = -1;
	random_state = 2463534242u;
}

static void to_the_end(int i)
{
	struct model_page moved = pages[i];
	memmove(pages + i, pages + i + 1, (npages - 1 - i) * sizeof(pages[0]));
	pages[npages - 1] = moved;
}

static void turn(void)
{
	to_the_end(0);
}

static int victim_clock(void)
{
	while (pages[0].r) {
		pages[0].r = false;
		turn();
	}
	return 0;
}

/* The first page with these bits, or -1. */
static int first_with(bool r, bool m)
{
	for (int i = 0; i < npages; i++)
		if (pages[i].r == r && pages[i].m == m)
			return i;
	return -1;
}

static int victim_enhanced(void)
{
	int i = first_with(false, false);
	if (i < 0) {
		i = first_with(false, true);
		for (int k = 0; k < (i < 0 ? npages : i); k++)
			pages[k].r = false;
		if (i < 0)
			i = first_with(false, false);
		if (i < 0)
			i = 0;
	}
	for (; i > 0; i--)
		turn();
	return 0;
}

/* Among the pages that came before number @before. */
static int lowest_rank_before(int before)
{
	int best = -1;
	for (int i = 0; i < npages; i++) {
		const struct model_page *a = &pages[i], *b = best < 0 ? NULL : &pages[best];
		if (a->number < before && (b == NULL || a->rank < b->rank ||
					   (a->rank == b->rank && a->since < b->since)))
			best = i;
	}
	return best;
}

static int lowest_rank(void)
{
	return lowest_rank_before(INT_MAX);
}

/* Every page, in order of rank and then of arrival, gets a new rank. */
static void renew(int (*next)(struct model_page *))
{
	struct model_page sorted[POLICY_SIM_FRAMES];
	int n = npages;
	for (int i = 0; i < n; i++) {
		int low = lowest_rank();
		sorted[i] = pages[low];
		pages[low] = pages[--npages];
	}
	for (int i = 0; i < n; i++) {
		sorted[i].rank = next(&sorted[i]);
		sorted[i].since = moves++;
		pages[npages++] = sorted[i];
	}
}

static bool sample_due(int per_turnover)
{
	if (++selections < npages / per_turnover)
		return false;
	selections = 0;
	return true;
}

static int next_register(struct model_page *p)
{
	int rank = p->rank / 2 + (p->r ? 128 : 0);
	p->r = false;
	return rank;
}

static int next_count(struct model_page *p)
{
	int rank = p->rank + p->r;
	p->r = false;
	return MIN(rank, 255);
}

static int next_half(struct model_page *p)
{
	return p->rank / 2;
}

static int victim_lru(void)
{
	if (sample_due(8))
		renew(next_register);
	return lowest_rank();
}

static int victim_lfu(void)
{
	if (sample_due(8)) {
		renew(next_count);
		if (++samples % 8 == 0 && is("lfu"))
			renew(next_half);
	}
	return lowest_rank_before(arrivals - MIN(npages / 2, 8));
}

static int next_period(struct model_page *p)
{
	p->r = false;
	return p->m;
}

static int victim_nru(void)
{
	int i = lowest_rank();
	while (pages[i].rank != 2 * pages[i].r + pages[i].m) {
		pages[i].rank = 2 * pages[i].r + pages[i].m;
		pages[i].since = moves++;
		i = lowest_rank();
	}
	int page = pages[i].page;
	if (sample_due(4))
		renew(next_period);
	for (i = 0; pages[i].page != page; i++)
		;
	return i;
}

static int victim_wsclock(void)
{
	long now = ++selections * 256L / npages;
	int oldest = 0;
	for (int i = 0; i < npages; i++) {
		if (pages[i].r)
			pages[i].used = now;
		pages[i].r = false;
		if (now - pages[i].used > 128 && !pages[i].m) {
			for (; i > 0; i--)
				turn();
			return 0;
		}
		if (MIN(now - pages[i].used, 129) > MIN(now - pages[oldest].used, 129))
			oldest = i;
	}
	return oldest;
}

static int victim_random(void)
{
	random_state ^= random_state << 13;
	random_state ^= random_state >> 17;
	random_state ^= random_state << 5;
	return (int)(random_state % (uint32_t)npages);
}

static void forget_first_use(void)
{
	for (int i = 0; i < npages; i++)
		if (pages[i].page == newest)
			pages[i].r = false;
	newest = -1;
}

static int victim_sieve(void)
{
	forget_first_use();
	while (pages[hand].r) {
		pages[hand].r = false;
		hand = (hand + 1) % npages;
	}
	int i = hand;
	hand = i == npages - 1 ? 0 : i; /* what is younger moves into its place */
	return i;
}

static int victim_2q(void)
{
	int small = 0, first = -1;
	for (int i = npages - 1; i >= 0; i--) {
		small += !pages[i].main;
		first = pages[i].main ? first : i;
	}
	if (small > npages / 4 || small == npages) {
		left[nleft++] = pages[first].page;
		return first;
	}
	for (;;) {
		int i = 0;
		while (!pages[i].main)
			i++;
		if (!pages[i].r)
			return i;
		pages[i].r = false;
		to_the_end(i);
	}
}

static int victim(void)
{
	static const struct {
		const char *name;
		int (*choose)(void);
	} models[] = {
		{ "clock", victim_clock },	{ "second-chance", victim_clock },
		{ "enhanced-clock", victim_enhanced }, { "nru", victim_nru },
		{ "lru", victim_lru },		{ "lfu", victim_lfu },
		{ "lfu-nodecay", victim_lfu },	{ "wsclock", victim_wsclock },
		{ "random", victim_random },	{ "sieve", victim_sieve },
		{ "2q", victim_2q },
	};
	for (size_t i = 0; i < ARRAY_SIZE(models); i++)
		if (is(models[i].name))
			return models[i].choose();
	CHECK(is("fifo"));
	return 0;
}

/* Among the last pages that left the small queue, as many as half the frames? */
static bool came_back(int page)
{
	for (int i = nleft - 1; i >= 0 && i >= nleft - MAX((npages + 1) / 2, 1); i--)
		if (left[i] == page) {
			left[i] = -1;
			return true;
		}
	return false;
}

int model_touch(int page, bool write)
{
	int gone = POLICY_SIM_ROOM;
	for (int i = 0; i < npages; i++)
		if (pages[i].page == page) {
			pages[i].r = true;
			pages[i].m |= write;
			return POLICY_SIM_HIT;
		}
	if (npages == nframes) {
		int i = victim();
		gone = pages[i].page;
		npages--;
		memmove(pages + i, pages + i + 1, (npages - i) * sizeof(pages[0]));
	}
	forget_first_use();
	newest = is("sieve") ? page : -1;
	pages[npages] = (struct model_page){
		.page = page,
		.number = arrivals++,
		.r = true,
		.m = write,
		.rank = is("lru") ? 128 : is("nru") ? 0 : 1,
		.since = moves++,
		.used = selections * 256L / nframes,
		.main = came_back(page),
	};
	npages++;
	return gone;
}
