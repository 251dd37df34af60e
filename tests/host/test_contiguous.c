/*
 * Spaces that are one partition, against a copy of what each holds: loaded, written, moved, rolled
 * out and in, copied, with a disk that fails now and then.
 */
#include "mm/partition/contiguous.h"

#include <stdlib.h>
#include <string.h>

#include "lib/errno.h"
#include "machine/layout.h"
#include "mm/check.h"
#include "mm/swap.h"
#include "mm/user.h"
#include "tests/host/sim.h"
#include "tests/host/space.h"
#include "tests/host/test.h"

enum { K = 1024, REGION = 1024 * K, SPACES = 8, STEPS = 6000, CHUNK = 3000 };

/* What one holds. */
struct model {
	struct aspace *as; /* NULL: there is none */
	uint8_t *bytes;	   /* from low on */
	uint32_t size;	   /* of them */
};
static struct model models[SPACES];
static uint32_t rebased_sum;

static struct contiguous *space_of(const struct model *m)
{
	return m->as->contiguous;
}

static uint32_t place_of(const struct contiguous *c)
{
	return c->binding == BOUND_EXECUTION ? PARTITION_ANYWHERE : c->position;
}

/* Room for @c by rolling others out; gives up where that is not possible. */
static int force_in(struct contiguous *c)
{
	int err = contiguous_enter(c, place_of(c));
	for (unsigned i = 0; i < SPACES && (err == -ENOMEM || err == -EBUSY); i++) {
		if (models[i].as == NULL || space_of(&models[i]) == c ||
		    contiguous_roll_out(space_of(&models[i])))
			continue;
		err = contiguous_enter(c, place_of(c));
	}
	return err;
}

static int bring_in(struct aspace *as)
{
	return force_in(as->contiguous);
}

static void rebased(struct aspace *as, uint32_t delta)
{
	rebased_sum += delta;
	if (sim_current() == as)
		aspace_activate(as);
}

static void start(void)
{
	static const struct contiguous_hooks hooks = { .rebased = rebased, .bring_in = bring_in };
	space_boot(3000, 1200, 0, "clock");
	struct frame *f = frame_alloc(FRAME_MAX_ORDER, FRAME_KERNEL);
	CHECK(f != NULL);
	memset(frame_bytes(f), 0xa5, REGION);
	CHECK_EQ(partition_init(frame_pfn(f) << PAGE_SHIFT, REGION, contiguous_moved), 0);
	contiguous_set_hooks(&hooks);
}

/* A space of @bytes, activated at once. False: no room. */
static bool make(struct model *m, uint32_t bytes, enum contiguous_binding binding, uint32_t at)
{
	struct aspace *as = aspace_create();
	CHECK(as != NULL);
	CHECK_EQ(contiguous_create(as, bytes, binding), 0);
	int err = contiguous_enter(as->contiguous, at);
	if (err) {
		CHECK(err == -ENOMEM || err == -EBUSY || err == -EINVAL);
		aspace_put(as);
		return false;
	}
	m->as = as;
	m->size = contiguous_high(as->contiguous) - contiguous_low(as->contiguous);
	m->bytes = calloc(1, m->size);
	return true;
}

static void drop(struct model *m)
{
	if (sim_current() == m->as)
		sim_use(NULL);
	aspace_put(m->as);
	free(m->bytes);
	m->as = NULL;
}

/* As system calls do it, which bring it in. */
static void write_some(struct model *m)
{
	uint8_t chunk[CHUNK];
	uint32_t n = test_random_below(MIN(m->size, sizeof(chunk))) + 1;
	uint32_t at = test_random_below(m->size - n + 1);
	memset(chunk, (int)test_random_below(256), n);
	sim_use(m->as);
	if (user_write(m->as, contiguous_low(space_of(m)) + at, chunk, n) == 0)
		memcpy(m->bytes + at, chunk, n);
	else
		CHECK(!contiguous_is_in(space_of(m)));
}

static void compare(const struct model *m)
{
	sim_use(m->as);
	uint8_t *all = malloc(m->size);
	if (user_read(m->as, all, contiguous_low(space_of(m)), m->size) == 0)
		CHECK(memcmp(all, m->bytes, m->size) == 0);
	else
		CHECK(!contiguous_is_in(space_of(m)));
	free(all);
}

static void compare_all(void)
{
	for (unsigned i = 0; i < SPACES; i++)
		if (models[i].as != NULL)
			compare(&models[i]);
}

