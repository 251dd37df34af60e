/*
 * Inodes and names: the tree that programs see. Theory in inode.c.
 * Nothing is ever removed while processes run, so nothing is counted: pointers stay good.
 * Context: process or boot.
 */
#ifndef KERNEL_FS_INODE_H
#define KERNEL_FS_INODE_H

#include "lib/list.h"
#include "lib/tree.h"
#include "mm/object.h"

struct file_ops;

/* Linux's st_mode: type in the top bits, permissions below. */
enum {
	MODE_TYPE = 0170000, MODE_FIFO = 0010000, MODE_CHAR = 0020000, MODE_DIR = 0040000,
	MODE_BLOCK = 0060000, MODE_REGULAR = 0100000, MODE_LINK = 0120000, MODE_SOCKET = 0140000,
	MODE_EXEC = 0111,
};
enum { NAME_LENGTH_MAX = 255, PATH_LENGTH_MAX = 4096 };

struct inode {
	struct object object; /* regular files: their pages, for mapping */
	uint32_t number;
	uint32_t mode, uid, gid, nlink;
	uint32_t size;	/* bytes */
	uint32_t mtime; /* seconds since 1970 */
	uint32_t rdev;	/* devices: major << 8 | minor */
	union {
		paddr_t data; /* regular: the first byte, in the archive */
		char *target; /* symbolic link: ends with NUL */
		const struct file_ops *device; /* character device */
		struct {
			struct tree names;	  /* struct dir_entry, by name */
			struct list_node entries; /* the same, in order of arrival */
			struct inode *parent;	  /* of the root: itself */
		} dir;
	};
};

struct dir_entry {
	struct tree_node node;
	struct list_node link;
	struct inode *inode;
	char name[];
};

static inline bool inode_is(const struct inode *i, unsigned type)
{
	return (i->mode & MODE_TYPE) == type;
}

/* The cache of inodes, and the root directory. Context: boot. */
void inode_init(void);
struct inode *inode_root(void);
/* A new inode in no directory; type and permissions by @mode. NULL: no memory. */
MUST_CHECK struct inode *inode_create(unsigned mode);
/* A regular file's bytes are at @data. It must have been mapped by nobody. */
void inode_set_data(struct inode *i, paddr_t data, uint32_t size);
/*
 * Name @child in directory @dir, instead of what had that name. 0 or -ENOMEM. @length bytes of
 * @name.
 */
MUST_CHECK int inode_link(struct inode *dir, const char *name, size_t length, struct inode *child);
/* The entry of that name in directory @dir, not "." or "..". NULL: there is none. */
struct dir_entry *inode_find(const struct inode *dir, const char *name, size_t length);
/* The name of directory @dir in its parent. */
const char *inode_dir_name(const struct inode *dir);
/* Bytes of a regular file into kernel memory: how many, less only at its end. */
size_t inode_read(const struct inode *i, uint32_t offset, void *buf, size_t n);

#endif
