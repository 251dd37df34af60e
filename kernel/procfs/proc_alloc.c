/*
 * The allocators as files: buddyinfo, pagetypeinfo, zoneinfo, slabinfo.
 *
 * There is one node with one zone, Normal: all memory the kernel allocates lies in its direct map.
 * Free blocks are not grouped by mobility, so all are listed under Movable. "min" of zoneinfo is
 * the reserve that user pages leave free; there is no background reclaim, so "low" and "high" are
 * the same number.
 */
#include "kernel/procfs/proc_files.h"
#include "mm/frame.h"
#include "mm/reclaim.h"
#include "mm/slab.h"

enum { ALLOC_ORDERS = FRAME_MAX_ORDER + 1 };

static const char *const alloc_types[] = {
	"Unmovable", "Movable", "Reclaimable", "HighAtomic", "CMA", "Isolate",
};
enum { ALLOC_MOVABLE = 1 };

void proc_show_buddyinfo(struct text *t, struct process *p)
{
	(void)p;
	text_add(t, "Node %d, zone %8s ", 0, "Normal");
	for (unsigned order = 0; order < ALLOC_ORDERS; order++)
		text_add(t, "%6u ", frame_stats.free_blocks[order]);
	text_add(t, "\n");
}

/* Blocks of the largest order that the memory spans. */
static uint32_t alloc_pageblocks(void)
{
	return (frame_count + (1u << FRAME_MAX_ORDER) - 1) >> FRAME_MAX_ORDER;
}

void proc_show_pagetypeinfo(struct text *t, struct process *p)
{
	(void)p;
	text_add(t, "Page block order: %u\nPages per block:  %u\n\n", FRAME_MAX_ORDER + 0u,
		 1u << FRAME_MAX_ORDER);
	text_add(t, "%-43s ", "Free pages count per migrate type at order");
	for (unsigned order = 0; order < ALLOC_ORDERS; order++)
		text_add(t, "%6u ", order);
	for (unsigned type = 0; type < ARRAY_SIZE(alloc_types); type++) {
		text_add(t, "\nNode %4d, zone %8s, type %12s ", 0, "Normal", alloc_types[type]);
		for (unsigned order = 0; order < ALLOC_ORDERS; order++)
			text_add(t, "%6u ",
				 type == ALLOC_MOVABLE ? frame_stats.free_blocks[order] : 0);
	}
	text_add(t, "\n\n%-23s", "Number of blocks type ");
	for (unsigned type = 0; type < ARRAY_SIZE(alloc_types); type++)
		text_add(t, "%12s ", alloc_types[type]);
	text_add(t, "\nNode %d, zone %8s ", 0, "Normal");
	for (unsigned type = 0; type < ARRAY_SIZE(alloc_types); type++)
		text_add(t, "%12u ", type == ALLOC_MOVABLE ? alloc_pageblocks() : 0);
	text_add(t, "\n");
}

void proc_show_zoneinfo(struct text *t, struct process *p)
{
	const uint32_t *owned = frame_stats.owned;
	uint32_t cached = page_stats.cached;
	(void)p;
	text_add(t, "Node 0, zone   Normal\n  per-node stats\n");
	text_add(t, "      nr_active_anon %u\n      nr_inactive_file %u\n", owned[FRAME_ANON],
		 cached);
	text_add(t, "      nr_active_file %u\n      nr_unevictable %u\n",
		 owned[FRAME_OBJECT] - cached, page_stats.locked);
	text_add(t, "      nr_slab_unreclaimable %u\n", owned[FRAME_SLAB]);
	text_add(t, "  pages free     %u\n        min      %u\n", frame_stats.free,
		 reclaim_stats.reserve);
	text_add(t, "        low      %u\n        high     %u\n        spanned  %u\n",
		 reclaim_stats.reserve, reclaim_stats.reserve, frame_count);
	text_add(t, "        present  %u\n        managed  %u\n", frame_count, frame_stats.total);
	text_add(t, "      nr_free_pages %u\n      nr_zone_active_anon %u\n", frame_stats.free,
		 owned[FRAME_ANON]);
	text_add(t, "      nr_zone_inactive_file %u\n      nr_zone_active_file %u\n", cached,
		 owned[FRAME_OBJECT] - cached);
	text_add(t, "      nr_mlock     %u\n", page_stats.locked);
}

static void alloc_cache_line(struct text *t, const struct slab_cache *c)
{
	text_add(t, "%-17s %6u %6u %6u %4u %4u : tunables %4u %4u %4u", c->name, c->inuse,
		 c->nslabs * c->per_slab, c->stride, c->per_slab, 1u << c->order, 0u, 0u, 0u);
	text_add(t, " : slabdata %6u %6u %6u\n", c->nslabs - c->nempty, c->nslabs, 0u);
}

/*
 * Growing the text may reclaim, and a cache may be destroyed meanwhile: the next one is found by
 * index.
 */
void proc_show_slabinfo(struct text *t, struct process *p)
{
	(void)p;
	text_add(t, "slabinfo - version: 2.1\n# name            <active_objs> <num_objs> <objsize> "
		    "<objperslab> <pagesperslab> : tunables <limit> <batchcount> <sharedfactor> "
		    ": slabdata <active_slabs> <num_slabs> <sharedavail>\n");
	for (unsigned wanted = 0;; wanted++) {
		const struct list_node *node = slab_caches.next;
		for (unsigned i = 0; i < wanted && node != &slab_caches; i++)
			node = node->next;
		if (node == &slab_caches)
			return;
		alloc_cache_line(t, list_entry(node, struct slab_cache, link));
	}
}