static void check_all(void)
{
	mm_check();
	sim_tlb_check();
}

TEST(contiguous_limit_is_exact_to_the_byte)
{
	struct model *m = &models[0];
	uint8_t byte = 7;
	start();
	CHECK(make(m, 5001, BOUND_EXECUTION, 16 * PAGE_SIZE));
	sim_use(m->as);
	CHECK_EQ(m->as->segment.base, PARTITION_WINDOW + 16 * PAGE_SIZE);
	CHECK_EQ(m->as->segment.data_limit, 5001);
	CHECK_EQ(user_write(m->as, 5000, &byte, 1), 0);
	CHECK_EQ(user_write(m->as, 5001, &byte, 1), -EFAULT);
	CHECK_EQ(user_write(m->as, 4999, "two", 3), -EFAULT);
	CHECK_EQ(user_read(m->as, &byte, 0, 1), -EFAULT); /* NULL's page */
	CHECK_EQ(user_read(m->as, &byte, PAGE_SIZE, 1), 0);
	check_all();
	drop(m);
}

TEST(contiguous_tables_show_its_own_frames_only)
{
	struct model *low = &models[0], *mid = &models[1], *high = &models[2];
	uint8_t byte;
	start();
	CHECK(make(low, 2 * PAGE_SIZE, BOUND_LOAD, 0));
	CHECK(make(mid, 2 * PAGE_SIZE, BOUND_EXECUTION, PARTITION_ANYWHERE));
	CHECK(make(high, 2 * PAGE_SIZE, BOUND_COMPILE, 4 * PAGE_SIZE));
	for (uint32_t page = 0; page < 6; page++) {
		vaddr_t va = PARTITION_WINDOW + page * PAGE_SIZE;
		CHECK_EQ(sim_read8(low->as, va, &byte), page < 2 ? 0 : -EFAULT);
		CHECK_EQ(sim_read8(mid->as, va, &byte), page == 3 ? 0 : -EFAULT);
		CHECK_EQ(sim_read8(high->as, va, &byte), page >= 4 ? 0 : -EFAULT);
	}
	CHECK_EQ(low->as->segment.base, 0);
	CHECK_EQ(low->as->segment.data_limit, PARTITION_WINDOW + 2 * PAGE_SIZE);
	check_all();
}

TEST(contiguous_moves_if_bound_at_execution_time)
{
	start();
	CHECK(make(&models[0], 40 * K, BOUND_EXECUTION, PARTITION_ANYWHERE));
	CHECK(make(&models[1], 40 * K, BOUND_LOAD, PARTITION_ANYWHERE));
	CHECK(make(&models[2], 40 * K, BOUND_COMPILE, 80 * K));
	for (unsigned i = 0; i < 3; i++)
		write_some(&models[i]);
	rebased_sum = 0;
	CHECK_EQ(partition_move(space_of(&models[0])->place, 500 * K), 0);
	CHECK_EQ(rebased_sum, 500 * K);
	CHECK_EQ(partition_move(space_of(&models[1])->place, 0), -EPERM);
	CHECK_EQ(partition_move(space_of(&models[2])->place, 0), -EPERM);
	CHECK_EQ(contiguous_pin(space_of(&models[0])), 0);
	CHECK_EQ(partition_move(space_of(&models[0])->place, 0), -EPERM);
	contiguous_unpin(space_of(&models[0]));
	CHECK_EQ(partition_move(space_of(&models[0])->place, 0), 0);
	compare_all();
	check_all();
}

