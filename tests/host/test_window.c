/* Windows: frames beyond the direct map seen for a moment. */
#include "lib/errno.h"
#include "mm/frame.h"
#include "mm/pmap.h"
#include "tests/host/sim.h"
#include "tests/host/test.h"

TEST(window_of_a_frame_in_the_direct_map_is_its_address_there)
{
	sim_start(64);
	struct frame *f = frame_alloc(0, FRAME_KERNEL);
	void *window = pmap_window(frame_pfn(f));
	CHECK(window == frame_bytes(f));
	pmap_window_done(window);
	pmap_check_kernel();
}

TEST(window_of_a_frame_beyond_is_mapped_until_done)
{
	sim_start(64);
	vaddr_t seen[8];
	for (unsigned i = 0; i < ARRAY_SIZE(seen); i++) {
		seen[i] = (vaddr_t)pmap_window(0xc0000 + i);
		struct sim_translation t = sim_walk(seen[i]);
		CHECK_EQ(t.pfn, 0xc0000 + i);
		CHECK((t.rights & SIM_WRITE) && !(t.rights & (SIM_USER | SIM_GLOBAL)));
		CHECK(seen[i] >= WINDOW_BASE);
	}
	pmap_check_kernel();
	CHECK_PANIC("WINDOW_SLOTS", pmap_window(0xd0000));
	pmap_window_done((void *)seen[3]);
	CHECK_EQ(sim_walk(seen[3]).rights, 0);
	CHECK_PANIC("window_used", pmap_window_done((void *)seen[3]));
	CHECK_EQ((vaddr_t)pmap_window(0xd0000), seen[3]);
	CHECK_EQ(sim_walk(seen[3]).pfn, 0xd0000);
	pmap_check_kernel();
	sim_tlb_check();
}

TEST(window_changes_are_flushed)
{
	uint8_t value;
	sim_start(64);
	/*
	 * A window on a frame number just behind RAM: the walk is right, there is nothing to read.
	 */
	vaddr_t va = (vaddr_t)pmap_window(frame_count);
	CHECK_PANIC("which is no RAM", sim_kernel_read8(va, &value));
	uint32_t flushes = sim_flushes;
	pmap_window_done((void *)va);
	CHECK_EQ(sim_flushes, flushes + 1);
	CHECK_EQ(sim_kernel_read8(va, &value), -EFAULT);
}
