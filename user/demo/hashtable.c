/*
 * A hash table larger than its memory: the workload paging likes least.
 *
 * Open addressing with linear probing (Knuth, The Art of Computer Programming 3, 6.4): a key lies
 * at its hash or in the next free place behind it. A good hash scatters neighbouring keys over
 * all pages, so nearly every operation wants a page that has been written to swap. Deleting moves
 * later keys back instead of leaving marks (algorithm R there), so the table does not age.
 *
 * Every record holds words computed from its key: a page that came back wrong is noticed.
 */
#include "user/lib/heap.h"
#include "user/lib/options.h"
#include "user/lib/print.h"
#include "user/lib/random.h"
#include "user/lib/runtime.h"

struct record {
	uint32_t key;           /* 0: this place is free */
	uint32_t payload[3];
};

static uint32_t keys = 24000, places = 64 << 10, seed = 1;

static const struct option options[] = {
	{ "keys", &keys, NULL, "how many keys to insert" },
	{ "places", &places, NULL, "places of 16 bytes; a power of two" },
	{ "seed", &seed, NULL, "start of the random numbers" },
};

static const struct program program = {
	"hashtable", "inserts, finds and deletes random keys", "",
	options, ARRAY_SIZE(options),
};

static struct record *table;

static uint32_t place_of(uint32_t key)
{
	uint32_t h = key * 0x9e3779b1u;

	return (h ^ (h >> 15)) & (places - 1);
}

static uint32_t payload_of(uint32_t key, uint32_t i)
{
	return (key ^ (i * 0x85ebca6bu)) * 0xc2b2ae35u;
}

static bool record_intact(const struct record *r)
{
	for (uint32_t i = 0; i < 3; i++)
		if (r->payload[i] != payload_of(r->key, i))
			return false;
	return true;
}

/* Where @key lies, or the free place where it would. */
static uint32_t table_find(uint32_t key)
{
	uint32_t i = place_of(key);

	while (table[i].key && table[i].key != key)
		i = (i + 1) & (places - 1);
	return i;
}

static bool table_insert(uint32_t key)
{
	struct record *r = &table[table_find(key)];

	if (r->key)
		return false;
	r->key = key;
	for (uint32_t i = 0; i < 3; i++)
		r->payload[i] = payload_of(key, i);
	return true;
}

static bool table_delete(uint32_t key)
{
	uint32_t hole = table_find(key);

	if (!table[hole].key)
		return false;
	for (uint32_t i = (hole + 1) & (places - 1); table[i].key; i = (i + 1) & (places - 1)) {
		/* Is the way from its home to here at least as long as from the hole to here? */
		uint32_t home = place_of(table[i].key);
		if (((i - home) & (places - 1)) >= ((i - hole) & (places - 1))) {
			table[hole] = table[i];
			hole = i;
		}
	}
	table[hole].key = 0;
	return true;
}

struct tally {
	uint32_t inserted, found, missing, deleted, left, damaged;
};

/* The keys are random_next's sequence from @seed: the same one for every round. */
static void table_exercise(struct tally *t)
{
	uint32_t state = seed;
	for (uint32_t i = 0; i < keys; i++)
		t->inserted += table_insert(random_next(&state));

	state = seed;
	for (uint32_t i = 0; i < keys; i++) {
		const struct record *r = &table[table_find(random_next(&state))];
		t->found += r->key != 0;
		t->damaged += r->key && !record_intact(r);
		/*
		 * The sequence has no two equal numbers so near, thus its complement is rarely
		 * there.
		 */
		t->missing += i % 4 == 0 && !table[table_find(~state)].key;
	}

	state = seed;
	for (uint32_t i = 0; i < keys; i++) {
		uint32_t key = random_next(&state);
		t->deleted += i % 2 == 0 && table_delete(key);
	}
	for (uint32_t i = 0; i < places; i++) {
		t->left += table[i].key != 0;
		t->damaged += table[i].key && !record_intact(&table[i]);
	}
}

int main(int argc, char **argv, char **envp)
{
	(void)envp;
	options_parse(&program, argc, argv);
	if (places < 2 || (places & (places - 1)) || keys > places / 2 || seed == 0)
		fail("hashtable: places are a power of two, keys at most half, seeds not 0\n");
	table = calloc(places, sizeof(*table));
	if (!table)
		fail("hashtable: no memory\n");

	struct tally t = { 0 };
	table_exercise(&t);
	printf("hashtable: %u places, %u KiB: %u inserted, %u found, %u missing, %u deleted, "
	       "%u left, %u damaged\n", places, places / 64, t.inserted, t.found, t.missing,
	       t.deleted, t.left, t.damaged);
	return t.damaged || t.inserted - t.deleted != t.left ? 1 : 0;
}
