/*
 * System calls about mapped memory: advice, residency, locks, msync, and remap_file_pages.
 *
 * They check arguments in Linux's order; mm/aspace does the work on areas and pages. There is
 * nothing to write back: a file's pages are the file, both for read(2) and for maps.
 */
#include "kernel/syscall/syscall_calls.h"
#include "lib/errno.h"
#include "mm/reclaim.h"

/* --- advice and locks --- */

long sys_madvise(const struct syscall_args *args)
{
	vaddr_t start = args->a[0];
	uint32_t advice = args->a[2];
	size_t length = page_up(args->a[1]);
	if (start & PAGE_MASK || (args->a[1] && !length) || start + length < start)
		return -EINVAL;
	return aspace_advise(process_running->aspace, start, length, advice);
}

enum { MINCORE_CHUNK = 64 };

/* Writing to the program may sleep, and others may unmap: each chunk is looked at anew. */
static int mincore_some(struct aspace *as, vaddr_t start, size_t n, uptr_t to)
{
	uint8_t in[MINCORE_CHUNK];
	if (!aspace_covers(as, start, n * PAGE_SIZE))
		return -ENOMEM;
	for (size_t i = 0; i < n; i++)
		in[i] = aspace_in_core(as, start + i * PAGE_SIZE);
	return syscall_write_user(to, in, n) != 0 ? -EFAULT : 0;
}

/* mincore(start, length, bytes): one byte per page. */
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
	for (size_t i = 0; i < length / PAGE_SIZE; i += MINCORE_CHUNK) {
		size_t n = MIN(length / PAGE_SIZE - i, (size_t)MINCORE_CHUNK);
		int error = mincore_some(as, start + i * PAGE_SIZE, n, args->a[2] + i);
		if (error)
			return error;
	}
	return 0;
}

static long vm_lock(vaddr_t start, size_t length, bool on_fault)
{
	struct aspace *as = process_running->aspace;
	return as->limit_memlock == 0 ? -EPERM : aspace_mlock(as, start, length, on_fault);
}

long sys_mlock(const struct syscall_args *args)
{
	return vm_lock(args->a[0], args->a[1], false);
}

long sys_mlock2(const struct syscall_args *args)
{
	enum { MLOCK_ONFAULT = 1 };
	if (args->a[2] & ~(uint32_t)MLOCK_ONFAULT)
		return -EINVAL;
	return vm_lock(args->a[0], args->a[1], args->a[2]);
}

long sys_munlock(const struct syscall_args *args)
{
	return aspace_munlock(process_running->aspace, args->a[0], args->a[1]);
}

long sys_mlockall(const struct syscall_args *args)
{
	enum { MCL_CURRENT = 1, MCL_FUTURE = 2, MCL_ONFAULT = 4 };
	uint32_t flags = args->a[0];
	uint32_t known = MCL_CURRENT | MCL_FUTURE | MCL_ONFAULT;
	if (flags & ~known || !flags || flags == MCL_ONFAULT)
		return -EINVAL;
	struct aspace *as = process_running->aspace;
	if (as->limit_memlock == 0)
		return -EPERM;
	long error = flags & MCL_CURRENT ? aspace_mlock_all(as, flags & MCL_ONFAULT) : 0;
	as->lock_future = !error && flags & MCL_FUTURE;
	return error;
}

long sys_munlockall(const struct syscall_args *args)
{
	(void)args;
	aspace_munlock_all(process_running->aspace);
	return 0;
}

/* msync's result for one area: 0, or -EBUSY. */
static long msync_area(const struct vma *v, bool invalidate)
{
	return invalidate && v->flags & VMA_LOCKED ? -EBUSY : 0;
}

/* msync(start, length, flags). A hole is -ENOMEM, but only after the rest is done, unless ASYNC. */
long sys_msync(const struct syscall_args *args)
{
	enum { MS_ASYNC = 1, MS_INVALIDATE = 2, MS_SYNC = 4, MS_ALL = 7 };
	const struct aspace *as = process_running->aspace;
	uint32_t flags = args->a[2];
	vaddr_t at = args->a[0], end = at + page_up(args->a[1]);
	if (flags & ~(uint32_t)MS_ALL || at & PAGE_MASK ||
	    (flags & (MS_ASYNC | MS_SYNC)) == (MS_ASYNC | MS_SYNC))
		return -EINVAL;
	if (end < at || (args->a[1] && end == at))
		return -ENOMEM;
	long result = 0;
	for (const struct vma *v = vma_find_from(&as->areas, at); at < end; v = vma_next(v)) {
		if (!v || v->start >= end)
			return -ENOMEM;
		if (v->start > at)
			result = -ENOMEM;
		if (result && flags == MS_ASYNC)
			return result;
		long error = msync_area(v, flags & MS_INVALIDATE);
		if (error)
			return error;
		at = v->end;
	}
	return result;
}

/* --- remap_file_pages --- */

/* Is [start, end), which begins in @v, one piece of one shared object? */
static bool remap_is_whole(const struct vma *v, vaddr_t end)
{
	const struct vma *next = v;
	while (next->end < end) {
		vaddr_t at = next->end;
		next = vma_next(next);
		if (!next || next->start != at || next->object != v->object ||
		    next->flags != v->flags)
			return false;
	}
	return true;
}

static long remap_pages_locked(struct aspace *as, vaddr_t start, vaddr_t end, uint32_t page)
{
	const struct vma *v = vma_find(&as->areas, start);
	if (!v || !(v->flags & VMA_SHARED) || !remap_is_whole(v, end))
		return -EINVAL;
	struct aspace_map request = {
		.start = start,
		.length = end - start,
		.prot = v->prot,
		.map_flags = ASPACE_FIXED,
		.vma_flags = v->flags,
		.object = object_get(v->object), /* the area may be its only user, and is removed */
		.index = page,
	};
	long result = aspace_map_locked(as, &request);
	object_put(request.object);
	return result;
}

/*
 * remap_file_pages(start, size, prot, page, flags): part of a shared map maps other pages of its
 * object. As on Linux since 4.0 that is an area of its own, mapped over.
 */
long sys_remap_file_pages(const struct syscall_args *args)
{
	struct aspace *as = process_running->aspace;
	vaddr_t start = page_down(args->a[0]), end = start + page_down(args->a[1]);
	uint32_t page = args->a[3];
	if (args->a[2] || end <= start)
		return -EINVAL;
	if (((uint64_t)page << PAGE_SHIFT) + (end - start) > UINT32_MAX)
		return -EINVAL;
	long result = aspace_lock_exclusive(as);
	if (result)
		return result;
	result = remap_pages_locked(as, start, end, page);
	aspace_unlock(as);
	if (is_error(result))
		return result;
	(void)aspace_populate(as, start, end - start);
	return 0;
}
