/*
 * Directories: names for inodes.
 *
 * A directory of tmpfs keeps each entry twice: in a balanced tree to find a name, and in a list to
 * read all of them in order. An entry's serial number gives its place in that order; getdents
 * returns it as the position, so an interrupted listing resumes at the right place even if entries
 * were added or removed meanwhile.
 *
 * A directory's link count is 2 plus one for each directory in it, for its "..". A removed one has
 * 0, and nothing can be added to it.
 *
 * Always true
 *   [dir.1]  an entry is in its directory's tree and list
 *   [dir.2]  an entry has a reference on its inode; a directory has at most one entry
 *   [dir.3]  serials ascend along each list
 *   [dir.4]  a directory's link count is 2 and its directories, or 0 if it was removed: then it is
 *       empty
 *   [dir.5]  names in the tree are sorted and unique, and none is empty
 */
#include "kernel/fs/dir.h"

#include "lib/assert.h"
#include "lib/errno.h"
#include "lib/string.h"
#include "mm/reclaim.h"
#include "mm/slab.h"

static uint32_t dir_serial = DIR_POSITION_FIRST;

uint32_t dir_last_serial(void)
{
	return dir_serial;
}

/* As strcmp, for @length bytes of @name against the whole of @entry. */
static int dir_compare(const char *name, size_t length, const char *entry)
{
	int order = strncmp(name, entry, length);
	return order ? order : -(entry[length] != 0);
}

struct dir_entry *dir_find(const struct inode *dir, const char *name, size_t length)
{
	ASSERT(inode_is(dir, MODE_DIR));
	struct tree_node *node = dir->dir.names.root;
	while (node) {
		struct dir_entry *e = tree_entry(node, struct dir_entry, node);
		int order = dir_compare(name, length, e->name);
		if (order == 0)
			return e;
		node = order < 0 ? node->left : node->right;
	}
	return NULL;
}

struct dir_entry *dir_entry_create(const char *name, size_t length)
{
	ASSERT(length <= NAME_LENGTH_MAX);
	size_t bytes = sizeof(struct dir_entry) + length + 1;
	struct dir_entry *e = reclaim_kmalloc(bytes);
	if (!e)
		return NULL;
	memset(e, 0, sizeof(*e));
	memcpy(e->name, name, length);
	e->name[length] = 0;
	return e;
}

void dir_entry_destroy(struct dir_entry *e)
{
	ASSERT(e->inode == NULL); /* otherwise it has a reference and is in a directory: [dir.1] */
	kfree(e);
}

static void dir_link_tree(struct inode *dir, struct dir_entry *e)
{
	struct tree_node *parent = NULL, **link = &dir->dir.names.root;
	while (*link) {
		parent = *link;
		const char *name = tree_entry(parent, struct dir_entry, node)->name;
		int order = strcmp(e->name, name);
		ASSERT(order != 0); /* [dir.5] */
		link = order < 0 ? &parent->left : &parent->right;
	}
	tree_insert(&dir->dir.names, &e->node, parent, link);
}

/* Make @e name @child. */
static void dir_take(struct dir_entry *e, struct inode *child)
{
	e->inode = inode_get(child);
	child->name = e;
	if (!list_node_linked(&child->all))
		list_push_back(&inode_all, &child->all);
	if (!inode_is(child, MODE_DIR))
		return;
	struct inode *old = child->parent;
	ASSERT(e->dir->nlink >= 2); /* [dir.4] */
	child->parent = inode_get(e->dir);
	e->dir->nlink++;
	inode_put(old);
}

/* @e no longer names its inode. Link counts are up to the caller. */
static void dir_give_up(struct dir_entry *e)
{
	struct inode *child = e->inode;
	ASSERT(child != NULL && child->refs > 0); /* [dir.2] */
	ASSERT(!inode_is(child, MODE_DIR) || e->dir->nlink > 2); /* [dir.4] */
	if (inode_is(child, MODE_DIR))
		e->dir->nlink--;
	if (child->name == e)
		child->name = NULL;
	e->inode = NULL;
	inode_put(child);
}

/* The inode loses a name for good. */
static void dir_unlink(struct inode *child)
{
	ASSERT(child->nlink > 0);
	ASSERT(!inode_is(child, MODE_DIR) || dir_is_empty(child)); /* [dir.4] */
	if (inode_is(child, MODE_DIR))
		child->nlink = 0;
	else
		child->nlink--;
	child->ctime = inode_now();
}

void dir_insert(struct inode *dir, struct dir_entry *e, struct inode *child)
{
	ASSERT(inode_is(dir, MODE_DIR) && dir->nlink > 0); /* [dir.4] */
	ASSERT(e->inode == NULL && e->name[0] != 0);	   /* [dir.1], [dir.5] */
	dir_serial++;
	e->serial = dir_serial;
	e->dir = dir;
	dir_link_tree(dir, e);
	list_push_back(&dir->dir.entries, &e->link);
	dir_take(e, child);
	inode_changed(dir);
}

