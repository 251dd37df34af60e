/*
 * Accessing user memory.
 *
 * A system call's pointer is a number that a program made up. It becomes an address only here:
 * segment_to_linear checks it against the process's limit and adds the base, so nothing outside the
 * process's window can be named, least of all the kernel. The copy then runs with the process's own
 * page tables; missing pages are brought in by the ordinary page fault, and one that cannot be ends
 * the copy with -EFAULT. A page may be evicted in the middle of a copy: the next byte faults it in
 * again, so nothing has to be pinned.
 *
 * A whole process on swap is brought in before its pointer is translated; from there to the end of
 * the copy nothing sleeps, so base and limit stay valid.
 *
 * Always true: no other code in the kernel uses a user address.
 * Left out: telling -ENOMEM from -EFAULT. A process that cannot get its page is killed.
 * Source: the exception-table idea is Linux's (Documentation/x86/exception-tables).
 */
#include "mm/user.h"

#include "kernel/x86/cpu.h"
#include "lib/errno.h"
#include "lib/string.h"
#include "mm/partition/contiguous.h"

enum { STRING_CHUNK = 64 };

static bool user_linear(struct aspace *as, uptr_t offset, size_t n, vaddr_t *linear)
{
	if (contiguous_need(as) != 0)
		return false;
	return segment_to_linear(&as->segment, offset, n, linear) == 0;
}

int user_read(struct aspace *as, void *dst, uptr_t src, size_t n)
{
	vaddr_t linear;
	if (!user_linear(as, src, n, &linear) || cpu_user_read(dst, linear, n) != 0)
		return -EFAULT;
	return 0;
}

int user_write(struct aspace *as, uptr_t dst, const void *src, size_t n)
{
	vaddr_t linear;
	if (!user_linear(as, dst, n, &linear) || cpu_user_write(linear, src, n) != 0)
		return -EFAULT;
	return 0;
}

int user_clear(struct aspace *as, uptr_t dst, size_t n)
{
	vaddr_t linear;
	if (!user_linear(as, dst, n, &linear) || cpu_user_clear(linear, n) != 0)
		return -EFAULT;
	return 0;
}

/* In chunks that cross neither a page nor the limit: bytes after the NUL may not exist. */
long user_read_string(struct aspace *as, char *dst, uptr_t src, size_t size)
{
	size_t done = 0;
	while (done < size) {
		uptr_t at = src + done;
		size_t n = MIN(size - done, STRING_CHUNK - (at & (STRING_CHUNK - 1)));
		if (at < as->segment.data_limit)
			n = MIN(n, as->segment.data_limit - at);
		int err = user_read(as, dst + done, at, n);
		if (err)
			return err;
		size_t length = strnlen(dst + done, n);
		if (length < n)
			return (long)(done + length);
		done += n;
	}
	return -ENAMETOOLONG;
}
