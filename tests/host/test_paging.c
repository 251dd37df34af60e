/*
 * Paging is transparent: whatever is mapped, forked, protected, evicted and brought back, a
 * program reads what it wrote. Random operations on several address spaces are compared with a
 * plain model, in less memory than they use; every invariant is checked on the way.
 */
#include <string.h>

#include "lib/errno.h"
#include "mm/check.h"
#include "mm/fault.h"
#include "mm/mmstat.h"
#include "mm/reclaim.h"
#include "mm/slab.h"
#include "tests/host/sim.h"
#include "tests/host/space.h"
#include "tests/host/test.h"

enum { SPACES = 4, PAGES = 96, OBJECT_PAGES = 24, OBJECTS = 4096 };

/* What page i of a space should be. */
struct model_page {
	bool mapped;
	unsigned prot;
	int object;	/* shared memory: which; -1: private */
	unsigned index; /* page of the object */
	uint32_t value; /* private: the word at its start */
	uint32_t fresh; /* private: what it is when it is dropped */
	bool locked;
};

struct model_space {
	struct aspace *as;
	struct model_page pages[PAGES];
};

static struct model_space spaces[SPACES];
static uint32_t shared_values[OBJECTS][OBJECT_PAGES];
static int nobjects;
static struct object file;

static vaddr_t page_va(unsigned i)
{
	return SPACE_AT + i * PAGE_SIZE;
}

static uint32_t file_word(uint32_t index)
{
	return index * 2654435761u + 1;
}

static int file_read(struct object *o, uint32_t offset, void *buf, size_t n)
{
	uint32_t word = file_word(offset >> PAGE_SHIFT);
	(void)o;
	memset(buf, 0x5a, n);
	memcpy(buf, &word, MIN(n, sizeof(word)));
	return 0;
}

static const struct object_ops file_ops = { .name = "file",
					    .read = file_read,
					    .keeps_pages = true };

static uint32_t *model_value(struct model_page *p)
{
	return p->object >= 0 ? &shared_values[p->object][p->index] : &p->value;
}

static void op_map(struct model_space *s, unsigned start, unsigned n)
{
	int kind = test_random() % 3; /* anonymous, shared, file */
	unsigned index = test_random() % (OBJECT_PAGES - n + 1);
	struct aspace_map r = {
		.start = page_va(start),
		.length = n * PAGE_SIZE,
		.prot = test_random() % 4 ? PROT_R | PROT_W : PROT_R,
		.map_flags = ASPACE_FIXED,
	};
	struct object *o = NULL;
	if (kind == 1 && nobjects < OBJECTS)
		o = object_create_shared(OBJECT_PAGES * PAGE_SIZE);
	if (o != NULL)
		r.vma_flags = VMA_SHARED;
	r.object = kind == 2 ? &file : o;
	r.index = r.object != NULL ? index : 0;
	long at = aspace_map(s->as, &r);
	if (o != NULL)
		object_put(o);
	if (is_error(at)) {
		CHECK_EQ(at, -ENOMEM);
		return;
	}
	for (unsigned i = 0; i < n; i++)
		s->pages[start + i] = (struct model_page){
			.mapped = true,
			.prot = r.prot,
			.object = o != NULL ? nobjects : -1,
			.index = index + i,
			.value = kind == 2 ? file_word(index + i) : 0,
			.fresh = kind == 2 ? file_word(index + i) : 0,
		};
	nobjects += o != NULL;
}

static void op_unmap(struct model_space *s, unsigned start, unsigned n)
{
	int err = aspace_unmap(s->as, page_va(start), n * PAGE_SIZE);
	CHECK(err == 0 || err == -ENOMEM);
	for (unsigned i = 0; err == 0 && i < n; i++)
		s->pages[start + i].mapped = false;
}