TEST(contiguous_maps_are_cleared_and_inside)
{
	struct model *m = &models[0];
	struct aspace_map r = { .length = 3 * PAGE_SIZE, .prot = PROT_R | PROT_W };
	uint8_t zeroes[3 * PAGE_SIZE] = { 0 }, back[3 * PAGE_SIZE];
	start();
	CHECK(make(m, 64 * K, BOUND_EXECUTION, PARTITION_ANYWHERE));
	m->as->mmap_top = 60 * K;
	aspace_set_brk(m->as, 20 * K);
	memset(back, 1, sizeof(back));
	sim_use(m->as);
	for (uint32_t at = PAGE_SIZE; at + sizeof(back) < 64 * K; at += sizeof(back))
		CHECK_EQ(user_write(m->as, at, back, sizeof(back)), 0);
	CHECK_EQ(aspace_map(m->as, &r), 48 * K);
	CHECK_EQ(user_read(m->as, back, 48 * K, sizeof(back)), 0);
	CHECK(memcmp(back, zeroes, sizeof(back)) == 0);
	CHECK_EQ(aspace_brk(m->as, 47 * K), 47 * K);
	CHECK_EQ(aspace_brk(m->as, 49 * K), 47 * K); /* the map is in the way */
	CHECK_EQ(aspace_map(m->as, &r), -ENOMEM);
	CHECK_EQ(aspace_remap(m->as, 48 * K, 12 * K, 4 * K, 0, 0), 48 * K);
	CHECK_EQ(aspace_remap(m->as, 48 * K, 4 * K, 12 * K, 0, 0), 48 * K);
	CHECK_EQ(aspace_unmap(m->as, 48 * K, 12 * K), 0);
	CHECK_EQ(aspace_brk(m->as, 49 * K), 49 * K);
	CHECK_EQ(aspace_advise(m->as, 0, 0, ADVISE_DONTNEED), 0);
	CHECK_EQ(aspace_advise(m->as, 20 * K, 4 * K, ADVISE_DONTNEED), 0);
	CHECK_EQ(user_read(m->as, back, 20 * K, 4 * K), 0);
	CHECK(memcmp(back, zeroes, 4 * K) == 0);
	r.vma_flags = VMA_SHARED;
	CHECK_EQ(aspace_map(m->as, &r), -ENODEV);
	check_all();
}

/* Nothing that a program can ask for does more than fail. */
TEST(contiguous_takes_any_numbers)
{
	static const uint32_t edges[] = { 0, 1, 4095, 4096, 60 * K, 64 * K - 1, 64 * K, 64 * K + 1,
					  0x7fffffff, PARTITION_WINDOW, USER_TOP - 4096, USER_TOP,
					  0xfffff000, 0xffffffff };
	static const uint8_t advices[] = { ADVISE_WILLNEED, ADVISE_DONTNEED, ADVISE_FREE,
					   ADVISE_WIPEONFORK, ADVISE_POPULATE_WRITE };
	start();
	CHECK(make(&models[0], 64 * K, BOUND_EXECUTION, PARTITION_ANYWHERE));
	CHECK(make(&models[1], 64 * K, BOUND_LOAD, PARTITION_ANYWHERE));
	for (unsigned i = 0; i < 2 * ARRAY_SIZE(edges) * ARRAY_SIZE(edges); i++) {
		struct aspace *as = models[i % 2].as;
		uint32_t a = edges[i / 2 % ARRAY_SIZE(edges)];
		uint32_t b = edges[i / 2 / ARRAY_SIZE(edges)];
		struct aspace_map r = { .start = a, .length = b, .prot = PROT_R | PROT_W };
		as->mmap_top = contiguous_high(as->contiguous) - 4 * K;
		sim_use(as);
		(void)aspace_map(as, &r);
		(void)aspace_remap(as, a, b, 2 * PAGE_SIZE, ASPACE_MAYMOVE, 0);
		(void)aspace_remap(as, a, PAGE_SIZE, b, ASPACE_MAYMOVE, 0);
		(void)aspace_protect(as, a, b, PROT_R);
		(void)aspace_mlock(as, a, b, false);
		for (unsigned j = 0; j < ARRAY_SIZE(advices); j++)
			(void)aspace_advise(as, a, b, advices[j]);
		r.map_flags = ASPACE_FIXED;
		(void)aspace_map(as, &r);
		(void)aspace_brk(as, a + b);
		check_all();
		(void)aspace_unmap(as, a, b);
		check_all();
	}
}

/* Without memory for one more area nothing has changed. */
TEST(contiguous_remap_needs_memory_first)
{
	struct model *m = &models[0];
	uint8_t page[PAGE_SIZE], back[PAGE_SIZE];
	start();
	CHECK(make(m, 256 * K, BOUND_EXECUTION, PARTITION_ANYWHERE));
	m->as->mmap_top = 248 * K;
	sim_use(m->as);
	struct aspace_map r = { .length = 3 * PAGE_SIZE, .prot = PROT_R | PROT_W };
	for (uint32_t nth = 0;; nth++) {
		long at = aspace_map(m->as, &r);
		memset(page, (int)nth + 1, sizeof(page));
		CHECK_EQ(user_write(m->as, at + PAGE_SIZE, page, sizeof(page)), 0);
		sim_fail(SIM_FAIL_OBJECTS, nth, true);
		long to = aspace_remap(m->as, at + PAGE_SIZE, PAGE_SIZE, 2 * PAGE_SIZE,
				       ASPACE_MAYMOVE, 0);
		bool refused = sim_fail_refused() != 0;
		sim_fail(0, 0, false);
		CHECK(refused ? to == -ENOMEM : !is_error(to));
		uptr_t now = refused ? (uptr_t)at + PAGE_SIZE : (uptr_t)to;
		CHECK_EQ(user_read(m->as, back, now, sizeof(back)), 0);
		CHECK(memcmp(back, page, sizeof(page)) == 0);
		check_all();
		if (!refused)
			break;
		CHECK_EQ(aspace_unmap(m->as, at, r.length), 0);
	}
}

