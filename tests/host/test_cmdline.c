/* The kernel's command line: what is taken, what is refused, what becomes the arguments. */
#include "kernel/base/log.h"
#include "kernel/cmdline.h"
#include "lib/string.h"
#include "tests/host/test.h"

static struct cmdline c;
static enum log_level level = LOG_INFO;

void log_set_level(enum log_level to)
{
	level = to;
}

static const char *parse(const char *text)
{
	cmdline_init(&c);
	return cmdline_parse(&c, text);
}

TEST(cmdline_has_defaults)
{
	CHECK(parse("") == NULL);
	CHECK_STR(c.init, "/sbin/init");
	CHECK_STR(c.policy, "clock");
	CHECK_STR(c.selftest_glob, "*");
	CHECK(!c.selftest && !c.swap_given && !c.channels_serial && !c.slab_debug);
	CHECK_EQ(c.frames, 0);
}

TEST(cmdline_takes_every_word)
{
	CHECK(parse("  init=/bin/x selftest=mm_* frames=64 swap=8M\tpolicy=fifo "
		    "log=debug channels=serial slab_debug test=hang\n") == NULL);
	CHECK_STR(c.init, "/bin/x");
	CHECK(c.selftest);
	CHECK_STR(c.selftest_glob, "mm_*");
	CHECK_EQ(c.frames, 64);
	CHECK(c.swap_given);
	CHECK_EQ(c.swap_bytes, 8 << 20);
	CHECK_STR(c.policy, "fifo");
	CHECK(c.channels_serial && c.slab_debug);
	CHECK_STR(c.test, "hang");
	CHECK_EQ(level, LOG_DEBUG);
}

TEST(cmdline_ignores_bad_values_and_unknown_words)
{
	CHECK(parse("frames=15 frames=x frames= frames swap=9999999M swap test=fine "
		    "init= log=loud channels=tcp nonsense slab_debug=1 = =x --x") == NULL);
	CHECK_EQ(c.frames, 0);
	CHECK(!c.swap_given && !c.channels_serial && !c.slab_debug);
	CHECK_STR(c.test, "");
	CHECK_STR(c.init, "/sbin/init");
}

TEST(cmdline_takes_what_thrashing_needs)
{
	CHECK(parse("") == NULL && !c.load_control && c.disk_delay_us == 0 && c.quantum_ticks == 0);
	CHECK(parse("load_control=on disk_delay=2000 quantum=1") == NULL);
	CHECK(c.load_control && c.disk_delay_us == 2000 && c.quantum_ticks == 1);
	CHECK(parse("load_control=on load_control=maybe load_control disk_delay=2000000 disk_delay "
		    "quantum=0 quantum=x") == NULL);
	CHECK(c.load_control && c.disk_delay_us == 0 && c.quantum_ticks == 0);
	CHECK(parse("load_control=on load_control=off") == NULL && !c.load_control);
}

TEST(cmdline_lets_the_last_word_win)
{
	CHECK(parse("frames=16 frames=32 frames=2 swap=1 swap=0") == NULL);
	CHECK_EQ(c.frames, 32);
	CHECK_EQ(c.swap_bytes, 0);
	CHECK(c.swap_given);
}

TEST(cmdline_chooses_replacement_and_allocation)
{
	CHECK(parse("") == NULL);
	CHECK(!c.local && !c.pff);
	CHECK(parse("replacement=local allocation=pff") == NULL);
	CHECK(c.local && c.pff);
	CHECK(parse("replacement=local replacement=locally allocation=pff allocation") == NULL);
	CHECK(c.local && c.pff); /* a bad value changes nothing */
	CHECK(parse("replacement=local replacement=global allocation=equal") == NULL);
	CHECK(!c.local && !c.pff);
}

TEST(cmdline_rounds_swap_up_to_pages)
{
	CHECK(parse("swap=4097") == NULL);
	CHECK_EQ(c.swap_bytes, 8192);
	CHECK(parse("swap=0xffffffff") == NULL);
	CHECK(!c.swap_given);
}

TEST(cmdline_ends_at_the_arguments)
{
	const char *rest = parse("init=/bin/x -- frames=64 -- y");
	CHECK(rest != NULL);
	CHECK_EQ(c.frames, 0);
	char buf[64];
	cmdline_set_words(&c, rest, buf, sizeof(buf));
	CHECK_EQ(c.nargs, 4);
	CHECK(memcmp(c.args, "/bin/x\0frames=64\0--\0y", 22) == 0);
}

TEST(cmdline_drops_arguments_that_do_not_fit)
{
	char buf[16];
	const char *rest = parse("init=/bin/x -- 12345678 9");
	cmdline_set_words(&c, rest, buf, sizeof(buf));
	CHECK_EQ(c.nargs, 2);
	rest = parse("init=/bin/x -- 123456789");
	cmdline_set_words(&c, rest, buf, sizeof(buf));
	CHECK_EQ(c.nargs, 1);
}

TEST(cmdline_counts_a_blob_of_arguments)
{
	CHECK(parse("") == NULL);
	cmdline_set_blob(&c, "/bin/x\0\0two words\0", 18);
	CHECK_EQ(c.nargs, 3);
	cmdline_set_blob(&c, "/bin/x\0last", 11);
	CHECK_EQ(c.nargs, 2);
}

TEST(cmdline_ignores_words_that_are_too_long)
{
	char text[400];
	memset(text, 'x', sizeof(text));
	memcpy(text, "init=", 5);
	text[399] = 0;
	CHECK(parse(text) == NULL);
	CHECK_STR(c.init, "/sbin/init");
}

TEST(cmdline_takes_words_for_partitions)
{
	CHECK(parse("") == NULL);
	CHECK_EQ(c.partition_bytes, 0);
	CHECK_STR(c.partition_mode, "variable");
	CHECK_STR(c.fit, "first");
	CHECK(parse("partitions=2559K partition_mode=fixed:600K+1000K fit=best") == NULL);
	CHECK_EQ(c.partition_bytes, 2560 << 10);
	CHECK_STR(c.partition_mode, "fixed:600K+1000K");
	CHECK_STR(c.fit, "best");
	CHECK(parse("partitions=many fit=") == NULL);
	CHECK_EQ(c.partition_bytes, 0);
	CHECK_STR(c.fit, "first");
}
