/*
 * Inodes and names: the tree that programs see.
 *
 * A directory maps names to inodes: a balanced tree to find one, a list to read them in order. A
 * regular file's bytes stay where its archive lies in memory, which plays the machine's disk. read
 * copies from there; a mapping goes through the object inside the inode, whose pages are filled
 * from there by fault and dropped when frames are short. The file system is read-only while
 * processes run, so the two can not disagree, and inodes need no counts.
 *
 * Always true
 *   I1  every directory but the root is an entry of its dir.parent
 *   I2  an entry is in its directory's tree and list, or in neither
 * Left out: writing. Files that are created or changed come later, with memory of their own.
 */
#include "kernel/fs/inode.h"

#include "kernel/fs/pmem.h"
#include "kernel/panic.h"
#include "lib/errno.h"
#include "lib/string.h"
#include "mm/slab.h"

static struct slab_cache *inode_cache;
static uint32_t inode_last_number;
static struct inode *inode_the_root;

/* The inode's own reference is never put, so the object is never destroyed. */
static int inode_object_read(struct object *o, uint32_t offset, void *buf, size_t n)
{
	const struct inode *i = container_of(o, struct inode, object);
	size_t got = inode_read(i, offset, buf, n);
	memset((char *)buf + got, 0, n - got);
	return 0;
}

static const struct object_ops inode_object_ops = {
	.name = "file",
	.read = inode_object_read,
	.keeps_pages = true,
};

size_t inode_read(const struct inode *i, uint32_t offset, void *buf, size_t n)
{
	if (offset >= i->size)
		return 0;
	n = MIN(n, i->size - offset);
	pmem_read(buf, i->data + offset, n);
	return n;
}

void inode_set_data(struct inode *i, paddr_t data, uint32_t size)
{
	i->data = data;
	i->size = size;
	object_init(&i->object, &inode_object_ops, size);
}

struct inode *inode_create(unsigned mode)
{
	struct inode *i = slab_alloc(inode_cache);
	if (!i)
		return NULL;
	memset(i, 0, sizeof(*i));
	inode_last_number++;
	i->number = inode_last_number;
	i->mode = mode;
	i->nlink = 1;
	if (inode_is(i, MODE_REGULAR))
		inode_set_data(i, 0, 0);
	if (inode_is(i, MODE_DIR)) {
		i->nlink = 2;
		i->dir.parent = i;
		list_init(&i->dir.entries);
	}
	return i;
}

void inode_init(void)
{
	inode_cache = slab_create("inode", sizeof(struct inode), 0, NULL);
	inode_the_root = inode_cache ? inode_create(MODE_DIR | 0755) : NULL;
	if (!inode_the_root)
		panic("no memory for the root directory");
}

struct inode *inode_root(void)
{
	return inode_the_root;
}

/* As strcmp, for @length bytes of @name against the whole of @entry. */
static int inode_compare(const char *name, size_t length, const char *entry)
{
	int order = strncmp(name, entry, length);
	return order ? order : -(entry[length] != 0);
}

struct dir_entry *inode_find(const struct inode *dir, const char *name, size_t length)
{
	struct tree_node *node = dir->dir.names.root;
	while (node) {
		struct dir_entry *e = tree_entry(node, struct dir_entry, node);
		int order = inode_compare(name, length, e->name);
		if (order == 0)
			return e;
		node = order < 0 ? node->left : node->right;
	}
	return NULL;
}

static void inode_insert(struct inode *dir, struct dir_entry *e)
{
	struct tree_node *parent = NULL, **link = &dir->dir.names.root;
	while (*link) {
		parent = *link;
		const char *name = tree_entry(parent, struct dir_entry, node)->name;
		link = strcmp(e->name, name) < 0 ? &parent->left : &parent->right;
	}
	tree_insert(&dir->dir.names, &e->node, parent, link);
	list_push_back(&dir->dir.entries, &e->link);
}

int inode_link(struct inode *dir, const char *name, size_t length, struct inode *child)
{
	struct dir_entry *e = inode_find(dir, name, length);
	if (!e) {
		e = kmalloc(sizeof(*e) + length + 1);
		if (!e)
			return -ENOMEM;
		memcpy(e->name, name, length);
		e->name[length] = 0;
		inode_insert(dir, e);
	} else if (inode_is(e->inode, MODE_DIR)) {
		dir->nlink--;
	}
	e->inode = child;
	if (inode_is(child, MODE_DIR)) {
		child->dir.parent = dir;
		dir->nlink++;
	}
	return 0;
}

const char *inode_dir_name(const struct inode *dir)
{
	list_for_each(node, &dir->dir.parent->dir.entries) {
		struct dir_entry *e = list_entry(node, struct dir_entry, link);
		if (e->inode == dir)
			return e->name;
	}
	return "";
}
