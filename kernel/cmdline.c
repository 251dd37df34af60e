/*
 * The kernel's command line.
 *
 * A line is words, then perhaps "--" and the first process's arguments. A word is key or key=value;
 * a table has one function for each key, which accepts or rejects the value. Errors are reported on
 * the console and change nothing: booting despite a typing error is better than not booting.
 *
 * Words come from two places, the loader's line and QEMU's fw_cfg; main.c parses both into the
 * same struct, and the later word wins.
 * Left out: quoting. A value cannot contain blanks; arguments with blanks come by fw_cfg.
 */
#include "kernel/cmdline.h"

#include "kernel/base/log.h"
#include "lib/string.h"
#include "mm/trace.h"
#include "mm/types.h"

struct cmdline cmdline;

struct cmdline_key {
	const char *name;
	/* @value is NULL without "=". False: a bad value, nothing changed. */
	bool (*take)(struct cmdline *c, const char *value);
};

/* Keep @value if it fits and is not empty. */
static bool cmdline_keep(char *buf, size_t size, const char *value)
{
	if (value == NULL || value[0] == 0 || strlen(value) >= size)
		return false;
	string_copy(buf, value, size);
	return true;
}

static bool take_init(struct cmdline *c, const char *value)
{
	return cmdline_keep(c->init, sizeof(c->init), value);
}

static bool take_selftest(struct cmdline *c, const char *value)
{
	if (value != NULL && !cmdline_keep(c->selftest_glob, sizeof(c->selftest_glob), value))
		return false;
	c->selftest = true;
	return true;
}

static bool take_frames(struct cmdline *c, const char *value)
{
	uint32_t n;
	if (value == NULL || !string_to_size(value, &n) || n < CMDLINE_FRAMES_MIN)
		return false;
	c->frames = n;
	return true;
}

/* A size, rounded up to whole pages. */
static bool cmdline_pages(const char *value, uint32_t *bytes)
{
	uint32_t n;
	if (value == NULL || !string_to_size(value, &n) || n > UINT32_MAX - PAGE_MASK)
		return false;
	*bytes = ROUND_UP(n, PAGE_SIZE);
	return true;
}

static bool take_swap(struct cmdline *c, const char *value)
{
	if (!cmdline_pages(value, &c->swap_bytes))
		return false;
	c->swap_given = true;
	return true;
}

static bool take_partitions(struct cmdline *c, const char *value)
{
	return cmdline_pages(value, &c->partition_bytes);
}

static bool take_partition_mode(struct cmdline *c, const char *value)
{
	return cmdline_keep(c->partition_mode, sizeof(c->partition_mode), value);
}

static bool take_fit(struct cmdline *c, const char *value)
{
	return cmdline_keep(c->fit, sizeof(c->fit), value);
}

static bool take_policy(struct cmdline *c, const char *value)
{
	return cmdline_keep(c->policy, sizeof(c->policy), value);
}

/* Sets @is_second to which of two words @value is. */
static bool cmdline_either(bool *is_second, const char *value, const char *first,
			   const char *second)
{
	if (value == NULL || (strcmp(value, first) != 0 && strcmp(value, second) != 0))
		return false;
	*is_second = strcmp(value, second) == 0;
	return true;
}

static bool take_replacement(struct cmdline *c, const char *value)
{
	return cmdline_either(&c->local, value, "global", "local");
}

static bool take_allocation(struct cmdline *c, const char *value)
{
	return cmdline_either(&c->pff, value, "equal", "pff");
}

static bool take_log(struct cmdline *c, const char *value)
{
	static const char *const levels[] = { "error", "warn", "info", "debug" };
	(void)c;
	for (unsigned i = 0; value != NULL && i < ARRAY_SIZE(levels); i++) {
		if (strcmp(value, levels[i]) != 0)
			continue;
		log_set_level(i);
		return true;
	}
	return false;
}

static bool take_trace(struct cmdline *c, const char *value)
{
	if (value == NULL || !trace_select(value))
		return false;
	return cmdline_keep(c->trace, sizeof(c->trace), value);
}

static bool take_channels(struct cmdline *c, const char *value)
{
	if (value == NULL || strcmp(value, "serial") != 0)
		return false;
	c->channels_serial = true;
	return true;
}

static bool take_slab_debug(struct cmdline *c, const char *value)
{
	c->slab_debug = value == NULL;
	return value == NULL;
}

static bool take_memmap(struct cmdline *c, const char *value)
{
	c->memmap = value == NULL;
	return value == NULL;
}

static bool take_load_control(struct cmdline *c, const char *value)
{
	if (value == NULL || (strcmp(value, "on") != 0 && strcmp(value, "off") != 0))
		return false;
	c->load_control = strcmp(value, "on") == 0;
	return true;
}

static bool take_quantum(struct cmdline *c, const char *value)
{
	enum { MOST_TICKS = 1000 };
	uint32_t ticks;
	if (value == NULL || !string_to_size(value, &ticks) || ticks == 0 || ticks > MOST_TICKS)
		return false;
	c->quantum_ticks = ticks;
	return true;
}

