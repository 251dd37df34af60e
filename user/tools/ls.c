/*
 * Lists folders in alphabetical order, a name per line; -l adds kind, size. Names are sorted in
 * memory by insertion, which is quick for the few that a folder here holds.
 */
#include "lib/format.h"
#include "lib/string.h"
#include "user/lib/directory.h"
#include "user/lib/heap.h"
#include "user/lib/print.h"
#include "user/lib/runtime.h"
#include "user/lib/syscall.h"

static bool ls_long, ls_all;

struct names {
	char **names;
	unsigned count, room;
};

static void names_insert(struct names *n, const char *name)
{
	if (n->count == n->room) {
		n->room = n->room ? 2 * n->room : 16;
		n->names = realloc(n->names, n->room * sizeof(char *));
	}
	size_t size = strlen(name) + 1;
	char *copy = malloc(size);
	if (!n->names || !copy)
		fail("ls: no memory\n");
	memcpy(copy, name, size);

	unsigned i = n->count;
	for (; i > 0 && strcmp(n->names[i - 1], copy) > 0; i--)
		n->names[i] = n->names[i - 1];
	n->names[i] = copy;
	n->count++;
}

static char kind_of(uint32_t mode)
{
	switch (mode & S_IFMT) {
	case S_IFDIR:
		return 'd';
	case S_IFCHR:
		return 'c';
	case S_IFLNK:
		return 'l';
	case S_IFIFO:
		return 'p';
	default:
		return '-';
	}
}

static bool ls_print(const char *path, const char *name)
{
	struct stat64 st;

	if (!ls_long) {
		printf("%s\n", name);
		return true;
	}
	int error = sys_stat(path, &st);
	if (error < 0) {
		eprintf("ls: %s: %s\n", path, error_text(error));
		return false;
	}
	char mode[] = "rwxrwxrwx";
	for (int bit = 0; bit < 9; bit++)
		if (!(st.mode & (0400u >> bit)))
			mode[bit] = '-';
	printf("%c%s %9llu %s\n", kind_of(st.mode), mode, (unsigned long long)st.size, name);
	return true;
}

static bool ls_folder(const char *path)
{
	struct names names = { 0 };
	struct directory dir;
	bool good = true;
	int error = directory_open(&dir, path);

	if (error < 0) {
		eprintf("ls: %s: %s\n", path, error_text(error));
		return false;
	}
	for (const struct dirent64 *e = directory_next(&dir); e; e = directory_next(&dir))
		if (ls_all || e->name[0] != '.')
			names_insert(&names, e->name);
	directory_close(&dir);
	for (unsigned i = 0; i < names.count; i++) {
		char file[512];
		format_string(file, sizeof(file), "%s/%s", path, names.names[i]);
		good = ls_print(file, names.names[i]) && good;
		free(names.names[i]);
	}
	free(names.names);
	return good;
}

static bool ls_path(const char *path, bool title)
{
	struct stat64 st;
	int error = sys_stat(path, &st);

	if (error < 0) {
		eprintf("ls: %s: %s\n", path, error_text(error));
		return false;
	}
	if ((st.mode & S_IFMT) != S_IFDIR)
		return ls_print(path, path);
	if (title)
		printf("%s:\n", path);
	return ls_folder(path);
}

int main(int argc, char **argv, char **envp)
{
	(void)envp;
	bool good = true;
	int i = 1;

	for (; i < argc && argv[i][0] == '-' && argv[i][1]; i++)
		for (const char *c = argv[i] + 1; *c; c++) {
			if (*c == 'l')
				ls_long = true;
			else if (*c == 'a')
				ls_all = true;
			else
				fail("usage: ls [-la] [PATH...]\n");
		}
	if (i == argc)
		return ls_path(".", false) ? 0 : 1;
	bool title = argc - i > 1;
	for (; i < argc; i++)
		good = ls_path(argv[i], title) && good;
	return good ? 0 : 1;
}
