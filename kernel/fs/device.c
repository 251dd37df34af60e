/*
 * Devices without hardware, and a launched program's channels.
 *
 * /dev/null, zero, full, random and urandom are a function each; console and tty are the terminal
 * (tty.c). Random bytes come from a generator that mixes in the time stamp counter at each use:
 * nobody outside can guess them, yet they repeat from run to run where time is counted in
 * instructions, as measurements need.
 *
 * A program run by the launcher has three channels instead of a terminal: standard input is a range
 * of memory filled before boot, output and errors are serial ports of their own, byte for byte. To
 * the program they look like pipes.
 */
#include "kernel/fs/device.h"

#include "drivers/serial.h"
#include "kernel/fs/file.h"
#include "kernel/fs/io.h"
#include "kernel/fs/pmem.h"
#include "kernel/fs/tty.h"
#include "kernel/proc/signal.h"
#include "kernel/x86/cpu.h"
#include "lib/errno.h"
#include "lib/string.h"

enum { DEVICE_CHUNK = 256 };

/* --- random --- */

static uint32_t random_state[4] = { 0x6c078965, 0x9908b0df, 0x9d2c5680, 0xefc60000 };

/* Marsaglia's xorshift128. */
static uint32_t random_next(void)
{
	uint32_t t = random_state[3], s = random_state[0];
	random_state[3] = random_state[2];
	random_state[2] = random_state[1];
	random_state[1] = s;
	t ^= t << 11;
	t ^= t >> 8;
	random_state[0] = t ^ s ^ (s >> 19);
	return random_state[0];
}

void random_fill(void *buf, size_t n)
{
	uint64_t now = cpu_tsc();
	random_state[0] ^= (uint32_t)now;
	random_state[1] += (uint32_t)(now >> 32) | 1;
	char *to = buf;
	for (size_t i = 0; i < n; i += 4) {
		uint32_t word = random_next();
		memcpy(to + i, &word, MIN(n - i, sizeof(word)));
	}
}

static int random_read(struct file *f, struct io *io)
{
	(void)f;
	while (io->left > 0) {
		char chunk[DEVICE_CHUNK];
		size_t n = MIN(io->left, sizeof(chunk));
		random_fill(chunk, n);
		if (io_give(io, chunk, n) < n)
			return -EFAULT;
		if (signal_wanted(process_running))
			return 0;
	}
	return 0;
}

/* --- null, zero, full --- */

static int null_read(struct file *f, struct io *io)
{
	(void)f, (void)io;
	return 0;
}

static int null_write(struct file *f, struct io *io)
{
	(void)f;
	io_skip_all(io);
	return 0;
}

static int zero_read(struct file *f, struct io *io)
{
	size_t n = io->left;
	(void)f;
	return io_give_zeroes(io, n) < n ? -EFAULT : 0;
}

static int full_write(struct file *f, struct io *io)
{
	(void)f, (void)io;
	return -ENOSPC;
}

static const struct file_ops null_ops = { .name = "null", .read = null_read, .write = null_write };
static const struct file_ops zero_ops = { .name = "zero", .read = zero_read, .write = null_write };
static const struct file_ops full_ops = { .name = "full", .read = zero_read, .write = full_write };
static const struct file_ops random_ops = { .name = "random",
					    .read = random_read,
					    .write = null_write };

#define DEVICE(major, minor) ((uint32_t)(major) << 8 | (minor))

static const struct device device_table[] = {
	{ "null", DEVICE(1, 3), &null_ops },
	{ "zero", DEVICE(1, 5), &zero_ops },
	{ "full", DEVICE(1, 7), &full_ops },
	{ "random", DEVICE(1, 8), &random_ops },
	{ "urandom", DEVICE(1, 9), &random_ops },
	{ "tty", DEVICE(5, 0), &tty_ops },
	{ "console", DEVICE(5, 1), &tty_ops },
};

const struct device *device_at(size_t n)
{
	return n < ARRAY_SIZE(device_table) ? &device_table[n] : NULL;
}

const struct file_ops *device_find(uint32_t rdev)
{
	for (size_t n = 0; n < ARRAY_SIZE(device_table); n++)
		if (device_table[n].rdev == rdev)
			return device_table[n].ops;
	return NULL;
}

/* --- channels --- */

static const char *channel_name_of(const struct inode *i)
{
	(void)i;
	return NULL;
}

static const struct inode_ops channel_inode_ops = {
	.name = "pipefs", .device = 3, .magic = 0x50495045, .name_of = channel_name_of,
};
static struct {
	paddr_t start;
	uint32_t bytes, at;
	struct sleep_lock lock; /* readers take turns: no byte is read twice */
} channel_input;

static int channel_read(struct file *f, struct io *io)
{
	(void)f;
	sleep_lock_take(&channel_input.lock);
	size_t before = io->done, n = MIN(io->left, channel_input.bytes - channel_input.at);
	int error = pmem_give(io, channel_input.start + channel_input.at, n);
	channel_input.at += io->done - before;
	sleep_lock_release(&channel_input.lock);
	return error;
}

static int channel_write(enum serial_port port, struct io *io)
{
	while (io->left > 0) {
		char chunk[DEVICE_CHUNK];
		size_t n = MIN(io->left, sizeof(chunk)), moved = io_take(io, chunk, n);
		serial_write(port, chunk, moved);
		if (moved < n)
			return -EFAULT;
	}
	return 0;
}

static int channel_write_output(struct file *f, struct io *io)
{
	(void)f;
	return channel_write(SERIAL_COM3, io);
}

static int channel_write_errors(struct file *f, struct io *io)
{
	(void)f;
	return channel_write(SERIAL_COM4, io);
}

static const struct file_ops channel_input_ops = { .name = "stdin", .read = channel_read };
static const struct file_ops channel_output_ops = { .name = "stdout",
						    .write = channel_write_output };
static const struct file_ops channel_errors_ops = { .name = "stderr",
						    .write = channel_write_errors };

/* Each has an inode of its own, so that reopening it through /proc finds the same channel. */
static struct file *channel_open(const struct file_ops *ops, unsigned flags)
{
	struct inode *i = inode_create(&channel_inode_ops, MODE_FIFO | 0600);
	if (!i)
		return NULL;
	i->files = ops;
	struct file *f = file_create(ops, i, flags);
	inode_put(i);
	return f;
}

struct file *channel_open_input(paddr_t from, uint32_t n)
{
	channel_input.start = from;
	channel_input.bytes = n;
	return channel_open(&channel_input_ops, O_RDONLY);
}

struct file *channel_open_output(void)
{
	return channel_open(&channel_output_ops, O_WRONLY);
}

struct file *channel_open_errors(void)
{
	return channel_open(&channel_errors_ops, O_WRONLY);
}
