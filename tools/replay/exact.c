/*
 * Optimal and exact LRU: what no kernel can do, since one needs the future and the other a note at
 * every access. On a recorded string both are easy.
 *
 * Optimal (Belady, 1966): of the resident pages, the one whose next use is farthest away goes. No
 * policy faults less. The next use of every step is found by one walk from the end. The victim is
 * the top of a heap by next use; a step of a resident page only adds an entry to the heap, and
 * entries that are out of date are dropped when they come to its top.
 *
 * LRU: resident pages in a list, the page just used goes to its end, the first one is the victim.
 */
#include "tools/replay/replay.h"

#include <stdlib.h>

/* --- a heap of (next use, page), largest on top --- */

struct heap_entry {
	uint32_t next_use, page;
};

struct heap {
	struct heap_entry *at;
	uint32_t size;
};

static void heap_push(struct heap *h, struct heap_entry e)
{
	uint32_t i = h->size;
	h->size++;
	while (i > 0 && h->at[(i - 1) / 2].next_use < e.next_use) {
		h->at[i] = h->at[(i - 1) / 2];
		i = (i - 1) / 2;
	}
	h->at[i] = e;
}

static struct heap_entry heap_pop(struct heap *h)
{
	struct heap_entry top = h->at[0];
	h->size--;
	struct heap_entry last = h->at[h->size];
	uint32_t i = 0;
	for (;;) {
		uint32_t child = 2 * i + 1;
		if (child + 1 < h->size && h->at[child + 1].next_use > h->at[child].next_use)
			child++;
		if (child >= h->size || h->at[child].next_use <= last.next_use)
			break;
		h->at[i] = h->at[child];
		i = child;
	}
	h->at[i] = last;
	return top;
}

/* next_use[i]: the step at which the page of step i is used again, or the string's length. */
static uint32_t *next_uses(const struct reference_string *s)
{
	uint32_t *next_use = replay_alloc(s->length, sizeof(*next_use));
	uint32_t *latest = replay_alloc(s->npages, sizeof(*latest));
	for (uint32_t page = 0; page < s->npages; page++)
		latest[page] = s->length;
	for (uint32_t i = s->length; i > 0; i--) {
		uint32_t page = reference_page(s, i - 1);
		next_use[i - 1] = latest[page];
		latest[page] = i - 1;
	}
	free(latest);
	return next_use;
}

struct page_state {
	bool resident, modified;
	uint32_t next_use; /* optimal */
	uint32_t older, newer; /* LRU: neighbours in the list */
};

/* The resident page whose next use is farthest away. */
static uint32_t optimal_victim(struct heap *h, const struct page_state *pages)
{
	for (;;) {
		struct heap_entry top = heap_pop(h);
		if (pages[top.page].resident && pages[top.page].next_use == top.next_use)
			return top.page;
	}
}

static void evict(struct page_state *p, struct replay_result *result)
{
	result->writes += p->modified;
	p->resident = false;
	p->modified = false;
}

struct replay_result replay_optimal(const struct reference_string *s, uint32_t nframes,
				    replay_step *step)
{
	struct replay_result result = { 0 };
	struct page_state *pages = replay_alloc(s->npages, sizeof(*pages));
	struct heap heap = { replay_alloc(s->length, sizeof(struct heap_entry)), 0 };
	uint32_t *next_use = next_uses(s);
	uint32_t resident = 0;
	for (uint32_t i = 0; i < s->length; i++) {
		uint32_t page = reference_page(s, i), victim = REPLAY_NOTHING;
		bool hit = pages[page].resident;
		if (!hit && resident == nframes) {
			victim = optimal_victim(&heap, pages);
			evict(&pages[victim], &result);
			resident--;
		}
		resident += !hit;
		result.faults += !hit;
		pages[page].resident = true;
		pages[page].modified |= reference_writes(s, i);
		pages[page].next_use = next_use[i];
		heap_push(&heap, (struct heap_entry){ next_use[i], page });
		if (step != NULL)
			step(i, hit, victim);
	}
	free(next_use);
	free(heap.at);
	free(pages);
	return result;
}

/* --- LRU: a list through page_state; page npages is its head --- */

static void lru_unlink(struct page_state *pages, uint32_t page)
{
	pages[pages[page].older].newer = pages[page].newer;
	pages[pages[page].newer].older = pages[page].older;
}

static void lru_link_newest(struct page_state *pages, uint32_t head, uint32_t page)
{
	pages[page].newer = head;
	pages[page].older = pages[head].older;
	pages[pages[head].older].newer = page;
	pages[head].older = page;
}

struct replay_result replay_exact_lru(const struct reference_string *s, uint32_t nframes,
				      replay_step *step)
{
	struct replay_result result = { 0 };
	struct page_state *pages = replay_alloc(s->npages + 1, sizeof(*pages));
	uint32_t head = s->npages, resident = 0;
	pages[head].older = head;
	pages[head].newer = head;
	for (uint32_t i = 0; i < s->length; i++) {
		uint32_t page = reference_page(s, i), victim = REPLAY_NOTHING;
		bool hit = pages[page].resident;
		if (hit)
			lru_unlink(pages, page);
		if (!hit && resident == nframes) {
			victim = pages[head].newer;
			lru_unlink(pages, victim);
			evict(&pages[victim], &result);
			resident--;
		}
		resident += !hit;
		result.faults += !hit;
		pages[page].resident = true;
		pages[page].modified |= reference_writes(s, i);
		lru_link_newest(pages, head, page);
		if (step != NULL)
			step(i, hit, victim);
	}
	free(pages);
	return result;
}
