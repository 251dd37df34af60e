/*
 * The memory map as a picture.
 *
 * Physical memory is a row of frames, and struct frame knows of each what it is for. A person who
 * wants to see memory work needs that as a picture: a cell for each frame or, where there are more
 * frames than room, for a group of them. Two questions have to be answered: what is a frame, in
 * one word, and what is a group?
 *
 * A frame is what its owner says. User pages are told apart by what matters to replacement: is it
 * referenced, is it modified? That gives the four classes of the textbooks (clean, clean and used,
 * dirty, dirty and used). Before them come the two reasons why a page is special: it is no victim
 * now (LOCKED), or evicting it concerns several processes (SHARED). A page that was never written
 * to swap has no other copy, and so is dirty although the MMU's bit may be clear.
 *
 * A group is shown as the most telling class among its frames, in the order of the enum: what
 * replacement works on covers what the kernel keeps for itself, and that covers free memory. So a
 * single dirty page is seen in any group, and a cell is free only if all of it is. The counts in
 * frames are kept beside the cells, so nothing is lost but the place.
 *
 * The four classes need the MMU's bits, which lie in page tables; the reverse map leads there.
 * They are read and left alone: a policy sees the same bits whether somebody looks or not. A frame
 * with many mappers is asked about at its newest LOOKS entries only, so that a picture's time is
 * bounded by its frames.
 *
 * A picture can be taken in steps, with other work between them. The classes are then those of
 * different moments, but cells and counts always come from the same look.
 *
 * Always true (framemap_step, when it returns true):
 *   [framemap.1]  frames[] add up to end, and shown[] to ncells
 *   [framemap.2]  shown[c] is the number of cells that hold c
 *   [framemap.3]  nothing but the picture has changed
 * Left out: ages and owners of pages. They are a question about one frame, not about all.
 * Source: the four classes: NRU, as in Tanenbaum, Modern Operating Systems, ch. 3.
 */
#include "mm/framemap.h"

#include "lib/assert.h"
#include "lib/string.h"
#include "mm/page.h"
#include "mm/policy/policy.h"
#include "mm/rmap.h"

enum { LOOKS = 32 };

static pfn_t region_start, region_end;

void framemap_set_region(pfn_t start, pfn_t end)
{
	ASSERT(start <= end);
	region_start = start;
	region_end = end;
}

/* Neither a slot nor a file has this page. */
static bool is_only_copy(const struct frame *f)
{
	return f->slot == 0 && !page_has_source(f);
}

static enum framemap_class class_of_user(const struct frame *f)
{
	if (f->pins > 0 || f->flags & FRAME_LOCKED || f->flags & FRAME_BUSY)
		return FRAMEMAP_LOCKED;
	if (f->flags & FRAME_CACHED)
		return FRAMEMAP_CACHED;
	if (f->owner == FRAME_ANON && f->mappers > 1)
		return FRAMEMAP_SHARED;
	struct rmap_facts facts = rmap_query(f, LOOKS);
	if (facts.dirty || is_only_copy(f))
		return facts.accessed ? FRAMEMAP_DIRTY_USED : FRAMEMAP_DIRTY;
	return facts.accessed ? FRAMEMAP_CLEAN_USED : FRAMEMAP_CLEAN;
}

enum framemap_class framemap_class(const struct frame *f)
{
	static const uint8_t by_owner[FRAME_OWNER_COUNT] = {
		[FRAME_UNOWNED] = FRAMEMAP_KERNEL,  [FRAME_KERNEL] = FRAMEMAP_KERNEL,
		[FRAME_SLAB] = FRAMEMAP_SLAB,	    [FRAME_VMALLOC] = FRAMEMAP_STACK,
		[FRAME_TABLE] = FRAMEMAP_TABLE,
	};
	pfn_t pfn = frame_pfn(f);
	if (pfn >= region_start && pfn < region_end)
		return FRAMEMAP_REGION;
	if (f->state == FRAME_RESERVED)
		return FRAMEMAP_RESERVED;
	if (f->state == FRAME_FREE)
		return FRAMEMAP_FREE;
	if (frame_is_user_page(f))
		return class_of_user(f);
	return by_owner[f->owner];
}

pfn_t framemap_end(void)
{
	pfn_t end = frame_count;
	while (end > region_end && frame_of(end - 1)->state == FRAME_RESERVED)
		end--;
	return end;
}

void framemap_begin(struct framemap *m, pfn_t end, uint8_t *cells, uint32_t room)
{
	ASSERT(end <= frame_count && room > 0);
	*m = (struct framemap){ .cells = cells, .end = end };
	while ((end + (1u << m->shift) - 1) >> m->shift > room)
		m->shift++;
	m->ncells = (end + (1u << m->shift) - 1) >> m->shift;
	memset(cells, 0, m->ncells);
}

static void framemap_count_cells(struct framemap *m)
{
	memset(m->shown, 0, sizeof(m->shown));
	for (uint32_t i = 0; i < m->ncells; i++)
		m->shown[m->cells[i]]++;
}

bool framemap_step(struct framemap *m, uint32_t n)
{
	pfn_t stop = n < m->end - m->next ? m->next + n : m->end;
	for (pfn_t pfn = m->next; pfn < stop; pfn++) {
		enum framemap_class class = framemap_class(frame_of(pfn));
		uint8_t *cell = &m->cells[pfn >> m->shift];
		m->frames[class]++;
		if (class > *cell)
			*cell = (uint8_t)class;
	}
	m->next = stop;
	if (stop < m->end)
		return false;
	framemap_count_cells(m);
	return true;
}

uint32_t framemap_cell(const struct framemap *m, pfn_t pfn)
{
	return pfn < m->end ? pfn >> m->shift : m->ncells;
}

uint32_t framemap_hand(const struct framemap *m)
{
	const struct frame *f = policy_hand();
	return f != NULL ? framemap_cell(m, frame_pfn(f)) : m->ncells;
}
