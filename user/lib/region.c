/*
 * The region of partitions as /proc/partition tells it.
 *
 * The file has a fact a line, its name first. The bar is REGION_COLUMNS cells wide, each standing
 * for an equal share of the region: # is the system's, d a driver's buffer, a letter a program's, a
 * dot a hole's. A block always gets at least one cell's worth of rounding, never its neighbour's:
 * the cell shows what lies in its middle.
 */
#include "user/lib/region.h"

#include <stdarg.h>
#include "lib/errno.h"
#include "lib/format.h"
#include "lib/string.h"
#include "user/lib/print.h"
#include "user/lib/syscall.h"

static const char path[] = "/proc/partition";

/* --- reading --- */

/* The line that begins with the word @name, or NULL. *at: where to look, then behind it. */
static const char *find_line(const char *at, const char *name)
{
	size_t n = strlen(name);
	while (at && *at) {
		if (strncmp(at, name, n) == 0 && at[n] == ' ')
			return at + n + 1;
		at = strchr(at, '\n');
		if (at)
			at++;
	}
	return NULL;
}

/* The next word of a line. */
static void take_word(const char **at, char *word, size_t size)
{
	size_t n = 0;
	while (**at == ' ')
		(*at)++;
	for (; **at && **at != ' ' && **at != '\n'; (*at)++)
		if (n + 1 < size) {
			word[n] = **at;
			n++;
		}
	word[n] = 0;
}

static uint32_t take_number(const char **at)
{
	char word[REGION_WORD];
	uint32_t n = 0;
	take_word(at, word, sizeof(word));
	return string_to_size(word, &n) ? n : 0;
}

static void read_block(struct region_block *b, const char *at)
{
	char word[REGION_WORD];
	*b = (struct region_block){ .start = take_number(&at), .size = take_number(&at) };
	take_word(&at, word, sizeof(word));
	b->used = strcmp(word, "free") != 0;
	if (!b->used)
		return;
	string_to_size(word, &b->wanted);
	b->pid = (int)take_number(&at);
	take_word(&at, b->name, sizeof(b->name));
	take_word(&at, b->binding, sizeof(b->binding));
}

static void read_word(const struct region *r, const char *name, char *word)
{
	const char *at = find_line(r->text, name);
	*word = 0;
	if (at)
		take_word(&at, word, REGION_WORD);
}

uint32_t region_number(const struct region *r, const char *name)
{
	const char *at = find_line(r->text, name);
	return at ? take_number(&at) : 0;
}

int region_read(struct region *r)
{
	size_t used = 0;
	int fd = sys_open(path, O_RDONLY, 0);
	if (fd < 0)
		return fd;
	int n = sys_read(fd, r->text, sizeof(r->text) - 1);
	for (; n > 0; n = sys_read(fd, r->text + used, sizeof(r->text) - 1 - used))
		used += (size_t)n;
	sys_close(fd);
	r->text[used] = 0;
	r->bytes = region_number(r, "region");
	r->system = region_number(r, "system");
	r->driver = region_number(r, "driver");
	read_word(r, "mode", r->mode);
	read_word(r, "fit", r->fit);
	read_word(r, "auto", r->compaction);
	r->nblocks = 0;
	for (const char *at = find_line(r->text, "block"); at && r->nblocks < REGION_BLOCKS;
	     at = find_line(at, "block")) {
		read_block(&r->blocks[r->nblocks], at);
		r->nblocks++;
	}
	return n < 0 ? n : r->bytes == 0 ? -ENODEV : 0;
}

/* --- drawing --- */

/* Of used blocks: which letter it has. */
static char block_letter(const struct region *r, unsigned block)
{
	unsigned n = 0;
	for (unsigned i = 0; i < block; i++)
		n += r->blocks[i].used;
	return (char)((n < 26 ? 'A' : 'a' - 26) + (int)n);
}

/* What lies at @kib. */
static char cell_at(const struct region *r, uint32_t kib)
{
	if (kib < r->system)
		return kib < r->system - r->driver ? '#' : 'd';
	for (unsigned i = 0; i < r->nblocks; i++) {
		const struct region_block *b = &r->blocks[i];
		if (kib >= b->start && kib < b->start + b->size)
			return b->used ? block_letter(r, i) : '.';
	}
	return '-'; /* fixed: in no partition */
}

static void print_block(const struct region *r, unsigned i)
{
	const struct region_block *b = &r->blocks[i];
	if (!b->used) {
		printf("  .  %6uK %6uK  hole\n", b->start, b->size);
		return;
	}
	printf("  %c  %6uK %6uK  pid %d %s, bound at %s%s", block_letter(r, i), b->start, b->size,
	       b->pid, b->name, strcmp(b->binding, "compile") == 0 ? "compilation" : b->binding,
	       strcmp(b->binding, "execution") == 0 ? "" : ", stays");
	if (b->wanted != b->size)
		printf(", asked for %uK", b->wanted);
	printf("\n");
}

void region_bar(const struct region *r)
{
	char bar[REGION_COLUMNS + 1];
	for (uint32_t i = 0; i < REGION_COLUMNS; i++)
		bar[i] = cell_at(r, (uint32_t)((uint64_t)(2 * i + 1) * r->bytes /
					       (2 * REGION_COLUMNS)));
	bar[REGION_COLUMNS] = 0;
	printf("|%s|\n", bar);
	printf(" 0%*uK\n", REGION_COLUMNS - 2, r->bytes);
	if (r->system)
		printf("  #  %6uK %6uK  system%s\n", 0u, r->system,
		       r->driver ? ", with a driver's buffer (d)" : "");
	for (unsigned i = 0; i < r->nblocks; i++)
		print_block(r, i);
}

/* --- orders --- */

int region_order(const char *fmt, ...)
{
	char text[REGION_ORDER];
	va_list args;
	va_start(args, fmt);
	int length = format_string_v(text, sizeof(text), fmt, args);
	va_end(args);
	if (length >= (int)sizeof(text))
		return -EINVAL;
	int fd = sys_open(path, O_WRONLY, 0);
	if (fd < 0)
		return fd;
	int result = sys_write(fd, text, (size_t)length);
	sys_close(fd);
	return result < 0 ? result : 0;
}
