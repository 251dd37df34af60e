/*
 * One simulated process for the policies: pages in frames, and the bits an MMU would keep. No page
 * tables, no swap: a touch and what it did.
 */
#ifndef TESTS_HOST_POLICY_SIM_H
#define TESTS_HOST_POLICY_SIM_H

#include "mm/policy/policy.h"

enum { POLICY_SIM_FRAMES = 16, POLICY_SIM_PAGES = 32 };
/* What policy_sim_touch says when no page was evicted. */
enum { POLICY_SIM_ROOM = -1, POLICY_SIM_HIT = -2 };

struct policy_sim_frame {
	struct frame *frame;
	int page; /* -1: empty */
	bool referenced, modified;
};
extern struct policy_sim_frame policy_sim[POLICY_SIM_FRAMES];

/* Use policy @name; every frame is empty. */
void policy_sim_start(const char *name);
void policy_sim_stop(void);
/* Use @page in a process of @nframes: the page evicted for it, POLICY_SIM_ROOM or _HIT. */
int policy_sim_touch(int page, bool write, int nframes);
/* Where @f is in policy_sim. */
int policy_sim_number(const struct frame *f);
/* The page that would be evicted next. */
int policy_sim_next_victim(void);

#endif
