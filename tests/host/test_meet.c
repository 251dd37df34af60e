/*
 * Every operation against every sleeping point of every other. The first stops where it sleeps for
 * the n-th time; the second runs as far as it can; then the first goes on, and then the second.
 * Each pair, at each point, has a machine of its own. All truths of mm hold at each stop, nobody
 * waits for ever, and what is left is what one of the two orders without sleep would have left.
 */
#include <stdio.h>

#include "mm/check.h"
#include "tests/host/host_context.h"
#include "tests/host/meet.h"
#include "tests/host/sim_process.h"
#include "tests/host/space.h"
#include "tests/host/test.h"

enum { POINTS_MAX = 200 };

struct meeting {
	const struct meet_operation *a, *b;
	unsigned point; /* the sleep of @a in which @b comes */
};

struct outcome {
	uint32_t digest;
	bool met; /* @a slept that often */
	bool no_memory;
};

static bool meeting_is_blind(const struct meeting *m)
{
	return m->a->uncertain || m->b->uncertain;
}

/* What is left. */
static void meet_look(const struct meeting *m, struct outcome *o)
{
	sim_use(NULL);
	mm_check();
	meet_give_frames();
	o->digest = meet_digest(meeting_is_blind(m));
	o->no_memory = meet_no_memory;
	mm_check();
}

/* @a runs to the end, then @b. */
static void run_in_order(const void *arg, void *result)
{
	const struct meeting *m = arg;
	struct outcome *o = result;
	meet_world();
	m->a->run(NULL);
	m->b->run(NULL);
	meet_look(m, o);
}

static void run_meeting(const void *arg, void *result)
{
	const struct meeting *m = arg;
	struct outcome *o = result;
	meet_world();
	struct sim_process *a = sim_process_create(m->a->run, NULL);
	struct sim_process *b = sim_process_create(m->b->run, NULL);
	for (unsigned i = 0; i <= m->point; i++)
		if (sim_process_continue(a) == SIM_ENDED)
			return;
	o->met = true;
	mm_check();
	while (sim_process_state(b) == SIM_READY || sim_process_state(b) == SIM_DISK) {
		sim_process_continue(b);
		mm_check();
	}
	sim_process_finish(a, b);
	meet_look(m, o);
}

static struct outcome in_order(const struct meet_operation *first,
			       const struct meet_operation *then)
{
	struct meeting m = { .a = first, .b = then };
	struct outcome o;
	if (!host_run_apart(run_in_order, &m, &o, sizeof(o)))
		test_fail(__FILE__, __LINE__, "%s, then %s", first->name, then->name);
	return o;
}

/* Returns how often @a slept. */
static unsigned meet_at_every_point(const struct meet_operation *a, const struct meet_operation *b)
{
	struct outcome ab = in_order(a, b), ba = in_order(b, a);
	struct meeting m = { .a = a, .b = b };
	for (; m.point < POINTS_MAX; m.point++) {
		struct outcome o;
		if (!host_run_apart(run_meeting, &m, &o, sizeof(o)))
			test_fail(__FILE__, __LINE__, "%s in sleep %u of %s", b->name, m.point,
				  a->name);
		if (!o.met)
			break;
		bool sure = !o.no_memory && !ab.no_memory && !ba.no_memory;
		if (sure && o.digest != ab.digest && o.digest != ba.digest)
			test_fail(__FILE__, __LINE__, "%s in sleep %u of %s: neither order's end",
				  b->name, m.point, a->name);
	}
	return m.point;
}

static void meet_all(const char *name)
{
	unsigned points = 0;
	const struct meet_operation *a = meet_operations;
	while (a < meet_operations + meet_count && __builtin_strcmp(a->name, name) != 0)
		a++;
	CHECK(a < meet_operations + meet_count);
	for (unsigned i = 0; i < meet_count; i++)
		points += meet_at_every_point(a, &meet_operations[i]);
	printf("# %s: %u meetings\n", name, points);
}

#define MEET(name) \
	TEST(all_meet_##name) \
	{ \
		meet_all(#name); \
	}

MEET(read_private)
MEET(write_private)
MEET(write_first)
MEET(read_shared)
MEET(write_shared)
MEET(read_source)
MEET(write_source_privately)
MEET(write_slot_privately)
MEET(read_in_two)
MEET(write_in_two)
MEET(map_new)
MEET(map_over)
MEET(unmap)
MEET(unmap_all)
MEET(protect)
MEET(move)
MEET(brk_up)
MEET(populate)
MEET(populate_file)
MEET(lock_some)
MEET(lock_and_unlock)
MEET(lock_all)
MEET(need)
MEET(drop)
MEET(free_later)
MEET(page_out)
MEET(roll_out)
MEET(fork_one)
MEET(exit_two)
MEET(file_read_slot)
MEET(file_read_source)
MEET(file_write_part)
MEET(file_overwrite)
MEET(truncate)
MEET(truncate_and_grow)
MEET(evict_all)