static bool take_disk_delay(struct cmdline *c, const char *value)
{
	enum { MOST_MICROS = 1000000 };
	uint32_t micros;
	if (value == NULL || !string_to_size(value, &micros) || micros > MOST_MICROS)
		return false;
	c->disk_delay_us = micros;
	return true;
}

static bool take_check(struct cmdline *c, const char *value)
{
	return value != NULL && string_to_size(value, &c->check_ticks);
}

static bool take_test(struct cmdline *c, const char *value)
{
	static const char *const names[] = {
		"panic", "stack_overflow", "triple_fault", "hang", "lost_plan", "null_write",
		"code_write", "sysrq",
	};
	for (unsigned i = 0; value != NULL && i < ARRAY_SIZE(names); i++)
		if (strcmp(value, names[i]) == 0)
			return cmdline_keep(c->test, sizeof(c->test), value);
	return false;
}

static const struct cmdline_key cmdline_keys[] = {
	{ "init", take_init },	   { "selftest", take_selftest }, { "frames", take_frames },
	{ "swap", take_swap },	   { "policy", take_policy },	  { "log", take_log },
	{ "trace", take_trace },   { "channels", take_channels }, { "slab_debug", take_slab_debug },
	{ "test", take_test },	   { "partitions", take_partitions },
	{ "partition_mode", take_partition_mode }, { "fit", take_fit },
	{ "replacement", take_replacement }, { "allocation", take_allocation },
	{ "memmap", take_memmap }, { "load_control", take_load_control },
	{ "disk_delay", take_disk_delay }, { "quantum", take_quantum },
	{ "check", take_check },
};

void cmdline_init(struct cmdline *c)
{
	memset(c, 0, sizeof(*c));
	string_copy(c->init, "/sbin/init", sizeof(c->init));
	string_copy(c->selftest_glob, "*", sizeof(c->selftest_glob));
	string_copy(c->policy, "clock", sizeof(c->policy));
	string_copy(c->partition_mode, "variable", sizeof(c->partition_mode));
	string_copy(c->fit, "first", sizeof(c->fit));
	c->more = "";
}

/* The parser may write to @word. */
static void cmdline_take(struct cmdline *c, char *word)
{
	char *value = strchr(word, '=');
	if (value != NULL) {
		*value = 0;
		value++;
	}
	for (unsigned i = 0; i < ARRAY_SIZE(cmdline_keys); i++) {
		if (strcmp(word, cmdline_keys[i].name) != 0)
			continue;
		if (!cmdline_keys[i].take(c, value))
			log_warn("command line: %s%s%s ignored: bad value", word, value ? "=" : "",
				 value ? value : "");
		return;
	}
	log_warn("command line: unknown word \"%s\" ignored", word);
}

static bool cmdline_blank(char c)
{
	return c == ' ' || c == '\t' || c == '\n' || c == '\r';
}

/* The next word at or after *@text, which advances past it; its length, 0 at the end. */
static size_t cmdline_next(const char **text, const char **word)
{
	const char *s = *text;
	while (cmdline_blank(*s))
		s++;
	*word = s;
	while (*s != 0 && !cmdline_blank(*s))
		s++;
	*text = s;
	return (size_t)(s - *word);
}

const char *cmdline_parse(struct cmdline *c, const char *text)
{
	const char *start;
	size_t n = cmdline_next(&text, &start);
	for (; n != 0; n = cmdline_next(&text, &start)) {
		if (n == 2 && start[0] == '-' && start[1] == '-')
			return text;
		char word[CMDLINE_PATH_MAX];
		if (n >= sizeof(word)) {
			log_warn("command line: a word of %zu characters ignored", n);
			continue;
		}
		memcpy(word, start, n);
		word[n] = 0;
		cmdline_take(c, word);
	}
	return NULL;
}

/* What is left of the buffer for arguments. */
struct cmdline_room {
	char *at;
	size_t size;
};

/* Append an argument. False: it does not fit. */
static bool cmdline_append(struct cmdline *c, struct cmdline_room *room, const char *word, size_t n)
{
	if (n >= room->size)
		return false;
	memcpy(room->at, word, n);
	room->at[n] = 0;
	room->at += n + 1;
	room->size -= n + 1;
	c->nargs++;
	return true;
}

void cmdline_set_words(struct cmdline *c, const char *text, char *buf, size_t size)
{
	struct cmdline_room room = { buf, size };
	c->args = buf;
	c->nargs = 0;
	bool fits = cmdline_append(c, &room, c->init, strlen(c->init));
	const char *word = text;
	size_t n = text != NULL ? cmdline_next(&text, &word) : 0;
	for (; n != 0 && fits; n = cmdline_next(&text, &word))
		fits = cmdline_append(c, &room, word, n);
	if (!fits)
		log_warn("command line: too many arguments, the last ones dropped");
}

void cmdline_set_blob(struct cmdline *c, const char *blob, size_t bytes)
{
	c->args = blob;
	c->nargs = 0;
	for (size_t at = 0; at < bytes; at += strlen(blob + at) + 1)
		c->nargs++;
}