static void op_protect(struct model_space *s, unsigned start, unsigned n)
{
	static const unsigned prots[] = { PROT_NONE, PROT_R, PROT_R | PROT_W };
	unsigned prot = prots[test_random() % 3];
	for (unsigned i = 0; i < n; i++)
		if (!s->pages[start + i].mapped)
			return;
	int err = aspace_protect(s->as, page_va(start), n * PAGE_SIZE, prot);
	CHECK(err == 0 || err == -ENOMEM);
	for (unsigned i = 0; err == 0 && i < n; i++)
		s->pages[start + i].prot = prot;
}

/* To another place in the same space, with or without growing. */
static void op_move(struct model_space *s, unsigned from, unsigned to, unsigned n)
{
	struct model_page moved[8];
	if (to < from + n && from < to + n)
		return;
	long at = aspace_remap(s->as, page_va(from), n * PAGE_SIZE, n * PAGE_SIZE,
			       ASPACE_MAYMOVE | ASPACE_MOVE_FIXED, page_va(to));
	if (is_error(at)) {
		/*
		 * Not one area, or no memory; a FIXED move may have cleared its target before that.
		 */
		CHECK(at == -EFAULT || at == -ENOMEM);
		for (unsigned i = 0; at == -ENOMEM && i < n; i++)
			s->pages[to + i].mapped = vma_find(&s->as->areas, page_va(to + i)) != NULL;
		return;
	}
	memcpy(moved, &s->pages[from], n * sizeof(moved[0]));
	for (unsigned i = 0; i < n; i++)
		s->pages[from + i].mapped = false;
	memcpy(&s->pages[to], moved, n * sizeof(moved[0]));
}

static void op_advise(struct model_space *s, unsigned start, unsigned n)
{
	static const unsigned advices[] = { ADVISE_DONTNEED, ADVISE_WILLNEED, ADVISE_COLD,
					    ADVISE_PAGEOUT };
	unsigned advice = advices[test_random() % 4];
	for (unsigned i = 0; i < n; i++)
		if (!s->pages[start + i].mapped || s->pages[start + i].locked)
			return;
	CHECK_EQ(aspace_advise(s->as, page_va(start), n * PAGE_SIZE, advice), 0);
	for (unsigned i = 0; advice == ADVISE_DONTNEED && i < n; i++)
		s->pages[start + i].value = s->pages[start + i].fresh;
}

static void op_lock(struct model_space *s, unsigned start, unsigned n)
{
	bool lock = test_random() % 3 == 0;
	for (unsigned i = 0; i < n; i++)
		if (!s->pages[start + i].mapped)
			return;
	int err = lock ? aspace_mlock(s->as, page_va(start), n * PAGE_SIZE, test_random() % 2)
		       : aspace_munlock(s->as, page_va(start), n * PAGE_SIZE);
	CHECK(err == 0 || err == -ENOMEM);
	for (unsigned i = 0; i < n; i++)
		s->pages[start + i].locked =
			(vma_find(&s->as->areas, page_va(start + i))->flags & VMA_LOCKED) != 0;
}

static void op_write(struct model_space *s, unsigned i)
{
	struct model_page *p = &s->pages[i];
	uint32_t value = test_random();
	int err = sim_write32(s->as, page_va(i), value);
	if (err == -ENOMEM)
		return;
	CHECK_EQ(err, !p->mapped ? -EFAULT : p->prot & PROT_W ? 0 : -EACCES);
	if (err == 0)
		*model_value(p) = value;
}

static void op_read(struct model_space *s, unsigned i)
{
	struct model_page *p = &s->pages[i];
	uint32_t value = 0;
	int err = sim_read32(s->as, page_va(i), &value);
	if (err == -ENOMEM)
		return;
	CHECK_EQ(err, !p->mapped ? -EFAULT : p->prot == PROT_NONE ? -EACCES : 0);
	if (err == 0)
		CHECK_EQ(value, *model_value(p));
}

static void op_fork(struct model_space *s, struct model_space *to)
{
	if (to->as != NULL)
		return;
	to->as = aspace_fork(s->as);
	if (to->as == NULL)
		return;
	memcpy(to->pages, s->pages, sizeof(s->pages));
	for (unsigned i = 0; i < PAGES; i++)
		to->pages[i].locked = false;
}

