/*
 * Replay of a reference string: what each replacement policy would have done with it. Theory in
 * replay.c.
 */
#ifndef TOOLS_REPLAY_REPLAY_H
#define TOOLS_REPLAY_REPLAY_H

#include <stdbool.h>
#include <stdint.h>

/* Each stay on a page; pages are numbered from 0 without gaps. */
struct reference_string {
	const uint32_t *word; /* page << 1, plus 1 if it is written during this stay */
	uint32_t length;
	uint32_t npages;
};

static inline uint32_t reference_page(const struct reference_string *s, uint32_t i)
{
	return s->word[i] >> 1;
}

static inline bool reference_writes(const struct reference_string *s, uint32_t i)
{
	return s->word[i] & 1;
}

enum { REPLAY_NOTHING = UINT32_MAX };

struct replay_result {
	uint32_t faults;
	uint32_t writes; /* evicted pages that had been written since they came in */
};

/*
 * A page came in (or was there: @hit) at step @i, and @victim, or REPLAY_NOTHING, went for it. NULL
 * where nobody wants to know.
 */
typedef void replay_step(uint32_t i, bool hit, uint32_t victim);

/* In @nframes (> 0) frames. */
struct replay_result replay_optimal(const struct reference_string *s, uint32_t nframes,
				    replay_step *step);
struct replay_result replay_exact_lru(const struct reference_string *s, uint32_t nframes,
				      replay_step *step);
/* The kernel's policy @name. */
struct replay_result replay_kernel(const char *name, const struct reference_string *s,
				   uint32_t nframes, replay_step *step);

/* Memory of zeroes; ends the program when there is none. */
void *replay_alloc(uint32_t count, uint32_t size);

#endif
