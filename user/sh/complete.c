/*
 * Completing a half-typed word: the first word of a command from the builtins and the folders of
 * programs, any other from the folder it names; but where the command wants a process, from the
 * numbers of processes, and behind demo from the demonstrations. What all matches have in common is
 * added; where they have nothing more in common, the editor asks again for a list.
 */
#include "lib/format.h"
#include "lib/string.h"
#include "user/lib/directory.h"
#include "user/lib/print.h"
#include "user/sh/builtin.h"
#include "user/sh/complete.h"

enum { NAME_SIZE = 128 };

/* The search under way: names that start with @prefix. */
static struct {
	const char *prefix;
	size_t length;
	bool list;
	unsigned nmatches;
	char common[NAME_SIZE];
} search;

static void search_begin(const char *prefix, bool list)
{
	search.prefix = prefix;
	search.length = strlen(prefix);
	search.list = list;
	search.nmatches = 0;
	search.common[0] = '\0';
}

static void search_visit(const char *name)
{
	if (search.list)
		printf("%s  ", name);
	if (search.nmatches == 0) {
		string_copy(search.common, name, NAME_SIZE);
	} else {
		size_t n = 0;
		while (search.common[n] && search.common[n] == name[n])
			n++;
		search.common[n] = '\0';
	}
	search.nmatches++;
}

static void search_folder(const char *path)
{
	struct directory dir;

	if (directory_open(&dir, path) < 0)
		return;
	for (const struct dirent64 *e = directory_next(&dir); e; e = directory_next(&dir)) {
		bool hidden = e->name[0] == '.' && search.prefix[0] != '.';
		if (!hidden && strncmp(e->name, search.prefix, search.length) == 0) {
			char name[NAME_SIZE];
			const char *mark = e->type == DT_DIR ? "/" : "";
			format_string(name, sizeof(name), "%s%s", e->name, mark);
			search_visit(name);
		}
	}
	directory_close(&dir);
}

/* Names in @path that begin with @mark, without it; or only those that are numbers. */
static void search_names(const char *path, const char *mark, bool numbers)
{
	struct directory dir;
	size_t length = strlen(mark);

	if (directory_open(&dir, path) < 0)
		return;
	for (const struct dirent64 *e = directory_next(&dir); e; e = directory_next(&dir)) {
		if (strncmp(e->name, mark, length) != 0 ||
		    (numbers && (e->name[0] < '0' || e->name[0] > '9')))
			continue;
		if (strncmp(e->name + length, search.prefix, search.length) == 0)
			search_visit(e->name + length);
	}
	directory_close(&dir);
}

static bool is_blank(char c)
{
	return c == ' ' || c == '\t';
}

/* How many blanks @text begins with. */
static size_t blanks(const char *text)
{
	size_t n = 0;

	while (is_blank(text[n]))
		n++;
	return n;
}

/* Does the word at @start name a program? */
static bool is_first_word(const char *line, size_t start)
{
	while (start > 0 && (line[start - 1] == ' ' || line[start - 1] == '\t'))
		start--;
	return start == 0 || strchr(";|&", line[start - 1]);
}

/* Which of the command's words begins at @start: 0 is its name, copied to @name[NAME_SIZE]. */
static unsigned word_index(const char *line, size_t start, char *name)
{
	size_t at = start, length;
	unsigned index = 0;

	while (at > 0 && !strchr(";|&", line[at - 1]))
		at--;
	for (name[0] = '\0';; index++) {
		at += blanks(line + at);
		if (at >= start)
			return index;
		for (length = 0; at + length < start && !is_blank(line[at + length]);)
			length++;
		if (index == 0) {
			size_t n = MIN(length, (size_t)NAME_SIZE - 1);
			memcpy(name, line + at, n);
			name[n] = '\0';
		}
		at += length;
	}
}

/*
 * Words that are no files: where a command wants a process, the numbers below /proc; behind demo,
 * what follows /bin/demo-. False: not such a place.
 */
static bool search_argument(const char *line, size_t start)
{
	static const char *const with_pid[] = { "kill", "maps", "walk", "wait" };
	char name[NAME_SIZE];

	if (word_index(line, start, name) != 1)
		return false;
	if (strcmp(name, "demo") == 0) {
		search_names("/bin", "demo-", false);
		return true;
	}
	for (size_t i = 0; i < ARRAY_SIZE(with_pid); i++)
		if (strcmp(name, with_pid[i]) == 0) {
			search_names("/proc", "", true);
			return true;
		}
	return false;
}

struct completion complete(const char *line, size_t cursor, bool list)
{
	char word[NAME_SIZE];
	size_t start = cursor;

	while (start > 0 && !strchr(" \t;|&<>", line[start - 1]))
		start--;
	size_t length = MIN(cursor - start, (size_t)NAME_SIZE - 1);
	memcpy(word, line + start, length);
	word[length] = '\0';

	char *slash = strrchr(word, '/');
	search_begin(slash ? slash + 1 : word, list);
	if (slash) {
		char folder[NAME_SIZE];
		string_copy(folder, word, MIN((size_t)(slash - word) + 2, (size_t)NAME_SIZE));
		search_folder(folder);
	} else if (is_first_word(line, start)) {
		builtin_each(search_visit, word);
		search_folder("/bin");
		search_folder("/sbin");
	} else if (!search_argument(line, start)) {
		search_folder(".");
	}

	struct completion c = { .nmatches = search.nmatches };
	if (search.nmatches > 0)
		string_copy(c.more, search.common + search.length, sizeof(c.more));
	return c;
}
