/*
 * Inodes: files of every kind, with or without a name.
 *
 * An inode is what stat describes. It is reference-counted: each name in a directory holds a
 * reference, each open file, each process that runs it or has it as its directory, and each lookup
 * under way. So a file unlinked while open lives on until it is closed, without special cases.
 *
 * A regular file's pages belong to the object inside the inode, which maps refer to as well. The
 * inode's references together hold one reference to the object. When the last of them is dropped,
 * maps may remain; the last map then frees the object, and the object frees the inode.
 *
 * A directory holds a reference to its parent, so ".." works in one that was removed. To free a
 * long chain of them without recursion, inode_put ascends in a loop.
 *
 * Always true
 *   [inode.1]  an inode with a name in a directory has that name's reference
 *   [inode.2]  a directory that is not a root has a parent, and a reference on it
 *   [inode.3]  a regular file's size is its object's size
 *   [inode.4]  every name, child directory, mount, and open file for writing has its reference;
 *       without processes there is no other, except the root's permanent one
 */
#include "kernel/fs/inode.h"

#include "kernel/base/panic.h"
#include "kernel/proc/wallclock.h"
#include "lib/assert.h"
#include "lib/string.h"
#include "mm/reclaim.h"
#include "mm/slab.h"

struct list_node inode_all = LIST_HEAD_INIT(inode_all);

static struct slab_cache *inode_cache;
static uint32_t inode_last_number;
static struct inode *inode_the_root;

void inode_init(void)
{
	inode_cache = slab_create("inode", sizeof(struct inode), 0, NULL);
	if (!inode_cache)
		panic("no memory for the cache of inodes");
}

struct inode *inode_root(void)
{
	return inode_the_root;
}

void inode_set_root(struct inode *i)
{
	inode_the_root = i;
}

struct inode_time inode_now(void)
{
	struct clock_time now = clock_of_day();
	return (struct inode_time){ (int64_t)now.seconds, now.nanoseconds };
}

struct inode *inode_create(const struct inode_ops *ops, unsigned mode)
{
	struct inode *i = reclaim_slab_alloc(inode_cache);
	if (!i)
		return NULL;
	memset(i, 0, sizeof(*i));
	inode_last_number++;
	i->ops = ops;
	i->refs = 1;
	i->number = inode_last_number;
	i->mode = mode;
	i->nlink = 1;
	i->atime = i->mtime = i->ctime = inode_now();
	list_init(&i->all);
	return i;
}

struct inode *inode_get(struct inode *i)
{
	ASSERT(i->refs > 0); /* the caller got the inode from a holder of a reference */
	i->refs++;
	ASSERT(i->refs != 0);
	return i;
}

static void inode_free(struct inode *i)
{
	ASSERT(i->refs == 0 && i->name == NULL); /* [inode.1] */
	list_remove(&i->all);
	slab_free(inode_cache, i);
}

void inode_object_gone(struct object *o)
{
	inode_free(container_of(o, struct inode, object));
}

/*
 * The last reference is dropped. Returns the parent, whose reference passes to the caller, or NULL.
 */
static struct inode *inode_end(struct inode *i)
{
	struct inode *parent = i->parent;
	ASSERT(i->writers == 0); /* [inode.4] */
	ASSERT(i->mounted == NULL && i != inode_the_root);
	if (i->ops->destroy)
		i->ops->destroy(i);
	if (i->object.ops)
		object_put(&i->object); /* frees it, now or with its last map */
	else
		inode_free(i);
	return parent;
}

void inode_put(struct inode *i)
{
	while (i) {
		ASSERT(i->refs > 0);
		i->refs--;
		if (i->refs > 0)
			return;
		i = inode_end(i);
	}
}

void inode_changed(struct inode *i)
{
	i->mtime = i->ctime = inode_now();
}

static bool inode_time_before(const struct inode_time *a, const struct inode_time *b)
{
	if (a->seconds != b->seconds)
		return a->seconds < b->seconds;
	return a->nanoseconds < b->nanoseconds;
}

void inode_accessed(struct inode *i)
{
	enum { DAY = 86400 };
	struct inode_time now = inode_now();
	if (inode_time_before(&i->mtime, &i->atime) && inode_time_before(&i->ctime, &i->atime) &&
	    now.seconds - i->atime.seconds < DAY)
		return;
	i->atime = now;
}

/* Known references: its names, its child directories, files open for writing. */
static uint32_t inode_known_refs(const struct inode *i)
{
	bool named = i->nlink > 0 && i != inode_the_root;
	uint32_t names = inode_is(i, MODE_DIR) ? named : i->nlink;
	uint32_t children = inode_is(i, MODE_DIR) && i->nlink > 2 ? i->nlink - 2 : 0;
	return names + children + i->writers + (i == inode_the_root);
}

void inode_check(const struct inode *i, uint32_t others, bool exact)
{
	uint32_t known = inode_known_refs(i) + others;
	ASSERT(i->refs > 0 || (i->object.ops != NULL && i->object.refs > 0)); /* kept by its maps */
	ASSERT(exact ? i->refs == known : i->refs >= known); /* [inode.4] */
	ASSERT(!exact || i->writers == 0);		     /* [inode.4] */
	ASSERT(list_node_linked(&i->all) || i == inode_the_root);
	if (inode_is(i, MODE_DIR)) /* [inode.2] */
		ASSERT(i == inode_the_root || (i->parent && i->parent->refs > 0));
	if (i->object.ops != NULL) /* [inode.3] */
		ASSERT(inode_is(i, MODE_REGULAR) && i->size == i->object.size_bytes);
}
