/* kmalloc: sizes, sizes that cannot be, krealloc, and memory that comes back. */
#include <string.h>

#include "mm/frame.h"
#include "mm/slab.h"
#include "tests/host/sim.h"
#include "tests/host/test.h"

TEST(kmalloc_serves_every_size)
{
	sim_start(3000);
	static const size_t sizes[] = { 1,    8,    9,	  16,	    17,	     100,
					128,  129,  1024, 1025,	    2047,    2048,
					2049, 4096, 4097, 66 << 10, 1 << 20, 4 << 20 };
	for (size_t i = 0; i < ARRAY_SIZE(sizes); i++) {
		unsigned char *p = kmalloc(sizes[i]);
		CHECK(p != NULL);
		CHECK_EQ((uintptr_t)p % (sizes[i] > 2048 ? PAGE_SIZE : sizes[i] > 8 ? 16 : 8), 0);
		memset(p, 0xee, sizes[i]);
		slab_check();
		kfree(p);
		unsigned char *z = kzalloc(sizes[i]);
		for (size_t k = 0; k < sizes[i]; k++)
			CHECK_EQ(z[k], 0);
		kfree(z);
	}
	slab_trim();
	CHECK_EQ(frame_stats.owned[FRAME_SLAB] + frame_stats.owned[FRAME_KERNEL], 0);
}

TEST(kmalloc_refuses_what_can_not_be)
{
	static const size_t sizes[] = { 0,	     (4 << 20) + 1, 0x7fffffff, 0x80000000u,
					0xfffff000u, 0xfffffff8u,   0xffffffffu };
	sim_start(3000);
	for (size_t i = 0; i < ARRAY_SIZE(sizes); i++) {
		CHECK(!kmalloc(sizes[i]));
		CHECK(!kzalloc(sizes[i]));
	}
	kfree(NULL);
	CHECK_EQ(slab_objects(), 0);
	CHECK_EQ(frame_stats.owned[FRAME_KERNEL], 0);
}

TEST(krealloc_keeps_contents)
{
	static const size_t sizes[] = { 1,    8,    20,	   33,	 500,  512, 2048,
					2049, 9000, 70000, 5000, 2048, 100, 3 };
	sim_start(3000);
	unsigned char *p = NULL;
	size_t old = 0;
	for (size_t i = 0; i < ARRAY_SIZE(sizes); i++) {
		p = krealloc(p, sizes[i]);
		CHECK(p != NULL);
		for (size_t k = 0; k < MIN(old, sizes[i]); k++)
			CHECK_EQ(p[k], (unsigned char)(k * 31));
		for (size_t k = 0; k < sizes[i]; k++)
			p[k] = (unsigned char)(k * 31);
		old = sizes[i];
		slab_check();
	}
	CHECK(!krealloc(p, 0) && !krealloc(p, 0xffffffffu)); /* refused, and p is still there */
	CHECK_EQ(p[2], 62);
	CHECK_EQ(slab_objects(), 1);
	kfree(p);
	CHECK_EQ(slab_objects(), 0);
}

TEST(krealloc_without_memory_leaves_the_old)
{
	sim_start(300);
	char *p = kmalloc(100);
	memset(p, 9, 100);
	sim_fail(SIM_FAIL_FRAMES, 0, true);
	CHECK(!krealloc(p, 5000));
	CHECK(krealloc(p, 10) == p); /* less is always possible */
	sim_fail(0, 0, false);
	CHECK_EQ(p[99], 9);
	kfree(p);
}

TEST(slab_trim_gives_everything_back)
{
	void *objects[300];
	sim_start(3000);
	slab_trim();
	uint32_t nfree = frame_stats.free;
	for (unsigned i = 0; i < ARRAY_SIZE(objects); i++)
		objects[i] = kmalloc(1 + i * 9);
	/* Those above 2048 bytes are one page each. */
	CHECK_EQ(slab_objects() + frame_stats.owned[FRAME_KERNEL], ARRAY_SIZE(objects));
	for (unsigned i = 0; i < ARRAY_SIZE(objects); i++)
		kfree(objects[i]);
	uint32_t kept = nfree - frame_stats.free;
	CHECK(kept > 0);
	CHECK_EQ(slab_trim(), kept);
	CHECK_EQ(frame_stats.free, nfree);
	CHECK_EQ(slab_trim(), 0);
}
