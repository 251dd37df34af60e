/*
 * Inodes: files of every kind, with or without a name. Theory in inode.c.
 * Context: process or boot. May reclaim.
 */
#ifndef KERNEL_FS_INODE_H
#define KERNEL_FS_INODE_H

#include "kernel/base/sleep_lock.h"
#include "lib/list.h"
#include "lib/tree.h"
#include "mm/object.h"

struct dir_entry;
struct file_ops;
struct inode;
struct pipe;
struct proc_node;

/* Linux's st_mode: type in the top bits, permissions below. */
enum {
	MODE_TYPE = 0170000, MODE_FIFO = 0010000, MODE_CHAR = 0020000, MODE_DIR = 0040000,
	MODE_BLOCK = 0060000, MODE_REGULAR = 0100000, MODE_LINK = 0120000, MODE_SOCKET = 0140000,
	MODE_SETUID = 04000, MODE_SETGID = 02000, MODE_BITS = 07777, MODE_EXEC = 0111,
};
enum { NAME_LENGTH_MAX = 255, PATH_LENGTH_MAX = 4096, INODE_SIZE_MAX = 0x7fffffff };

/* Since 1970. */
struct inode_time {
	int64_t seconds;
	uint32_t nanoseconds;
};

/* The receiver of a directory's entries; see dir.h. */
struct dir_listing;

/* Operations of a file system. NULL: not supported. */
struct inode_ops {
	const char *name;  /* of the file system */
	uint32_t device;   /* st_dev */
	uint32_t magic;	   /* as statfs reports it */
	bool changeable;   /* names can be added and removed */
	/* Directories: look up @name into *found, with a reference. 0, -ENOENT, -ENOMEM. */
	int (*find)(struct inode *dir, const char *name, size_t length, struct inode **found);
	/* Directories: list_add the entries from @to->position on, except "." and "..". */
	void (*list)(struct inode *dir, struct dir_listing *to);
	/* Symbolic links: the text without NUL into buf[size]. Its length, or -ENOENT. */
	long (*read_link)(struct inode *link, char *buf, size_t size);
	/* Symbolic links that lead directly to an inode: with a reference, or NULL. */
	struct inode *(*follow)(struct inode *link);
	/* The inode's own name. NULL: it has none. Overwritten by the next call. */
	const char *(*name_of)(const struct inode *i);
	/* Unreferenced: free what it holds besides its pages and parent. */
	void (*destroy)(struct inode *i);
};

struct inode {
	struct object object; /* regular files of tmpfs: their pages; the sizes agree */
	const struct inode_ops *ops;
	const struct file_ops *files; /* operations of open files. NULL: -ENXIO */
	struct list_node all;	      /* in inode_all, from its first name on */
	uint32_t refs;		      /* names, open files, processes, lookups under way */
	uint32_t number;
	uint32_t mode, uid, gid, nlink;
	uint32_t size; /* bytes */
	uint32_t rdev; /* devices: major << 8 | minor */
	uint32_t writers;  /* files open for writing */
	uint32_t programs; /* threads whose program it is */
	struct inode_time atime, mtime, ctime;
	struct sleep_lock content_lock; /* regular files: taken to write or change the size */
	struct inode *parent;   /* directories: with a reference. NULL: it is a root */
	struct inode *mounted;  /* directories: the root that covers it, with a reference */
	struct dir_entry *name; /* one of its names, NULL: it has none, or that one was removed */
	union {
		struct { /* regular files: the bytes that lie in an archive */
			paddr_t start;
			uint32_t bytes;
		} source;
		char *target;	   /* symbolic links: ends with NUL */
		struct pipe *pipe; /* pipes: NULL while nobody has it open */
		struct {
			struct tree names;	  /* struct dir_entry, by name */
			struct list_node entries; /* the same, oldest first */
		} dir;
		struct {
			const struct proc_node *node;
			int pid, fd;
		} proc;
	};
};

static inline bool inode_is(const struct inode *i, unsigned type)
{
	return (i->mode & MODE_TYPE) == type;
}

/* Every inode that has, or had, a name in a directory; oldest name first. */
extern struct list_node inode_all;

/* The cache of inodes. Context: boot. */
void inode_init(void);
/* A new inode with one reference, type and permissions by @mode, times now. NULL: no memory. */
MUST_CHECK struct inode *inode_create(const struct inode_ops *ops, unsigned mode);
struct inode *inode_get(struct inode *i); /* returns @i */
/* The last put frees it, but a regular file's maps keep it and its pages. NULL: no-op. */
void inode_put(struct inode *i);
/* The object's last reference was dropped: for the object's destroy. */
void inode_object_gone(struct object *o);

/* The root of everything. It is never put. */
struct inode *inode_root(void);
void inode_set_root(struct inode *i); /* boot */

/*
 * Asserts the theory's [inode.1] to [inode.4] for one that has, or had, a name. @others: references
 * held by mounts. @exact: there are no processes.
 */
void inode_check(const struct inode *i, uint32_t others, bool exact);

struct inode_time inode_now(void);
/* Contents or names have changed: set mtime and ctime to now. */
void inode_changed(struct inode *i);
/* It was read: set atime to now, if it is not newer than the last change (Linux's relatime). */
void inode_accessed(struct inode *i);

#endif
