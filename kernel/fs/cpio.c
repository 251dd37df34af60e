/*
 * Unpacking archives in cpio's newc format into the tree.
 *
 * An archive is a sequence of entries: a header of 110 characters (a magic number and thirteen
 * numbers of eight hexadecimal digits), the name with its NUL, the contents, each part padded to
 * four bytes. The name "TRAILER!!!" ends it; zeroes and a further archive may follow. Files refer
 * to their contents in the archive; only names and link targets are copied.
 *
 * Hard links share a number in the header; the contents come with the last of them.
 *
 * An archive may be damaged, truncated or hostile: every length is checked against what is left
 * before it is used. Reading stops at the first inconsistency, with a log line.
 * Source: the kernel documentation of Linux, driver-api/early-userspace/buffer-format.
 */
#include "kernel/fs/cpio.h"

#include "kernel/base/log.h"
#include "kernel/fs/dir.h"
#include "kernel/fs/namei.h"
#include "kernel/fs/pmem.h"
#include "kernel/fs/tmpfs.h"
#include "kernel/fs/tmpfs_data.h"
#include "lib/errno.h"
#include "lib/string.h"
#include "mm/slab.h"

enum {
	CPIO_HEADER = 110,
	CPIO_MAGIC = 6,
	CPIO_DIGITS = 8,
	CPIO_INO = 0,
	CPIO_MODE,
	CPIO_UID,
	CPIO_GID,
	CPIO_NLINK,
	CPIO_MTIME,
	CPIO_SIZE,
	CPIO_MAJOR,
	CPIO_MINOR,
	CPIO_RMAJOR,
	CPIO_RMINOR,
	CPIO_NAMESIZE,
	CPIO_CHECK,
	CPIO_NFIELDS,
};

/* A file with more names to come. */
struct cpio_link {
	struct list_node link;
	uint32_t ino, major, minor;
	struct inode *inode;
};

struct cpio_reader {
	const char *archive;
	paddr_t start;
	uint32_t size;
	uint32_t at; /* offset of the next header */
	uint32_t field[CPIO_NFIELDS];
	uint32_t data; /* offset of the entry's contents */
	char *name;    /* PATH_LENGTH_MAX bytes */
	struct list_node links;
};

static bool cpio_fail(const struct cpio_reader *r, const char *why)
{
	log_error("archive %s: %s at offset %u; what came before it stays", r->archive, why, r->at);
	return false;
}

static bool cpio_parse_hex(const char *text, uint32_t *value)
{
	*value = 0;
	for (int i = 0; i < CPIO_DIGITS; i++) {
		char c = text[i];
		uint32_t digit;
		if (c >= '0' && c <= '9')
			digit = (uint32_t)(c - '0');
		else if ((c | 32) >= 'a' && (c | 32) <= 'f')
			digit = (uint32_t)((c | 32) - 'a' + 10);
		else
			return false;
		*value = *value << 4 | digit;
	}
	return true;
}

/* Round up to four; UINT32_MAX when that does not fit. */
static uint32_t cpio_pad(uint64_t offset)
{
	offset = ROUND_UP(offset, 4ull);
	return offset > UINT32_MAX ? UINT32_MAX : (uint32_t)offset;
}

static bool cpio_read_name(struct cpio_reader *r)
{
	uint32_t length = r->field[CPIO_NAMESIZE];
	if (length == 0 || length > PATH_LENGTH_MAX)
		return cpio_fail(r, "a name of impossible length");
	if (length > r->size - r->at - CPIO_HEADER)
		return cpio_fail(r, "cut inside a name");
	pmem_read(r->name, r->start + r->at + CPIO_HEADER, length);
	if (strnlen(r->name, length) != length - 1)
		return cpio_fail(r, "a damaged name");
	r->data = cpio_pad((uint64_t)r->at + CPIO_HEADER + length);
	return true;
}

/* Header and name of the entry at r->at. False: damaged, and logged. */
static bool cpio_read_header(struct cpio_reader *r)
{
	char header[CPIO_HEADER];
	if (r->size - r->at < CPIO_HEADER)
		return cpio_fail(r, "cut inside a header");
	pmem_read(header, r->start + r->at, CPIO_HEADER);
	if (memcmp(header, "070701", CPIO_MAGIC) != 0 && memcmp(header, "070702", CPIO_MAGIC) != 0)
		return cpio_fail(r, "no header of a cpio newc archive");
	for (int i = 0; i < CPIO_NFIELDS; i++)
		if (!cpio_parse_hex(header + CPIO_MAGIC + i * CPIO_DIGITS, &r->field[i]))
			return cpio_fail(r, "a damaged header");
	if (!cpio_read_name(r))
		return false;
	if (r->data > r->size || r->field[CPIO_SIZE] > r->size - r->data)
		return cpio_fail(r, "cut inside a file's contents");
	return true;
}

/*
 * Resolve r->name in the tree, creating missing directories on the way. 0 or an error. The caller
 * puts @end.
 */
static int cpio_resolve(struct cpio_reader *r, struct path_end *end)
{
	int error = path_resolve(inode_root(), r->name, PATH_NAME, end);
	for (char *slash = strchr(r->name, '/'); error && slash; slash = strchr(slash + 1, '/')) {
		*slash = 0;
		struct path_end part;
		if (*r->name && path_resolve(inode_root(), r->name, PATH_FOLLOW, &part) == 0) {
			if (!part.inode)
				error = names_create(&part, MODE_DIR | 0755, 0, NULL);
			path_end_put(&part);
		}
		*slash = '/';
	}
	return error ? path_resolve(inode_root(), r->name, PATH_NAME, end) : 0;
}

