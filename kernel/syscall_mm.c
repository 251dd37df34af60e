/*
 * System calls about memory: brk, mmap and what can be done with what it mapped.
 *
 * They check arguments in Linux's order and translate its flags; what happens to areas and pages is
 * mm/aspace's work. Files can be mapped privately, and shared for reading: the file system can not
 * be written, so a shared writable map of a file is -EACCES, as the file was not opened for
 * writing.
 */
#include "kernel/fs/file.h"
#include "kernel/syscall_calls.h"
#include "lib/errno.h"
#include "mm/reclaim.h"

enum {
	MAP_SHARED = 1, MAP_PRIVATE = 2, MAP_SHARED_VALIDATE = 3, MAP_TYPE = 0xf, MAP_FIXED = 0x10,
	MAP_ANONYMOUS = 0x20, MAP_GROWSDOWN = 0x100, MAP_LOCKED = 0x2000, MAP_NORESERVE = 0x4000,
	MAP_POPULATE = 0x8000, MAP_FIXED_NOREPLACE = 0x100000,
};
enum {
	PROT_ALL = PROT_R | PROT_W | PROT_X, PROT_GROWSDOWN = 0x01000000, PROT_GROWSUP = 0x02000000,
};
enum { ADVISE_NONE = 32 };
enum { MM_PAGES_MAX = 1 << 20, MM_ZERO_RDEV = 1 << 8 | 5 };

long sys_brk(const struct syscall_args *args)
{
	return (long)aspace_brk(process_running->aspace, args->a[0]);
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
	if (!inode_is(f->inode, MODE_REGULAR))
		return mmap_failed(-ENODEV);
	return (struct mmap_object){ .object = object_get(&f->inode->object) };
}

/* Linux's order of complaints. 0 or an error. */
static long mmap_check(const struct mmap_args *m)
{
	unsigned type = m->flags & MAP_TYPE;
	if (m->length == 0)
		return -EINVAL;
	if (page_up(m->length) == 0)
		return -ENOMEM;
	if ((uint64_t)m->page + (page_up(m->length) >> PAGE_SHIFT) > MM_PAGES_MAX)
		return -EOVERFLOW;
	if (type != MAP_SHARED && type != MAP_PRIVATE && type != MAP_SHARED_VALIDATE)
		return -EINVAL;
	bool anonymous = m->flags & MAP_ANONYMOUS;
	if (anonymous && type == MAP_SHARED_VALIDATE)
		return -EINVAL;
	if (m->flags & MAP_GROWSDOWN && !(anonymous && type == MAP_PRIVATE))
		return -EINVAL;
	return 0;
}

static long mmap_do(const struct mmap_args *m)
{
	bool anonymous = m->flags & MAP_ANONYMOUS;
	bool shared = (m->flags & MAP_TYPE) != MAP_PRIVATE;
	struct file *f = anonymous ? NULL : files_find(process_running->files, m->fd);
	if (!anonymous && !f)
		return -EBADF;
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
		.prot = m->prot & PROT_ALL,
		.map_flags = (fixed ? ASPACE_FIXED : 0) |
			     (m->flags & MAP_FIXED_NOREPLACE ? ASPACE_NOREPLACE : 0),
		.vma_flags = (shared ? VMA_SHARED : 0) |
			     (m->flags & MAP_GROWSDOWN ? VMA_GROWSDOWN : 0) |
			     (m->flags & MAP_NORESERVE ? VMA_NORESERVE : 0) |
			     (m->flags & MAP_LOCKED ? VMA_LOCKED : 0),
		.object = backing.object,
		.index = f && backing.object && inode_is(f->inode, MODE_REGULAR) ? m->page : 0,
	};
	long result = aspace_map(process_running->aspace, &request);
	if (backing.object)
		reclaim_object_put(backing.object);
	/* The map holds even if its pages can not all be had now, as on Linux. */
	if (!is_error(result) && m->flags & (MAP_LOCKED | MAP_POPULATE))
		(void)aspace_populate(process_running->aspace, (vaddr_t)result, m->length);
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

/* A shared map of a file must not become writable behind open's back. */
static bool mm_has_shared_file(const struct aspace *as, vaddr_t start, vaddr_t end)
{
	for (const struct vma *v = vma_find_from(&as->areas, start); v && v->start < end;
	     v = vma_next(v))
		if (v->flags & VMA_SHARED && v->object->ops->read)
			return true;
	return false;
}

