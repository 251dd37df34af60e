/*
 * System calls about memory: brk, mmap, munmap, mprotect and mremap. Advice and locks are in
 * syscall_vm.c.
 *
 * They check arguments in Linux's order and translate its flags; mm/aspace does the work on areas
 * and pages. A shared map of a file maps the file's own pages, so read and write see the same
 * bytes; it may be writable, now or by a later mprotect, only if the file was opened for writing.
 *
 * MAP_DENYWRITE, no longer enforced, is how dynamic linkers mark the first map of a library: it is
 * placed with code.
 */
#include "kernel/fs/file.h"
#include "kernel/fs/tmpfs.h"
#include "kernel/partition/load.h"
#include "kernel/syscall/syscall_calls.h"
#include "lib/errno.h"
#include "mm/reclaim.h"

enum {
	MAP_SHARED = 1, MAP_PRIVATE = 2, MAP_SHARED_VALIDATE = 3, MAP_TYPE = 0xf, MAP_FIXED = 0x10,
	MAP_ANONYMOUS = 0x20, MAP_GROWSDOWN = 0x100, MAP_DENYWRITE = 0x800, MAP_LOCKED = 0x2000,
	MAP_NORESERVE = 0x4000, MAP_POPULATE = 0x8000, MAP_FIXED_NOREPLACE = 0x100000,
	MAP_KNOWN = 0x1fff3f, /* what MAP_SHARED_VALIDATE lets through */
};
enum {
	PROT_ALL = PROT_R | PROT_W | PROT_X, PROT_GROWSDOWN = 0x01000000, PROT_GROWSUP = 0x02000000,
};
enum { MM_PAGES_MAX = 1 << 20, MM_ZERO_RDEV = 1 << 8 | 5 };
enum { PERSONALITY_READ_IMPLIES_EXEC = 0x0400000 };

/* The permissions @prot means in this process: for some old programs read implies execute. */
static unsigned mm_prot(unsigned prot)
{
	bool implied = process_running->personality & PERSONALITY_READ_IMPLIES_EXEC;
	return (prot & PROT_ALL) | (implied && prot & PROT_R ? PROT_X : 0);
}

long sys_brk(const struct syscall_args *args)
{
	struct aspace *as = process_running->aspace;
	vaddr_t old = as->brk, wanted = args->a[0];
	if (as->lock_future && wanted > old && !aspace_may_lock(as, page_up(wanted - old)))
		return (long)old;
	vaddr_t now = aspace_brk(as, wanted);
	if (as->lock_future && now > old)
		(void)aspace_populate(as, old, now - old);
	return (long)now;
}

/* --- mmap --- */

struct mmap_args {
	uint32_t addr, length, prot, flags, fd, page;
};

/* The object to map, with a reference of its own (NULL: private zeroes), or an error. */
struct mmap_object {
	struct object *object;
	long error;
};

static struct mmap_object mmap_failed(long error)
{
	return (struct mmap_object){ .error = error };
}

static struct mmap_object mmap_anonymous(const struct mmap_args *m)
{
	struct mmap_object found = { .object = NULL };
	if ((m->flags & MAP_TYPE) == MAP_PRIVATE)
		return found;
	found.object = object_create_shared(page_up(m->length));
	return found.object ? found : mmap_failed(-ENOMEM);
}

static struct mmap_object mmap_file(const struct mmap_args *m, struct file *f)
{
	bool shared = (m->flags & MAP_TYPE) != MAP_PRIVATE;
	if (shared && m->prot & PROT_W && !file_writable(f))
		return mmap_failed(-EACCES);
	if (!file_readable(f))
		return mmap_failed(-EACCES);
	if (inode_is(f->inode, MODE_CHAR) && f->inode->rdev == MM_ZERO_RDEV)
		return mmap_anonymous(m);
	if (!tmpfs_has_pages(f->inode))
		return mmap_failed(-ENODEV);
	return (struct mmap_object){ .object = object_get(&f->inode->object) };
}

/* May the new map be locked, if requested? 0 or an error. */
static long mmap_check_lock(const struct mmap_args *m)
{
	const struct aspace *as = process_running->aspace;
	if (m->flags & MAP_LOCKED && as->limit_memlock == 0)
		return -EPERM;
	bool locked = m->flags & MAP_LOCKED || as->lock_future;
	return locked && !aspace_may_lock(as, page_up(m->length)) ? -EAGAIN : 0;
}

/* Checks in Linux's order. 0 or an error. */
static long mmap_check(const struct mmap_args *m)
{
	unsigned type = m->flags & MAP_TYPE;
	if (m->length == 0)
		return -EINVAL;
	if (page_up(m->length) == 0)
		return -ENOMEM;
	if ((uint64_t)m->page + (page_up(m->length) >> PAGE_SHIFT) > MM_PAGES_MAX)
		return -EOVERFLOW;
	bool anonymous = m->flags & MAP_ANONYMOUS;
	if (type != MAP_SHARED && type != MAP_PRIVATE &&
	    (type != MAP_SHARED_VALIDATE || anonymous))
		return -EINVAL;
	if (type == MAP_SHARED_VALIDATE && m->flags & ~(uint32_t)MAP_KNOWN)
		return -EOPNOTSUPP;
	if (m->flags & MAP_GROWSDOWN && !(anonymous && type == MAP_PRIVATE))
		return -EINVAL;
	return mmap_check_lock(m);
}

