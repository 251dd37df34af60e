/*
 * Devices without hardware, and a launched program's channels.
 *
 * /dev/null, zero, full, random and urandom are a function each; console and tty are the terminal
 * (tty.c). Random bytes come from a generator that is stirred with the time stamp counter at each
 * use: nobody outside can guess them, and yet they repeat from run to run where time is counted in
 * instructions, as the measurements want.
 *
 * A program that the launcher runs has three channels instead of a terminal: standard input is a
 * range of memory that was filled before boot, output and errors are serial ports of their own,
 * byte for byte. To the program they look like pipes.
 */
#include "kernel/fs/device.h"

#include "drivers/serial.h"
#include "kernel/fs/dir.h"
#include "kernel/fs/pmem.h"
#include "kernel/fs/tmpfs.h"
#include "kernel/fs/tty.h"
#include "kernel/proc/process.h"
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

static long random_read(struct file *f, uptr_t buf, size_t n)
{
	(void)f;
	for (size_t done = 0; done < n; done += DEVICE_CHUNK) {
		char chunk[DEVICE_CHUNK];
		size_t length = MIN(n - done, sizeof(chunk));
		random_fill(chunk, length);
		if (user_write(process_aspace(), buf + done, chunk, length) != 0)
			return -EFAULT;
		if (signal_wanted(process_running))
			return (long)(done + length);
	}
	return (long)n;
}

/* --- null, zero, full --- */

static long null_read(struct file *f, uptr_t buf, size_t n)
{
	(void)f, (void)buf, (void)n;
	return 0;
}

static long null_write(struct file *f, uptr_t buf, size_t n)
{
	(void)f, (void)buf;
	return (long)n;
}

static long zero_read(struct file *f, uptr_t buf, size_t n)
{
	(void)f;
	int error = user_clear(process_aspace(), buf, n);
	return error ? error : (long)n;
}

static long full_write(struct file *f, uptr_t buf, size_t n)
{
	(void)f, (void)buf, (void)n;
	return -ENOSPC;
}

static const struct file_ops null_ops = { .name = "null", .read = null_read, .write = null_write };
static const struct file_ops zero_ops = { .name = "zero", .read = zero_read, .write = null_write };
static const struct file_ops full_ops = { .name = "full", .read = zero_read, .write = full_write };
static const struct file_ops random_ops = { .name = "random",
					    .read = random_read,
					    .write = null_write };

static const struct device_entry {
	const char *name;
	uint8_t major, minor;
	const struct file_ops *ops;
} device_table[] = {
	{ "null", 1, 3, &null_ops },	  { "zero", 1, 5, &zero_ops },
	{ "full", 1, 7, &full_ops },	  { "random", 1, 8, &random_ops },
	{ "urandom", 1, 9, &random_ops }, { "tty", 5, 0, &tty_ops },
	{ "console", 5, 1, &tty_ops },
};

const struct file_ops *device_find(uint32_t rdev)
{
	for (size_t i = 0; i < ARRAY_SIZE(device_table); i++) {
		const struct device_entry *d = &device_table[i];
		if (rdev == ((uint32_t)d->major << 8 | d->minor))
			return d->ops;
	}
	return NULL;
}

/* @i, with its reference, gets a name in @dir. */
static int device_name(struct inode *dir, const char *name, struct inode *i)
{
	int error = i ? dir_add(dir, name, strlen(name), i) : -ENOMEM;
	inode_put(i);
	return error;
}

static int device_add_links(struct inode *dir)
{
	static const struct {
		const char *name, *target;
	} links[] = {
		{ "fd", "/proc/self/fd" },
		{ "stdin", "/proc/self/fd/0" },
		{ "stdout", "/proc/self/fd/1" },
		{ "stderr", "/proc/self/fd/2" },
	};
	int error = 0;
	for (size_t n = 0; n < ARRAY_SIZE(links) && !error; n++)
		error = device_name(dir, links[n].name, tmpfs_create_link(links[n].target));
	return error;
}

static int device_add_all(struct inode *dir)
{
	int error = 0;
	for (size_t n = 0; n < ARRAY_SIZE(device_table) && !error; n++) {
		const struct device_entry *d = &device_table[n];
		uint32_t rdev = (uint32_t)d->major << 8 | d->minor;
		error = device_name(dir, d->name, tmpfs_create(MODE_CHAR | 0666, rdev));
	}
	if (!error)
		error = device_name(dir, "shm", tmpfs_create(MODE_DIR | 01777, 0));
	return error ? error : device_add_links(dir);
}

int device_init(void)
{
	struct inode *dir = tmpfs_create(MODE_DIR | 0755, 0);
	if (!dir)
		return -ENOMEM;
	int error = device_add_all(dir);
	if (!error)
		error = dir_add(inode_root(), "dev", 3, dir);
	inode_put(dir);
	return error;
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
static paddr_t channel_input_start;
static uint32_t channel_input_bytes, channel_input_at;

static long channel_read(struct file *f, uptr_t buf, size_t n)
{
	(void)f;
	uint32_t at = channel_input_at;
	n = MIN(n, channel_input_bytes - at);
	int error = pmem_read_to_user(process_aspace(), buf, channel_input_start + at, n);
	if (error)
		return error;
	channel_input_at = at + n;
	return (long)n;
}

static long channel_write(enum serial_port port, uptr_t buf, size_t n)
{
	for (size_t done = 0; done < n;) {
		char chunk[DEVICE_CHUNK];
		size_t length = MIN(n - done, sizeof(chunk));
		if (user_read(process_aspace(), chunk, buf + done, length) != 0)
			return done ? (long)done : -EFAULT;
		serial_write(port, chunk, length);
		done += length;
	}
	return (long)n;
}

static long channel_write_output(struct file *f, uptr_t buf, size_t n)
{
	(void)f;
	return channel_write(SERIAL_COM3, buf, n);
}

static long channel_write_errors(struct file *f, uptr_t buf, size_t n)
{
	(void)f;
	return channel_write(SERIAL_COM4, buf, n);
}

static const struct file_ops channel_input_ops = { .name = "stdin", .read = channel_read };
static const struct file_ops channel_output_ops = { .name = "stdout",
						    .write = channel_write_output };
static const struct file_ops channel_errors_ops = { .name = "stderr",
						    .write = channel_write_errors };

/* Each has an inode of its own, so that opening it again by /proc finds the same channel. */
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
	channel_input_start = from;
	channel_input_bytes = n;
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
