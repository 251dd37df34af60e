/*
 * From a path to an inode.
 *
 * One name after the other, from the root or the current directory. A symbolic link in the middle
 * is walked in its directory's place, by recursion; one at the end only if the caller says so, or
 * if a slash follows. Forty links in one lookup are the limit, as on Linux. A path that ends with
 * a slash must name a directory.
 */
#include "kernel/fs/path.h"

#include "lib/errno.h"
#include "lib/string.h"

enum { PATH_LINKS_MAX = 40 };

/* A lookup under way. */
struct path_walk {
	struct inode *at;
	unsigned links; /* followed so far, over all levels of recursion */
};

static int path_walk_all(struct path_walk *w, const char *path, bool follow_last);

static const char *path_skip_slashes(const char *path)
{
	while (*path == '/')
		path++;
	return path;
}

static size_t path_name_length(const char *path)
{
	size_t n = 0;
	while (path[n] && path[n] != '/')
		n++;
	return n;
}

/* From directory w->at to the entry of this name; links are not followed. */
static int path_step(struct path_walk *w, const char *name, size_t length)
{
	if (!inode_is(w->at, MODE_DIR))
		return -ENOTDIR;
	if (length > NAME_LENGTH_MAX)
		return -ENAMETOOLONG;
	if (length == 1 && name[0] == '.')
		return 0;
	if (length == 2 && name[0] == '.' && name[1] == '.') {
		w->at = w->at->dir.parent;
		return 0;
	}
	struct dir_entry *e = inode_find(w->at, name, length);
	if (!e)
		return -ENOENT;
	w->at = e->inode;
	return 0;
}

/* w->at is a link in @dir: go where it points. */
static int path_follow(struct path_walk *w, struct inode *dir)
{
	const struct inode *link = w->at;
	w->links++;
	if (w->links > PATH_LINKS_MAX)
		return -ELOOP;
	w->at = dir;
	return path_walk_all(w, link->target, true);
}

static int path_walk_all(struct path_walk *w, const char *path, bool follow_last)
{
	if (!*path)
		return -ENOENT;
	if (*path == '/')
		w->at = inode_root();
	path = path_skip_slashes(path);
	while (*path) {
		struct inode *dir = w->at;
		size_t length = path_name_length(path);
		int error = path_step(w, path, length);
		if (error)
			return error;
		bool slash = path[length] == '/';
		path = path_skip_slashes(path + length);
		if (inode_is(w->at, MODE_LINK) && (slash || follow_last)) {
			error = path_follow(w, dir);
			if (error)
				return error;
		}
		if (slash && !inode_is(w->at, MODE_DIR))
			return -ENOTDIR;
	}
	return 0;
}

int path_lookup(struct inode *cwd, const char *path, unsigned flags, struct inode **found)
{
	struct path_walk w = { .at = cwd };
	int error = path_walk_all(&w, path, flags & PATH_FOLLOW);
	*found = w.at;
	return error;
}

int path_parent(struct inode *cwd, const char *path, struct inode **dir, const char **name,
		size_t *length)
{
	struct path_walk w = { .at = cwd };
	if (!*path)
		return -ENOENT;
	if (*path == '/')
		w.at = inode_root();
	path = path_skip_slashes(path);
	for (;;) {
		struct inode *here = w.at;
		size_t n = path_name_length(path);
		const char *rest = path_skip_slashes(path + n);
		if (!*rest) {
			*dir = here;
			*name = path;
			*length = n;
			return inode_is(here, MODE_DIR) ? 0 : -ENOTDIR;
		}
		int error = path_step(&w, path, n);
		if (error == 0 && inode_is(w.at, MODE_LINK))
			error = path_follow(&w, here);
		if (error)
			return error;
		path = rest;
	}
}

/* Written from the end of the buffer to its front, then moved. */
long path_of_dir(const struct inode *dir, char *buf, size_t size)
{
	if (size < 2)
		return -ERANGE;
	size_t at = size - 1;
	buf[at] = 0;
	for (; dir != dir->dir.parent; dir = dir->dir.parent) {
		const char *name = inode_dir_name(dir);
		size_t n = strlen(name);
		if (n + 1 > at)
			return -ERANGE;
		at -= n;
		memcpy(buf + at, name, n);
		at--;
		buf[at] = '/';
	}
	if (at == size - 1) {
		at--;
		buf[at] = '/';
	}
	memmove(buf, buf + at, size - at);
	return (long)(size - at);
}
