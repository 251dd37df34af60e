/* Areas against a model that is an array of pages. */
#include <string.h>

#include "mm/object.h"
#include "mm/slab.h"
#include "mm/vma.h"
#include "tests/host/sim.h"
#include "tests/host/space.h"
#include "tests/host/test.h"

enum { PAGES = 200 };

static struct vma_set set;
static int model[PAGES]; /* 0: free, else the area's protection */

static vaddr_t at(unsigned i)
{
	return SPACE_AT + i * PAGE_SIZE;
}

static struct vma *area(unsigned start, unsigned end, unsigned prot)
{
	struct vma like = { .start = at(start),
			    .end = at(end),
			    .prot = prot,
			    .object = &object_zero,
			    .fill_end = UINT32_MAX };
	struct vma *v = vma_alloc(&like);
	CHECK(v != NULL);
	return v;
}

static void drop(struct vma *v)
{
	vma_free(v);
}

static void compare(void)
{
	vma_check(&set);
	for (unsigned i = 0; i < PAGES; i++) {
		struct vma *v = vma_find(&set, at(i) + 5);
		CHECK_EQ(v != NULL ? v->prot : 0, model[i]);
	}
}

static bool free_in_model(unsigned start, unsigned end)
{
	for (unsigned i = start; i < end; i++)
		if (model[i])
			return false;
	return true;
}

static void model_set(unsigned start, unsigned end, int prot)
{
	for (unsigned i = start; i < end; i++)
		model[i] = prot;
}

static void random_insert(unsigned start, unsigned end)
{
	if (!free_in_model(start, end))
		return;
	int prot = test_random() % 2 ? PROT_R : PROT_R | PROT_W;
	struct vma *v = area(start, end, prot);
	vma_insert(&set, v);
	model_set(start, end, prot);
	struct vma *gone = vma_merge_before(&set, v);
	if (gone != NULL)
		drop(gone);
}

static void random_split_and_remove(unsigned i)
{
	struct vma *v = vma_find(&set, at(i));
	if (v == NULL)
		return;
	if (v->start < at(i)) {
		struct vma *upper = area(0, 1, v->prot);
		vma_split(&set, v, at(i), upper);
		v = upper;
	}
	model_set((v->start - SPACE_AT) / PAGE_SIZE, (v->end - SPACE_AT) / PAGE_SIZE, 0);
	vma_remove(&set, v);
	drop(v);
}

TEST(areas_agree_with_a_model_under_random_changes)
{
	space_boot(256, 16, 0, "clock");
	memset(&set, 0, sizeof(set));
	memset(model, 0, sizeof(model));
	for (int k = 0; k < 4000; k++) {
		unsigned start = test_random() % (PAGES - 12);
		if (test_random() % 2)
			random_insert(start, start + 1 + test_random() % 12);
		else
			random_split_and_remove(start);
		compare();
	}
}

TEST(areas_find_the_highest_gap_that_fits)
{
	space_boot(256, 16, 0, "clock");
	memset(&set, 0, sizeof(set));
	memset(model, 0, sizeof(model));
	for (int k = 0; k < 60; k++) {
		unsigned start = test_random() % (PAGES - 4);
		random_insert(start, start + 1 + test_random() % 4);
	}
	for (unsigned length = 1; length < 30; length++) {
		int best = -1;
		for (int i = 0; i + (int)length <= PAGES; i++)
			if (free_in_model(i, i + length))
				best = i;
		vaddr_t gap = vma_gap(&set, length * PAGE_SIZE, SPACE_AT, at(PAGES));
		CHECK_EQ(gap, best < 0 ? 0 : at(best));
	}
	CHECK_EQ(vma_gap(&set, PAGES * PAGE_SIZE, SPACE_AT, at(PAGES)), 0);
}

TEST(areas_merge_only_what_nothing_tells_apart)
{
	space_boot(256, 16, 0, "clock");
	memset(&set, 0, sizeof(set));
	struct vma *low = area(0, 2, PROT_R), *high = area(2, 4, PROT_R),
		   *other = area(4, 5, PROT_W);
	vma_insert(&set, low);
	vma_insert(&set, high);
	vma_insert(&set, other);
	CHECK(vma_merge_before(&set, other) == NULL);
	CHECK(vma_merge_before(&set, high) == low);
	CHECK_EQ(high->start, at(0));
	CHECK_EQ(set.count, 2);
	CHECK_EQ(set.npages, 5);
	vma_check(&set);
}

TEST(an_area_of_more_than_2_gib_keeps_its_page_numbers)
{
	enum { LOW_PAGES = 0x88000, INDEX = 5 };
	space_boot(256, 16, 0, "clock");
	memset(&set, 0, sizeof(set));
	struct object *o = object_create_shared(UINT32_MAX);
	struct vma *low = area(0, LOW_PAGES, PROT_R);
	struct vma *high = area(LOW_PAGES, LOW_PAGES + 1, PROT_R);
	low->object = object_get(o);
	low->index = INDEX;
	high->object = object_get(o);
	high->index = INDEX + LOW_PAGES;
	vma_insert(&set, low);
	vma_insert(&set, high);
	CHECK(vma_merge_before(&set, high) == low);
	CHECK_EQ(high->start, at(0));
	CHECK_EQ(high->index, INDEX);
	vma_check(&set);
}