static struct cpio_link *cpio_find_link(struct cpio_reader *r)
{
	list_for_each_entry(struct cpio_link, l, &r->links, link) {
		if (l->ino == r->field[CPIO_INO] && l->major == r->field[CPIO_MAJOR] &&
		    l->minor == r->field[CPIO_MINOR])
			return l;
	}
	return NULL;
}

/* The inode of a file with several names: the first one creates it. NULL: no memory. */
static struct inode *cpio_linked_inode(struct cpio_reader *r)
{
	struct cpio_link *l = cpio_find_link(r);
	if (l) {
		l->inode->nlink++;
		return inode_get(l->inode);
	}
	l = kmalloc(sizeof(*l));
	struct inode *i = l ? tmpfs_create(r->field[CPIO_MODE], 0) : NULL;
	if (!i) {
		kfree(l);
		return NULL;
	}
	*l = (struct cpio_link){ .ino = r->field[CPIO_INO], .major = r->field[CPIO_MAJOR],
				 .minor = r->field[CPIO_MINOR], .inode = inode_get(i) };
	list_push_back(&r->links, &l->link);
	return i;
}

/* NULL: no memory. */
static struct inode *cpio_make_link(const struct cpio_reader *r)
{
	uint32_t n = MIN(r->field[CPIO_SIZE], (uint32_t)PATH_LENGTH_MAX - 1);
	char *target = kzalloc(n + 1);
	if (!target)
		return NULL;
	pmem_read(target, r->start + r->data, n);
	struct inode *i = tmpfs_create_link(target);
	kfree(target);
	return i;
}

static struct inode *cpio_make_inode(struct cpio_reader *r)
{
	uint32_t mode = r->field[CPIO_MODE];
	uint32_t rdev = r->field[CPIO_RMAJOR] << 8 | (r->field[CPIO_RMINOR] & 0xff);
	bool linked = (mode & MODE_TYPE) == MODE_REGULAR && r->field[CPIO_NLINK] > 1;
	struct inode *i = linked				? cpio_linked_inode(r)
			  : (mode & MODE_TYPE) == MODE_LINK ? cpio_make_link(r)
							    : tmpfs_create(mode, rdev);
	if (!i)
		return NULL;
	i->uid = r->field[CPIO_UID];
	i->gid = r->field[CPIO_GID];
	if (inode_is(i, MODE_REGULAR) && r->field[CPIO_SIZE] > 0 && tmpfs_pages(i) == 0)
		tmpfs_set_source(i, r->start + r->data, r->field[CPIO_SIZE]);
	return i;
}

static void cpio_set_time(const struct cpio_reader *r, struct inode *i)
{
	i->atime = i->mtime = i->ctime = (struct inode_time){ r->field[CPIO_MTIME], 0 };
}

/* A directory over a directory: keep the old one, with new attributes. */
static bool cpio_merge_directory(const struct cpio_reader *r, struct inode *old)
{
	if ((r->field[CPIO_MODE] & MODE_TYPE) != MODE_DIR || !old || !inode_is(old, MODE_DIR))
		return false;
	old->mode = r->field[CPIO_MODE];
	cpio_set_time(r, old);
	return true;
}

/* Remove what had the name, unless it is a non-empty directory. */
static int cpio_make_way(const struct path_end *end)
{
	if (!end->inode)
		return 0;
	return inode_is(end->inode, MODE_DIR) ? names_rmdir(end) : names_unlink(end);
}

static int cpio_put_in_place(struct cpio_reader *r, struct path_end *end)
{
	struct inode_time of_dir = end->dir->mtime;
	int error = cpio_make_way(end);
	if (error || end->last != PATH_LAST_NAME || !end->dir->ops->changeable)
		return 0; /* keep what is in the tree */
	struct inode *i = cpio_make_inode(r);
	if (!i)
		return -ENOMEM;
	error = dir_add(end->dir, end->name, end->length, i);
	cpio_set_time(r, i);
	end->dir->mtime = end->dir->ctime = of_dir;
	inode_put(i);
	return error;
}

static bool cpio_add_entry(struct cpio_reader *r)
{
	struct path_end end;
	if (cpio_resolve(r, &end) != 0) {
		log_warn("archive %s: %s has no place in the tree", r->archive, r->name);
		return true;
	}
	int error = cpio_merge_directory(r, end.inode) ? 0 : cpio_put_in_place(r, &end);
	path_end_put(&end);
	return error ? cpio_fail(r, "no memory for an entry") : true;
}

/* After a trailer: skip the zeroes to a further archive, or to the end. */
static void cpio_skip_padding(struct cpio_reader *r)
{
	char byte = 0;
	while (r->at < r->size && byte == 0) {
		pmem_read(&byte, r->start + r->at, 1);
		if (byte == 0)
			r->at++;
	}
}

static unsigned cpio_read_all(struct cpio_reader *r)
{
	unsigned n = 0;
	while (r->at < r->size && cpio_read_header(r)) {
		bool trailer = strcmp(r->name, "TRAILER!!!") == 0;
		if (!trailer && !cpio_add_entry(r))
			break;
		n += !trailer;
		r->at = MIN(cpio_pad((uint64_t)r->data + r->field[CPIO_SIZE]), r->size);
		if (trailer)
			cpio_skip_padding(r);
	}
	return n;
}

unsigned cpio_unpack(const char *name, paddr_t start, uint32_t size)
{
	struct cpio_reader r = { .archive = name, .start = start, .size = size };
	list_init(&r.links);
	r.name = kmalloc(PATH_LENGTH_MAX);
	if (!r.name) {
		log_error("archive %s: no memory to read it", name);
		return 0;
	}
	unsigned n = cpio_read_all(&r);
	list_for_each_entry_safe(struct cpio_link, l, &r.links, link) {
		inode_put(l->inode);
		kfree(l);
	}
	kfree(r.name);
	return n;
}