long sys_mprotect(const struct syscall_args *args)
{
	struct aspace *as = process_running->aspace;
	vaddr_t start = args->a[0];
	size_t length = page_up(args->a[1]);
	unsigned prot = args->a[2] & ~(uint32_t)(PROT_GROWSDOWN | PROT_GROWSUP);
	if (start & PAGE_MASK)
		return -EINVAL;
	if (args->a[1] == 0)
		return 0;
	if (start + length <= start)
		return -ENOMEM;
	if (prot & ~(unsigned)(PROT_ALL | 8)) /* 8: PROT_SEM, which asks for nothing */
		return -EINVAL;
	if (prot & PROT_W && mm_has_shared_file(as, start, start + length))
		return -EACCES;
	return aspace_protect(as, start, length, prot & PROT_ALL);
}

/* mremap(old, old length, new length, flags, new address) */
long sys_mremap(const struct syscall_args *args)
{
	const uint32_t *a = args->a;
	return aspace_remap(process_running->aspace, a[0], a[1], a[2], a[3], a[4]);
}

/* --- advice and locks --- */

long sys_madvise(const struct syscall_args *args)
{
	/* NORMAL RANDOM SEQUENTIAL, MERGEABLE .. DODUMP: they ask for nothing that we must do. */
	const uint32_t nothing = 7u | 0x3fu << 12;
	vaddr_t start = args->a[0];
	uint32_t advice = args->a[2];
	size_t length = page_up(args->a[1]);
	if (advice < 32 && nothing >> advice & 1)
		advice = ADVISE_NONE;
	else if (advice == ADVISE_NONE)
		return -EINVAL;
	if (start & PAGE_MASK || (args->a[1] && !length) || start + length < start)
		return -EINVAL;
	if (advice != ADVISE_NONE)
		return aspace_advise(process_running->aspace, start, length, advice);
	return aspace_covers(process_running->aspace, start, length) ? 0 : -ENOMEM;
}

/* mincore(start, length, bytes): one byte a page. */
long sys_mincore(const struct syscall_args *args)
{
	struct aspace *as = process_running->aspace;
	vaddr_t start = args->a[0];
	size_t length = page_up(args->a[1]);
	if (start & PAGE_MASK)
		return -EINVAL;
	if ((args->a[1] && !length) || start + length < start || start + length > USER_TOP)
		return -ENOMEM;
	if (!aspace_covers(as, start, length))
		return -ENOMEM;
	for (size_t i = 0; i < length / PAGE_SIZE; i++) {
		uint8_t in = aspace_in_core(as, start + i * PAGE_SIZE);
		if (syscall_write_user(args->a[2] + i, &in, sizeof(in)) != 0)
			return -EFAULT;
	}
	return 0;
}

long sys_mlock(const struct syscall_args *args)
{
	return aspace_lock(process_running->aspace, args->a[0], args->a[1], false);
}

long sys_mlock2(const struct syscall_args *args)
{
	enum { MLOCK_ONFAULT = 1 };
	if (args->a[2] & ~(uint32_t)MLOCK_ONFAULT)
		return -EINVAL;
	return aspace_lock(process_running->aspace, args->a[0], args->a[1], args->a[2]);
}

long sys_munlock(const struct syscall_args *args)
{
	return aspace_unlock(process_running->aspace, args->a[0], args->a[1]);
}

long sys_mlockall(const struct syscall_args *args)
{
	enum { MCL_CURRENT = 1, MCL_FUTURE = 2, MCL_ONFAULT = 4 };
	uint32_t flags = args->a[0];
	uint32_t known = MCL_CURRENT | MCL_FUTURE | MCL_ONFAULT;
	if (flags & ~known || !flags || flags == MCL_ONFAULT)
		return -EINVAL;
	struct aspace *as = process_running->aspace;
	long error = flags & MCL_CURRENT ? aspace_lock_all(as, flags & MCL_ONFAULT) : 0;
	as->lock_future = !error && flags & MCL_FUTURE;
	return error;
}

long sys_munlockall(const struct syscall_args *args)
{
	(void)args;
	aspace_unlock_all(process_running->aspace);
	return 0;
}

/* Shared memory has no file behind it that could be behind. */
long sys_msync(const struct syscall_args *args)
{
	enum { MS_ASYNC = 1, MS_INVALIDATE = 2, MS_SYNC = 4, MS_ALL = 7 };
	uint32_t flags = args->a[2];
	if (flags & ~(uint32_t)MS_ALL || args->a[0] & PAGE_MASK ||
	    (flags & (MS_ASYNC | MS_SYNC)) == (MS_ASYNC | MS_SYNC))
		return -EINVAL;
	vaddr_t end = args->a[0] + page_up(args->a[1]);
	for (vaddr_t at = args->a[0]; at < end;) {
		struct vma *v = vma_find(&process_running->aspace->areas, at);
		if (!v)
			return -ENOMEM;
		at = v->end;
	}
	return end < args->a[0] ? -ENOMEM : 0;
}