TEST(contiguous_fork_copies_what_can_be_elsewhere)
{
	struct model *m = &models[0], *child = &models[1];
	start();
	CHECK(make(m, 300 * K, BOUND_EXECUTION, PARTITION_ANYWHERE));
	write_some(m);
	CHECK_EQ(contiguous_roll_out(space_of(m)), 0);
	child->as = aspace_fork(m->as);
	CHECK(child->as != NULL && contiguous_is_in(space_of(m)));
	child->size = m->size;
	child->bytes = malloc(m->size);
	memcpy(child->bytes, m->bytes, m->size);
	write_some(m);
	write_some(child);
	CHECK(make(&models[2], 300 * K, BOUND_LOAD, PARTITION_ANYWHERE));
	CHECK(aspace_fork(models[2].as) == NULL);
	CHECK(aspace_fork(m->as) == NULL); /* no hole for a third */
	compare_all();
	check_all();
}

TEST(contiguous_roll_out_fails_without_harm)
{
	struct model *m = &models[0];
	start();
	CHECK(make(m, 200 * K, BOUND_EXECUTION, PARTITION_ANYWHERE));
	write_some(m);
	space_disk->fail_write = 20;
	CHECK_EQ(contiguous_roll_out(space_of(m)), -EIO);
	CHECK(contiguous_is_in(space_of(m)) && swap_stats.used == 0);
	CHECK_EQ(contiguous_roll_out(space_of(m)), 0);
	CHECK_EQ(swap_stats.used, 49); /* all but NULL's page */
	CHECK_EQ(contiguous_roll_out(space_of(m)), -EBUSY);
	space_disk->fail_read = 20;
	CHECK_EQ(contiguous_enter(space_of(m), PARTITION_ANYWHERE), -EIO);
	CHECK(!contiguous_is_in(space_of(m)));
	check_all();
	compare(m);
	CHECK_EQ(swap_stats.used, 0);
	check_all();
}

static void step(struct model *m)
{
	int err = 0;
	if (m->as == NULL) {
		uint32_t bytes = PAGE_SIZE + 1 + test_random_below(300 * K);
		enum contiguous_binding binding = test_random_below(CONTIGUOUS_NBINDINGS);
		uint32_t at = test_random_below(REGION / PAGE_SIZE) * PAGE_SIZE;
		(void)make(m, bytes, binding, binding == BOUND_COMPILE ? at : PARTITION_ANYWHERE);
		return;
	}
	switch (test_random_below(8)) {
	case 0:
		drop(m);
		break;
	case 1:
	case 2:
		err = contiguous_roll_out(space_of(m));
		CHECK(!err || err == -EBUSY || err == -EIO || err == -ENOMEM);
		break;
	case 3:
		partition_compact();
		break;
	case 4:
		if (space_of(m)->place != NULL)
			err = partition_move(space_of(m)->place,
					     test_random_below(REGION / PAGE_SIZE) * PAGE_SIZE);
		CHECK(!err || err == -EBUSY || err == -EPERM || err == -EINVAL);
		break;
	case 5:
		compare(m);
		break;
	default:
		write_some(m);
	}
}

TEST(contiguous_spaces_keep_their_bytes_through_anything)
{
	start();
	for (unsigned i = 0; i < STEPS; i++) {
		if (i % 50 == 49)
			space_disk->fail_write = (int)test_random_below(200);
		if (i % 50 == 24)
			space_disk->fail_read = (int)test_random_below(200);
		step(&models[test_random_below(SPACES)]);
		check_all();
	}
	space_disk->fail_write = space_disk->fail_read = -1;
	compare_all();
	for (unsigned i = 0; i < SPACES; i++)
		if (models[i].as != NULL)
			drop(&models[i]);
	CHECK_EQ(swap_stats.used, 0);
	CHECK_EQ(partition_region.blocks.next->next == &partition_region.blocks, true);
	check_all();
}