static void op_exit(struct model_space *s)
{
	space_put(s->as);
	memset(s, 0, sizeof(*s));
}

static void unlock_model(struct model_space *s)
{
	for (unsigned i = 0; i < PAGES; i++)
		s->pages[i].locked = false;
}

static void one_operation(void)
{
	struct model_space *s = &spaces[test_random() % SPACES];
	unsigned start = test_random() % (PAGES - 8);
	unsigned n = 1 + test_random() % 8;
	if (s->as == NULL) {
		s->as = aspace_create();
		return;
	}
	switch (test_random() % 64) {
	case 0: case 1: case 2: op_map(s, start, n); break;
	case 3: op_unmap(s, start, n); break;
	case 4: case 5: op_protect(s, start, n); break;
	case 6: op_fork(s, &spaces[test_random() % SPACES]); break;
	case 7: if (test_random() % 4 == 0) op_exit(s); break;
	case 8: op_move(s, start, test_random() % (PAGES - 8), n); break;
	case 9: op_advise(s, start, n); break;
	case 10: op_lock(s, start, 1 + n % 2); break;
	case 11: aspace_munlock_all(s->as); unlock_model(s); break;
	default:
		if (test_random() % 2)
			op_write(s, test_random() % PAGES);
		else
			op_read(s, test_random() % PAGES);
	}
}

/* Another policy, any of them, every 100 operations. */
static void maybe_switch(unsigned i)
{
	unsigned n = 0;
	if (i % 100 != 0)
		return;
	while (policy_nth_name(n) != NULL)
		n++;
	uint32_t known = policy_count();
	const char *name = policy_nth_name(test_random_below(n));
	CHECK_EQ(policy_switch(name), 0);
	CHECK_STR(policy_name(), name);
	CHECK_EQ(policy_count(), known);
}

/* Another replacement, rule, bound or hand-set number. */
static void maybe_reallot(unsigned i)
{
	const struct model_space *s = &spaces[test_random() % SPACES];
	if (i % 50 != 0)
		return;
	switch (test_random() % 4) {
	case 0: reclaim_set_local(test_random() % 4); break;
	case 1: allot_set_rule(test_random() % 2 ? ALLOT_PFF : ALLOT_EQUAL); break;
	case 2: allot_stats.pff_high = allot_stats.pff_low + test_random() % 20000; break;
	default:
		if (s->as != NULL)
			allot_set_fixed(s->as->allot, test_random() % 2 ? test_random() % 64 : 0);
	}
	allot_check();
}

static bool local;   /* replacement is local */
static bool reallot; /* now local, now global, with changing allotments */

/* @policy NULL: now this one, now that. */
static void run(unsigned nframes, unsigned limit, const char *policy, unsigned operations)
{
	space_boot(nframes, 1024, limit, policy != NULL ? policy : "clock");
	object_init(&file, &file_ops, OBJECT_PAGES * PAGE_SIZE);
	reclaim_set_local(local);
	nobjects = 0;
	memset(shared_values, 0, sizeof(shared_values));
	for (unsigned i = 0; i < operations; i++) {
		if (policy == NULL)
			maybe_switch(i);
		if (reallot)
			maybe_reallot(i);
		one_operation();
		sim_tlb_check();
		if (reallot && i % 256 == 0 && spaces[0].as != NULL) {
			sim_use(spaces[0].as);
			sim_tsc += 1000000 * (uint64_t)allot_stats.window;
			allot_sample(spaces[0].as->allot);
		}
		if (i % 16 == 0)
			mm_check();
	}
	for (unsigned i = 0; i < SPACES; i++)
		if (spaces[i].as != NULL)
			op_exit(&spaces[i]);
	mm_check();
	reclaim_drop_caches();
	slab_trim();
	CHECK_EQ(swap_stats.used, 0);
	CHECK_EQ(page_stats.charged, 0);
	CHECK_EQ(frame_stats.owned[FRAME_ANON] + frame_stats.owned[FRAME_OBJECT], 0);
	CHECK_EQ(frame_stats.owned[FRAME_TABLE], space_tables_at_boot);
}

