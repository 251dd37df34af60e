/*
 * From a path to an inode, and back.
 *
 * Name by name, from the root or the current directory. When a symbolic link is met, its text and
 * the rest of the path become the path, and the walk continues in the link's directory. A link at
 * the end is followed only if the caller says so, or if a slash follows. Some links of procfs lead
 * straight to an inode. Forty links in one walk are the limit, as on Linux. A path that ends with a
 * slash must name a directory.
 *
 * At a mount point the walk crosses to the mounted root at once; the way up from there is that
 * root's parent.
 *
 * Always true
 *   [path.1]  the walk holds a reference on every inode it is at
 */
#include "kernel/fs/path.h"

#include "kernel/fs/dir.h"
#include "kernel/fs/inode.h"
#include "lib/assert.h"
#include "lib/errno.h"
#include "lib/string.h"
#include "mm/slab.h"

enum { PATH_LINKS_MAX = 40 };

/* A walk under way. */
struct path_walk {
	struct inode *at; /* a directory, or what should be one */
	const char *path; /* the rest, without leading slashes */
	char *text;	  /* the buffer of @path, after a link; or NULL */
	unsigned flags, links;
};

/* The next name. */
struct path_name {
	const char *text;
	size_t length;
	bool last, slash;
};

static const char *path_skip_slashes(const char *path)
{
	while (*path == '/')
		path++;
	return path;
}

static struct path_name path_next_name(const struct path_walk *w)
{
	size_t n = 0;
	while (w->path[n] && w->path[n] != '/')
		n++;
	return (struct path_name){
		.text = w->path,
		.length = n,
		.last = !*path_skip_slashes(w->path + n),
		.slash = w->path[n] == '/',
	};
}

static enum path_last path_kind(const struct path_name *name)
{
	if (name->length == 1 && name->text[0] == '.')
		return PATH_LAST_DOT;
	if (name->length == 2 && name->text[0] == '.' && name->text[1] == '.')
		return PATH_LAST_DOTDOT;
	return PATH_LAST_NAME;
}

/* Move to @to, whose reference becomes the walk's. */
static void path_go(struct path_walk *w, struct inode *to)
{
	ASSERT(to->refs > 0); /* [path.1] */
	inode_put(w->at);
	w->at = to;
}

/* Look up @name in w->at. */
static int path_find(const struct path_walk *w, const struct path_name *name, struct inode **found)
{
	struct inode *at = w->at;
	ASSERT(at->refs > 0); /* [path.1] */
	*found = NULL;
	if (!inode_is(at, MODE_DIR))
		return -ENOTDIR;
	if (name->length > NAME_LENGTH_MAX)
		return -ENAMETOOLONG;
	if (path_kind(name) == PATH_LAST_DOT)
		*found = inode_get(at);
	else if (path_kind(name) == PATH_LAST_DOTDOT)
		*found = inode_get(at->parent ? at->parent : at);
	else
		return at->ops->find(at, name->text, name->length, found);
	return 0;
}

/* The top of what is mounted on *at, if anything is. */
static void path_enter_mount(struct inode **at)
{
	if (!*at || !(*at)->mounted)
		return;
	struct inode *root = inode_get((*at)->mounted);
	inode_put(*at);
	*at = root;
}

/* Continue the path with @link's text, then with what follows @name. */
static int path_splice(struct path_walk *w, struct inode *link, const struct path_name *name)
{
	const char *rest = name->text + name->length;
	size_t behind = strlen(rest) + 1;
	char *text = kmalloc(PATH_LENGTH_MAX + behind);
	if (!text)
		return -ENOMEM;
	long n = link->ops->read_link(link, text, PATH_LENGTH_MAX);
	if (n <= 0) {
		kfree(text);
		return n ? (int)n : -ENOENT;
	}
	memmove(text + n, rest, behind);
	if (*text == '/')
		path_go(w, inode_get(inode_root()));
	kfree(w->text);
	w->text = text;
	w->path = path_skip_slashes(text);
	return 0;
}

/*
 * *found is a link to follow. Either it is replaced by the inode it leads to directly, or *found is
 * put and set to NULL, and the walk has a new path.
 */
