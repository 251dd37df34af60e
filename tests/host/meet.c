/* The world of test_meet.c: two spaces, a file, and too few frames. */
#include "tests/host/space.h"

#include <string.h>

#include "mm/check.h"
#include "mm/filepage.h"
#include "mm/reclaim.h"
#include "tests/host/meet.h"
#include "tests/host/sim_process.h"
#include "tests/host/test.h"

enum { FRAMES = 256, SLOTS = 256, LIMIT = 20, FILLER_PAGES = LIMIT, FILLER_AT = 0x30000000 };
enum { UNCERTAIN_FIRST = 8, UNCERTAIN_END = 10 };

struct aspace *meet_one, *meet_two, *meet_child;
struct object meet_file;

/* An archive on a disk: reading takes its time. */
static int file_read(struct object *o, uint32_t offset, void *buf, size_t n)
{
	(void)o;
	if (sim_process_runs())
		sim_process_transfer();
	memset(buf, 'a' + offset / PAGE_SIZE, n);
	return 0;
}

static const struct object_ops file_ops = { .name = "file", .read = file_read,
					    .keeps_pages = true };

static void map_file(vaddr_t at, unsigned flags)
{
	struct aspace_map r = { .start = at, .length = MEET_PAGES * PAGE_SIZE,
				.prot = PROT_R | PROT_W, .map_flags = ASPACE_FIXED,
				.vma_flags = flags, .object = &meet_file };
	CHECK_EQ(aspace_map(meet_one, &r), at);
}

static void write_pages(struct aspace *as, vaddr_t at, unsigned from, unsigned to, uint32_t value)
{
	for (unsigned i = from; i < to; i++)
		CHECK_EQ(sim_write32(as, at + i * PAGE_SIZE, value + i), 0);
}

static struct frame *taken[FRAMES];
static unsigned ntaken;

/* None is free: who needs one, for a page, a table or an area, has to evict. */
static void take_frames(void)
{
	while (frame_stats.free > 0) {
		taken[ntaken] = frame_alloc(0, FRAME_KERNEL);
		ntaken++;
	}
}

void meet_world(void)
{
	space_boot(FRAMES, SLOTS, LIMIT, "clock");
	sim_process_init();
	object_init(&meet_file, &file_ops, MEET_PAGES * PAGE_SIZE);
	meet_one = aspace_create();
	space_map(meet_one, SPACE_AT, MEET_PAGES);
	map_file(MEET_FILE_AT, VMA_SHARED);
	map_file(MEET_PRIVATE_AT, 0);
	aspace_set_brk(meet_one, 0x20000000);
	write_pages(meet_one, SPACE_AT, 0, MEET_PAGES, 1000);
	write_pages(meet_one, MEET_FILE_AT, 0, MEET_PAGES / 2, 2000);
	write_pages(meet_one, MEET_PRIVATE_AT, 2, 4, 3000);
	meet_two = aspace_fork(meet_one);
	meet_child = NULL;
	space_evict_all();
	struct aspace *filler = aspace_create();
	space_map(filler, FILLER_AT, FILLER_PAGES);
	write_pages(filler, FILLER_AT, 0, FILLER_PAGES, 4000);
	sim_use(NULL);
	reclaim_stats.reserve = 0;
	take_frames();
	mm_check();
}

void meet_give_frames(void)
{
	reclaim_stats.limit = 0;
	while (ntaken > 0) {
		ntaken--;
		frame_free(taken[ntaken]);
	}
}

static uint32_t digest_add(uint32_t digest, uint32_t value)
{
	return (digest ^ value) * 16777619u;
}

/* Each page's first and last word, or why it cannot be read, and whether it may be written. */
static uint32_t digest_pages(uint32_t digest, struct aspace *as, vaddr_t at, bool blind)
{
	for (unsigned i = 0; i < MEET_PAGES; i++) {
		vaddr_t va = at + i * PAGE_SIZE;
		uint32_t first = 0, last = 0;
		if (blind && at == SPACE_AT && i >= UNCERTAIN_FIRST && i < UNCERTAIN_END)
			continue;
		int err = sim_read32(as, va, &first);
		if (err == 0)
			err = sim_read32(as, va + PAGE_SIZE - sizeof(last), &last);
		const struct vma *v = vma_find(&as->areas, va);
		digest = digest_add(digest, (uint32_t)err);
		digest = digest_add(digest, first);
		digest = digest_add(digest, last);
		digest = digest_add(digest, v != NULL ? v->prot | v->flags << 8 : 0);
	}
	return digest;
}

static uint32_t digest_space(uint32_t digest, struct aspace *as, bool blind)
{
	if (as == NULL)
		return digest_add(digest, 77);
	digest = digest_pages(digest, as, SPACE_AT, blind);
	digest = digest_pages(digest, as, MEET_FILE_AT, blind);
	digest = digest_pages(digest, as, MEET_PRIVATE_AT, blind);
	digest = digest_pages(digest, as, MEET_ELSEWHERE, blind);
	return digest_add(digest, as->brk);
}

uint32_t meet_digest(bool blind)
{
	uint32_t digest = digest_space(2166136261u, meet_one, blind);
	digest = digest_space(digest, meet_two, blind);
	digest = digest_space(digest, meet_child, blind);
	return digest_add(digest, meet_file.size_bytes);
}