TEST(paging_is_transparent_with_memory_to_spare)
{
	run(2048, 0, "clock", 30000);
	CHECK_EQ(reclaim_stats.failures, 0);
}

TEST(paging_is_transparent_in_32_frames)
{
	run(2048, 32, "clock", 60000);
	CHECK(mmstat_read(swap_ins) > 500);
}

TEST(paging_is_transparent_when_ram_itself_is_short)
{
	run(88, 0, "clock", 60000);
	CHECK(mmstat_read(swap_ins) > 500);
}

#define TRANSPARENT_UNDER(noun, name) \
	TEST(paging_is_transparent_under_##noun) \
	{ \
		run(2048, 24, name, 30000); \
		CHECK(mmstat_read(swap_ins) > 500); \
	}

TRANSPARENT_UNDER(fifo, "fifo")
TRANSPARENT_UNDER(second_chance, "second-chance")
TRANSPARENT_UNDER(enhanced_clock, "enhanced-clock")
TRANSPARENT_UNDER(nru, "nru")
TRANSPARENT_UNDER(lru, "lru")
TRANSPARENT_UNDER(lfu, "lfu")
TRANSPARENT_UNDER(lfu_nodecay, "lfu-nodecay")
TRANSPARENT_UNDER(wsclock, "wsclock")
TRANSPARENT_UNDER(random, "random")
TRANSPARENT_UNDER(sieve, "sieve")
TRANSPARENT_UNDER(2q, "2q")

TEST(paging_is_transparent_while_policies_change)
{
	run(2048, 24, NULL, 100000);
	CHECK(mmstat_read(swap_ins) > 500);
}

TEST(paging_is_transparent_while_policies_change_and_ram_is_short)
{
	run(88, 0, NULL, 60000);
	CHECK(mmstat_read(swap_ins) > 500);
}

#define TRANSPARENT_LOCALLY_UNDER(noun, name) \
	TEST(paging_is_transparent_locally_under_##noun) \
	{ \
		local = true; \
		run(2048, 64, name, 30000); \
		CHECK(mmstat_read(swap_ins) > 100); \
	}

TRANSPARENT_LOCALLY_UNDER(clock, "clock")
TRANSPARENT_LOCALLY_UNDER(fifo, "fifo")
TRANSPARENT_LOCALLY_UNDER(second_chance, "second-chance")
TRANSPARENT_LOCALLY_UNDER(enhanced_clock, "enhanced-clock")
TRANSPARENT_LOCALLY_UNDER(nru, "nru")
TRANSPARENT_LOCALLY_UNDER(lru, "lru")
TRANSPARENT_LOCALLY_UNDER(lfu, "lfu")
TRANSPARENT_LOCALLY_UNDER(lfu_nodecay, "lfu-nodecay")
TRANSPARENT_LOCALLY_UNDER(wsclock, "wsclock")
TRANSPARENT_LOCALLY_UNDER(random, "random")
TRANSPARENT_LOCALLY_UNDER(sieve, "sieve")
TRANSPARENT_LOCALLY_UNDER(2q, "2q")

TEST(paging_is_transparent_where_not_even_the_minima_fit)
{
	local = true;
	run(2048, 24, "clock", 30000);
	CHECK(mmstat_read(swap_ins) > 500);
	CHECK(allot_stats.from_others > 100);
}

TEST(paging_is_transparent_while_everything_changes)
{
	reallot = true;
	run(2048, 72, NULL, 60000);
	CHECK(mmstat_read(swap_ins) > 500);
}

TEST(paging_is_transparent_while_everything_changes_and_ram_is_short)
{
	reallot = true;
	run(100, 0, NULL, 60000);
	CHECK(mmstat_read(swap_ins) > 500);
}