static int path_follow(struct path_walk *w, const struct path_name *name, struct inode **found)
{
	struct inode *link = *found, *target = NULL;
	w->links++;
	if (w->links > PATH_LINKS_MAX)
		return -ELOOP;
	if (link->ops->follow) {
		target = link->ops->follow(link);
		if (target) {
			inode_put(link);
			*found = target;
			return 0;
		}
	}
	int error = path_splice(w, link, name);
	if (error)
		return error;
	inode_put(link);
	*found = NULL;
	return 0;
}

static bool path_follows(const struct path_walk *w, const struct path_name *name,
			 const struct inode *found)
{
	if (!found || !inode_is(found, MODE_LINK))
		return false;
	if (!name->last || w->flags & PATH_FOLLOW)
		return true;
	return name->slash && !(w->flags & PATH_NAME);
}

/* The walk is finished: pass its state to @end. */
static void path_finish(struct path_walk *w, const struct path_name *name, struct inode *found,
			struct path_end *end)
{
	ASSERT(w->at->refs > 0 && (!found || found->refs > 0)); /* [path.1] */
	*end = (struct path_end){
		.dir = w->at,
		.inode = found,
		.name = name->text,
		.length = name->length,
		.last = name->length ? path_kind(name) : PATH_LAST_ROOT,
		.slash = name->slash,
		.text = w->text,
	};
}

/*
 * Walk one name. 0: continue, or, with *done, the end is reached; else an error, after which the
 * caller puts *found.
 */
static int path_step(struct path_walk *w, struct path_end *end, bool *done, struct inode **found)
{
	struct path_name name = path_next_name(w);
	int error = path_find(w, &name, found);
	if (error && (error != -ENOENT || !name.last))
		return error;
	path_enter_mount(found);
	if (path_follows(w, &name, *found)) {
		error = path_follow(w, &name, found);
		if (error || !*found) {
			*done = !error && !*w->path; /* the link was "/" */
			if (*done)
				path_finish(w, &(struct path_name){ .text = w->path },
					    inode_get(w->at), end);
			return error;
		}
	}
	if (name.last) {
		if (*found && name.slash && !(w->flags & PATH_NAME) && !inode_is(*found, MODE_DIR))
			return -ENOTDIR;
		path_finish(w, &name, *found, end);
		*done = true;
		return 0;
	}
	w->path = path_skip_slashes(name.text + name.length);
	path_go(w, *found);
	*found = NULL;
	return 0;
}

int path_resolve(struct inode *cwd, const char *path, unsigned flags, struct path_end *end)
{
	if (!*path)
		return -ENOENT;
	struct path_walk w = {
		.at = inode_get(*path == '/' ? inode_root() : cwd),
		.path = path_skip_slashes(path),
		.flags = flags,
	};
	bool done = !*w.path;
	if (done)
		path_finish(&w, &(struct path_name){ .text = w.path }, inode_get(w.at), end);
	while (!done) {
		struct inode *found = NULL;
		int error = path_step(&w, end, &done, &found);
		if (!error)
			continue;
		inode_put(found);
		inode_put(w.at);
		kfree(w.text);
		return error;
	}
	return 0;
}

void path_end_put(struct path_end *end)
{
	inode_put(end->inode);
	inode_put(end->dir);
	kfree(end->text);
}

int path_lookup(struct inode *cwd, const char *path, unsigned flags, struct inode **found)
{
	struct path_end end;
	int error = path_resolve(cwd, path, flags, &end);
	if (error)
		return error;
	*found = end.inode;
	end.inode = NULL;
	path_end_put(&end);
	return *found ? 0 : -ENOENT;
}

/* The directory that @i's name is in. NULL: it is the root, or has no name. */
static const struct inode *path_above(const struct inode *i)
{
	if (inode_is(i, MODE_DIR))
		return i->parent;
	return i->name ? i->name->dir : NULL;
}

/* Written backwards from the end of the buffer, then moved to its front. */
long path_of(const struct inode *i, char *buf, size_t size)
{
	if (size < 2)
		return -ERANGE;
	size_t at = size - 1;
	buf[at] = 0;
	for (; i != inode_root(); i = path_above(i)) {
		const char *name = i && i->ops->name_of ? i->ops->name_of(i) : NULL;
		if (!name)
			return -ENOENT;
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