int dir_add(struct inode *dir, const char *name, size_t length, struct inode *child)
{
	struct dir_entry *e = dir_entry_create(name, length);
	if (!e)
		return -ENOMEM;
	dir_insert(dir, e, child);
	return 0;
}

void dir_remove(struct dir_entry *e)
{
	dir_unlink(e->inode);
	dir_forget(e);
}

void dir_forget(struct dir_entry *e)
{
	struct inode *dir = e->dir;
	dir_give_up(e);
	tree_remove(&dir->dir.names, &e->node);
	list_remove(&e->link);
	kfree(e);
	inode_changed(dir);
}

void dir_replace(struct dir_entry *e, struct inode *child)
{
	dir_unlink(e->inode);
	dir_give_up(e);
	dir_take(e, child);
	inode_changed(e->dir);
}

void dir_exchange(struct dir_entry *a, struct dir_entry *b)
{
	struct inode *of_a = inode_get(a->inode), *of_b = inode_get(b->inode);
	dir_give_up(a);
	dir_give_up(b);
	dir_take(a, of_b);
	dir_take(b, of_a);
	inode_put(of_a);
	inode_put(of_b);
	inode_changed(a->dir);
	inode_changed(b->dir);
}

/* --- the check --- */

/* [dir.5]. Returns how many names there are. */
static size_t dir_check_names(const struct inode *dir)
{
	const char *before = "";
	for (struct tree_node *n = tree_first(&dir->dir.names); n; n = tree_next(n)) {
		const struct dir_entry *e = tree_entry(n, struct dir_entry, node);
		ASSERT(strcmp(before, e->name) < 0); /* [dir.5] */
		before = e->name;
	}
	return tree_check(&dir->dir.names);
}

void dir_check(const struct inode *dir)
{
	uint32_t count = 0, directories = 0, serial = 0;
	list_for_each_entry(const struct dir_entry, e, &dir->dir.entries, link) {
		ASSERT(e->dir == dir && e->inode != NULL && e->inode->refs > 0); /* [dir.2] */
		ASSERT(e->serial > serial && e->serial <= dir_serial);		 /* [dir.3] */
		serial = e->serial;
		count++;
		if (!inode_is(e->inode, MODE_DIR))
			continue;
		directories++;
		ASSERT(e->inode->parent == dir && e->inode->name == e); /* [dir.2] */
	}
	ASSERT(dir_check_names(dir) == count);				       /* [dir.1] */
	ASSERT(dir->nlink == 0 ? count == 0 : dir->nlink == 2 + directories);  /* [dir.4] */
}

/* --- listings --- */

bool dir_list_add(struct dir_listing *to, const struct dir_item *item, uint64_t at)
{
	if (at < to->position)
		return true;
	if (to->full || !to->add(to, item, at + 1)) {
		to->full = true;
		return false;
	}
	to->position = at + 1;
	return true;
}

void dir_list(struct inode *dir, struct dir_listing *to)
{
	const struct inode *parent = dir->parent ? dir->parent : dir;
	const struct dir_item dot = { ".", dir->number, MODE_DIR };
	const struct dir_item dotdot = { "..", parent->number, MODE_DIR };
	if (dir_list_add(to, &dot, DIR_POSITION_DOT) &&
	    dir_list_add(to, &dotdot, DIR_POSITION_PARENT) && dir->ops->list)
		dir->ops->list(dir, to);
}

/* --- removing what a run created --- */

/* Empty @top from its newest entry down to entries as old as @serial. Descends, and ascends by the
 * parent: the newest entry there is the directory just emptied. */
static void dir_remove_tail(struct inode *top, uint32_t serial)
{
	struct inode *at = top;
	for (;;) {
		struct list_node *last = at->dir.entries.prev;
		struct dir_entry *e = list_entry(last, struct dir_entry, link);
		if (last == &at->dir.entries || (at == top && e->serial <= serial)) {
			if (at == top)
				return;
			at = at->parent;
			continue;
		}
		if (inode_is(e->inode, MODE_DIR) && !dir_is_empty(e->inode))
			at = e->inode;
		else
			dir_remove(e);
	}
}

/* Removing a directory may remove others from the list: restart until nothing changes. */
void dir_remove_younger(uint32_t serial)
{
	bool again = true;
	dir_remove_tail(inode_root(), serial); /* no directory has it: it is on no list */
	while (again) {
		again = false;
		list_for_each_entry(struct inode, i, &inode_all, all) {
			if (!inode_is(i, MODE_DIR) || dir_is_empty(i))
				continue;
			struct list_node *last = i->dir.entries.prev;
			if (list_entry(last, struct dir_entry, link)->serial <= serial)
				continue;
			dir_remove_tail(i, serial);
			again = true;
			break;
		}
	}
}
