/* A transfer between a file and memory: what it moves it counts, wherever it ends. */
#include "kernel/fs/io.h"

#include <string.h>

#include "lib/errno.h"
#include "mm/check.h"
#include "mm/user.h"
#include "tests/host/sim.h"
#include "tests/host/space.h"
#include "tests/host/test.h"

enum { NPAGES = 4, END = SPACE_AT + NPAGES * PAGE_SIZE };

static struct aspace *as;
static char bytes[NPAGES * PAGE_SIZE];

static void io_boot(void)
{
	space_boot(256, 64, 0, "clock");
	as = aspace_create();
	space_map(as, SPACE_AT, NPAGES);
	sim_use(as);
	for (size_t i = 0; i < sizeof(bytes); i++)
		bytes[i] = (char)(i * 7 + i / 251);
}

static void io_check(const struct io *io, size_t done, size_t left, uint64_t position)
{
	CHECK_EQ(io->done, done);
	CHECK_EQ(io->left, left);
	CHECK_EQ(io->position, position);
}

TEST(io_moves_to_and_from_kernel_memory)
{
	char to[8] = "........";
	struct io io = io_kernel(to, sizeof(to), 100);
	CHECK_EQ(io_give(&io, "abc", 3), 3);
	CHECK_EQ(io_give_zeroes(&io, 2), 2);
	io_skip(&io, 1);
	CHECK_EQ(io_give(&io, "de", 2), 2);
	CHECK(memcmp(to, "abc\0\0.de", 8) == 0);
	io_check(&io, 8, 0, 108);
	io = io_kernel(to, sizeof(to), 0);
	char back[3];
	CHECK_EQ(io_take(&io, back, 3), 3);
	CHECK(memcmp(back, "abc", 3) == 0);
	io_check(&io, 3, 5, 3);
}

TEST(io_moves_all_in_front_of_a_hole)
{
	struct io io;
	char back[PAGE_SIZE];
	io_boot();
	CHECK_EQ(io_init_user(&io, as, END - PAGE_SIZE - 10, 2 * PAGE_SIZE), 0);
	CHECK_EQ(io_give(&io, bytes, 2 * PAGE_SIZE), PAGE_SIZE + 10);
	io_check(&io, PAGE_SIZE + 10, PAGE_SIZE - 10, PAGE_SIZE + 10);
	CHECK_EQ(user_read(as, back, END - PAGE_SIZE, PAGE_SIZE), 0);
	CHECK(memcmp(back, bytes + 10, PAGE_SIZE) == 0);
	CHECK_EQ(io_give(&io, bytes, 1), 0);
	mm_check();
}

TEST(io_moves_all_or_nothing_where_asked)
{
	struct io io;
	char back[20] = "";
	io_boot();
	CHECK_EQ(io_init_user(&io, as, END - 10, 20), 0);
	CHECK_EQ(io_take_all(&io, back, 11), -EFAULT);
	io_check(&io, 0, 20, 0);
	CHECK_EQ(io_give_all(&io, bytes, 11), -EFAULT);
	io_check(&io, 0, 20, 0);
	CHECK_EQ(io_give_all(&io, bytes, 10), 0);
	io_check(&io, 10, 10, 10);
	mm_check();
}

/* Random pieces, random steps: as one buffer would be. */
TEST(io_pieces_are_one_row_of_bytes)
{
	io_boot();
	for (unsigned round = 0; round < 300; round++) {
		struct io_piece pieces[8];
		size_t n = test_random_below(9), total = 0;
		uptr_t at = SPACE_AT;
		for (size_t i = 0; i < n; i++) {
			at += test_random_below(300);
			pieces[i] = (struct io_piece){ at, test_random_below(4) * 400 };
			at += pieces[i].bytes;
			total += pieces[i].bytes;
		}
		struct io_piece kept[8];
		memcpy(kept, pieces, sizeof(kept));
		struct io io;
		CHECK_EQ(io_init_pieces(&io, as, pieces, n), 0);
		CHECK_EQ(io.left, total);
		while (io.left > 0) {
			size_t step = test_random_below((unsigned)MIN(io.left, 700)) + 1;
			CHECK_EQ(io_give(&io, bytes + io.done, step), step);
		}
		size_t done = 0;
		for (size_t i = 0; i < n; i++) {
			static char back[2000];
			CHECK_EQ(user_read(as, back, kept[i].memory, kept[i].bytes), 0);
			CHECK(memcmp(back, bytes + done, kept[i].bytes) == 0);
			done += kept[i].bytes;
		}
		io_check(&io, total, 0, total);
	}
	mm_check();
}

TEST(io_skips_all_pieces_at_once)
{
	struct io io;
	struct io_piece pieces[3] = { { SPACE_AT, 10 }, { SPACE_AT, 0 }, { SPACE_AT + 50, 20 } };
	io_boot();
	CHECK_EQ(io_init_pieces(&io, as, pieces, 3), 0);
	CHECK_EQ(io_give(&io, bytes, 4), 4);
	io_skip_all(&io);
	io_check(&io, 30, 0, 30);
	CHECK_EQ(io_give(&io, bytes, 0), 0);
	io_skip(&io, 0);
	io_check(&io, 30, 0, 30);
	mm_check();
}

TEST(io_refuses_what_is_no_user_memory)
{
	struct io io;
	struct io_piece pieces[2] = { { SPACE_AT, 10 }, { USER_TOP - 1, 2 } };
	io_boot();
	CHECK_EQ(io_init_user(&io, as, USER_TOP - 1, 2), -EFAULT);
	CHECK_EQ(io_init_pieces(&io, as, pieces, 2), -EFAULT);
	pieces[1] = (struct io_piece){ SPACE_AT, 0x80000000 };
	CHECK_EQ(io_init_pieces(&io, as, pieces, 2), -EINVAL);
	CHECK_EQ(io_init_pieces(&io, as, pieces, 0), 0);
	io_check(&io, 0, 0, 0);
	mm_check();
}

/* Linux moves at most 2 GiB less a page in one call. */
TEST(io_pieces_are_cut_at_the_most_that_one_call_moves)
{
	struct io io;
	struct io_piece pieces[2] = { { SPACE_AT, 0x7ffff000 - 5 }, { SPACE_AT, 100 } };
	io_boot();
	CHECK_EQ(io_init_pieces(&io, as, pieces, 2), 0);
	CHECK_EQ(io.left, 0x7ffff000);
	CHECK_EQ(pieces[1].bytes, 5);
}