static unsigned mmap_vma_flags(const struct mmap_args *m, const struct file *f)
{
	unsigned flags = (m->flags & MAP_GROWSDOWN ? VMA_GROWSDOWN : 0) |
			 (m->flags & MAP_NORESERVE ? VMA_NORESERVE : 0) |
			 (m->flags & MAP_LOCKED ? VMA_LOCKED : 0);
	if ((m->flags & MAP_TYPE) == MAP_PRIVATE)
		return flags;
	return flags | VMA_SHARED | (f && !file_writable(f) ? VMA_NOWRITE : 0);
}

/* @f NULL: no file. */
static long mmap_with(const struct mmap_args *m, struct file *f)
{
	struct aspace *as = process_running->aspace;
	long error = mmap_check(m);
	if (error)
		return error;
	struct mmap_object backing = f ? mmap_file(m, f) : mmap_anonymous(m);
	if (backing.error)
		return backing.error;
	bool fixed = m->flags & (MAP_FIXED | MAP_FIXED_NOREPLACE);
	struct aspace_map request = {
		.start = m->addr,
		.length = m->length,
		.prot = mm_prot(m->prot),
		.map_flags = (fixed ? ASPACE_FIXED : 0) |
			     (f && m->flags & MAP_DENYWRITE ? ASPACE_CODE : 0) |
			     (m->flags & MAP_FIXED_NOREPLACE ? ASPACE_NOREPLACE : 0),
		.vma_flags = mmap_vma_flags(m, f),
		.object = backing.object,
		.index = f && backing.object && inode_is(f->inode, MODE_REGULAR) ? m->page : 0,
	};
	bool read_in = !as->ops->paged && f && backing.object;
	long result = read_in ? partition_map_file(as, &request, f->inode)
			      : aspace_map(as, &request);
	if (backing.object)
		object_put(backing.object);
	/* The map stays even if not all its pages can be brought in now, as on Linux. */
	if (!is_error(result) && (m->flags & (MAP_LOCKED | MAP_POPULATE) || as->lock_future))
		(void)aspace_populate(as, (vaddr_t)result, m->length);
	return result;
}

static long mmap_do(const struct mmap_args *m)
{
	if (m->flags & MAP_ANONYMOUS)
		return mmap_with(m, NULL);
	struct file *f = files_hold(process_running->fs.files, m->fd);
	if (!f)
		return -EBADF;
	long result = mmap_with(m, f);
	file_put(f);
	return result;
}

long sys_mmap2(const struct syscall_args *args)
{
	const uint32_t *a = args->a;
	return mmap_do(&(struct mmap_args){ a[0], a[1], a[2], a[3], a[4], a[5] });
}

/* The old form: six words in memory, the offset in bytes. */
long sys_mmap(const struct syscall_args *args)
{
	struct mmap_args m;
	if (syscall_read_user(&m, args->a[0], sizeof(m)) != 0)
		return -EFAULT;
	if (m.page & PAGE_MASK)
		return -EINVAL;
	m.page >>= PAGE_SHIFT;
	return mmap_do(&m);
}

/* --- changing and removing --- */

long sys_munmap(const struct syscall_args *args)
{
	return aspace_unmap(process_running->aspace, args->a[0], args->a[1]);
}

/* A shared map must not become writable if the file was not opened for writing. */
static bool mm_is_read_only(const struct aspace *as, vaddr_t start, vaddr_t end)
{
	for (const struct vma *v = vma_find_from(&as->areas, start); v && v->start < end;
	     v = vma_next(v))
		if (v->flags & VMA_NOWRITE)
			return true;
	return false;
}

/* PROT_GROWSDOWN: from the start of the stack. The start to change, or -EINVAL: not a stack. */
static long mm_stack_start(const struct aspace *as, vaddr_t start)
{
	const struct vma *v = vma_find_from(&as->areas, start);
	return v && v->start <= start && v->flags & VMA_GROWSDOWN ? (long)v->start : -EINVAL;
}

static long mm_protect_locked(struct aspace *as, vaddr_t start, vaddr_t end, unsigned prot,
			      unsigned grows)
{
	if (!vma_find_from(&as->areas, start))
		return -ENOMEM;
	if (grows) {
		long from = grows == PROT_GROWSDOWN ? mm_stack_start(as, start) : -EINVAL;
		if (is_error(from))
			return from;
		start = (vaddr_t)from;
	}
	if (prot & PROT_W && mm_is_read_only(as, start, end))
		return -EACCES;
	return aspace_protect_locked(as, start, end - start, mm_prot(prot));
}

long sys_mprotect(const struct syscall_args *args)
{
	struct aspace *as = process_running->aspace;
	vaddr_t start = args->a[0], end = start + page_up(args->a[1]);
	unsigned grows = args->a[2] & (PROT_GROWSDOWN | PROT_GROWSUP);
	unsigned prot = args->a[2] & ~grows;
	if (grows == (PROT_GROWSDOWN | PROT_GROWSUP) || start & PAGE_MASK)
		return -EINVAL;
	if (args->a[1] == 0)
		return 0;
	if (end <= start)
		return -ENOMEM;
	if (prot & ~(unsigned)(PROT_ALL | 8)) /* 8: PROT_SEM, which has no effect */
		return -EINVAL;
	long error = aspace_lock_exclusive(as);
	if (error)
		return error;
	error = mm_protect_locked(as, start, end, prot, grows);
	aspace_unlock(as);
	return error;
}

/* mremap(old, old length, new length, flags, new address) */
long sys_mremap(const struct syscall_args *args)
{
	const uint32_t *a = args->a;
	return aspace_remap(process_running->aspace, a[0], a[1], a[2], a[3], a[4]);
}
