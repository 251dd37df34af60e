/*
 * Directories of tmpfs: names for inodes; and lists of names of any file system. Theory in dir.c.
 * Context: process or boot.
 */
#ifndef KERNEL_FS_DIR_H
#define KERNEL_FS_DIR_H

#include "kernel/fs/inode.h"

struct dir_entry {
	struct tree_node node;
	struct list_node link;
	struct inode *dir;   /* whose entry it is */
	struct inode *inode; /* with a reference */
	uint32_t serial;     /* higher than that of every older entry, anywhere */
	char name[];
};

/* Positions in a directory: "." and ".." and then the serials, or what procfs counts. */
enum { DIR_POSITION_DOT, DIR_POSITION_PARENT, DIR_POSITION_FIRST };

/* What a listing reports of one entry. */
struct dir_item {
	const char *name;
	uint32_t number, mode;
};

/* A listing under way. */
struct dir_listing {
	uint64_t position; /* list what is at or after it */
	bool full;	   /* add returned false: stop */
	void *context;
	/* One entry; @next: the position after it. False: no room for it. Never sleeps. */
	bool (*add)(struct dir_listing *to, const struct dir_item *item, uint64_t next);
};
/* Called by inode_ops.list for each entry; @at is its position. False: stop. */
bool dir_list_add(struct dir_listing *to, const struct dir_item *item, uint64_t at);
/* All of @dir, "." and ".." first. */
void dir_list(struct inode *dir, struct dir_listing *to);

/* An entry for later use, in no directory. NULL: no memory. May reclaim. */
MUST_CHECK struct dir_entry *dir_entry_create(const char *name, size_t length);
void dir_entry_destroy(struct dir_entry *e);
/* Insert @e, a name not yet in @dir, for @child, which gets a reference. */
void dir_insert(struct inode *dir, struct dir_entry *e, struct inode *child);
/* Both in one. 0 or -ENOMEM. */
MUST_CHECK int dir_add(struct inode *dir, const char *name, size_t length, struct inode *child);
/* Remove the entry and its reference on the inode. */
void dir_remove(struct dir_entry *e);
/* Remove the entry, but change nothing in its inode: it already has another name. */
void dir_forget(struct dir_entry *e);
/* Exchange what @a and @b name. */
void dir_exchange(struct dir_entry *a, struct dir_entry *b);
/* Make @e name @child; what it named loses a name. */
void dir_replace(struct dir_entry *e, struct inode *child);
/* The entry of that name in directory @dir, not "." or "..". NULL: there is none. */
struct dir_entry *dir_find(const struct inode *dir, const char *name, size_t length);
static inline bool dir_is_empty(const struct inode *dir)
{
	return list_empty(&dir->dir.entries);
}

/* Asserts the theory's [dir.1] to [dir.5] for one directory. */
void dir_check(const struct inode *dir);

/* The serial of the newest entry. */
uint32_t dir_last_serial(void);
/* Remove every entry newer than @serial, with everything below it. */
void dir_remove_younger(uint32_t serial);

#endif
