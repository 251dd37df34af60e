/*
 * A small world in which two operations meet: what each does, and what is left when both are done.
 * Shared by meet_*.c and test_meet.c.
 */
#ifndef TESTS_HOST_MEET_H
#define TESTS_HOST_MEET_H

#include "tests/host/space.h"

enum {
	MEET_PAGES = 12, /* private ones; the file has as many */
	MEET_FILE_AT = SPACE_AT + 0x100000,    /* the file, shared */
	MEET_PRIVATE_AT = SPACE_AT + 0x200000, /* the file, private */
	MEET_ELSEWHERE = SPACE_AT + 0x10000000,
};

/* One is the space of both; two is a child of it; the child is what fork makes. */
extern struct aspace *meet_one, *meet_two, *meet_child;
extern struct object meet_file;

struct meet_operation {
	const char *name;
	void (*run)(void *unused);
	bool uncertain; /* what it leaves at its own pages depends on when frames are short */
};
extern const struct meet_operation meet_operations[];
extern const unsigned meet_count;

/* A new machine: pages of all kinds are on slots, and frames are short. */
void meet_world(void);
/* Frames are plenty again, to look at what is left. */
void meet_give_frames(void);
/* Has an operation found no memory? Then what it left says nothing. */
extern bool meet_no_memory;
/* What all that can be seen is now, in one number; @blind: without the uncertain pages. */
uint32_t meet_digest(bool blind);

#endif
