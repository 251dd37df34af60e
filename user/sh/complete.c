/*
 * Completing a half-typed word: the first word of a command from the builtins and the folders of
 * programs, any other from the folder it names. What all matches have in common is added; where
 * they have nothing more in common, the editor asks again for a list.
 */
#include "user/sh/complete.h"
#include "lib/format.h"
#include "lib/string.h"
#include "user/lib/directory.h"
#include "user/lib/print.h"
#include "user/sh/builtin.h"

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

/* Does the word at @start name a program? */
static bool is_first_word(const char *line, size_t start)
{
	while (start > 0 && (line[start - 1] == ' ' || line[start - 1] == '\t'))
		start--;
	return start == 0 || strchr(";|&", line[start - 1]);
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
	} else {
		search_folder(".");
	}

	struct completion c = { .nmatches = search.nmatches };
	if (search.nmatches > 0)
		string_copy(c.more, search.common + search.length, sizeof(c.more));
	return c;
}
