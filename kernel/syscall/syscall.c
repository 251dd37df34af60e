/*
 * System calls: Linux i386's, by int 0x80.
 *
 * The number is in eax, the arguments in ebx, ecx, edx, esi, edi, ebp, which are the first words of
 * the trap frame in this order; so a handler gets the frame itself as its array of arguments. The
 * result is in eax; all other registers are preserved.
 *
 * Handlers check arguments in Linux's order, so that a call with two errors reports the same one.
 * User pointers are numbers (uptr_t) and pass through mm/user.h, never through a C pointer. A
 * number without a handler is -ENOSYS and one line in the log, the first time.
 */
#include "kernel/syscall/syscall.h"

#include "kernel/base/log.h"
#include "kernel/fs/file.h"
#include "kernel/proc/sched.h"
#include "kernel/proc/signal.h"
#include "kernel/trap/trap.h"
#include "kernel/x86/vector.h"
#include "lib/bitmap.h"
#include "lib/errno.h"
#include "mm/reclaim.h"
#include "mm/slab.h"

/* Path buffers: most paths are short. */
enum { SYSCALL_PATH_MAX = 4096, SYSCALL_PATH_SHORT = 256 };

static __attribute__((noinline, cold)) long syscall_unknown(uint32_t number)
{
	static uint32_t reported[BITMAP_WORDS(SYSCALL_COUNT + 1)];
	size_t bit = number < SYSCALL_COUNT ? number : SYSCALL_COUNT;
	if (!bitmap_test(reported, bit)) {
		bitmap_set(reported, bit);
		log_warn("%s: system call %u is not there", process_describe(), number);
	}
	return -ENOSYS;
}

static void syscall_handle(struct trap_frame *tf)
{
	uint32_t number = tf->eax;
	syscall_fn *handler = number < SYSCALL_COUNT ? syscall_table[number] : NULL;
	long result = LIKELY(handler != NULL) ? handler((const struct syscall_args *)tf)
					      : syscall_unknown(number);
	tf->eax = (uint32_t)result;
	/* Interrupted calls are resolved on the way back to user mode. */
	if (UNLIKELY(result < 0 && result >= -ERESTART_RESTARTBLOCK && result <= -ERESTARTSYS))
		sched_request();
}

static long syscall_on(struct file *f, const struct syscall_args *args, syscall_file_fn *call)
{
	if (UNLIKELY(!f))
		return -EBADF;
	long result = call(f, args);
	file_put(f);
	return result;
}

long syscall_on_file(const struct syscall_args *args, syscall_file_fn *call)
{
	struct file *f = files_find(process_running->fs.files, args->a[0]);
	return syscall_on(f && !(f->flags & O_PATH) ? file_get(f) : NULL, args, call);
}

long syscall_on_descriptor(const struct syscall_args *args, syscall_file_fn *call)
{
	return syscall_on(files_hold(process_running->fs.files, args->a[0]), args, call);
}

int syscall_read_user(void *dst, uptr_t src, size_t n)
{
	return user_read(process_running->aspace, dst, src, n);
}

int syscall_write_user(uptr_t dst, const void *src, size_t n)
{
	return user_write(process_running->aspace, dst, src, n);
}

static char *syscall_path_error(char *buf, long error)
{
	kfree(buf);
	return (char *)error;
}

/* In a buffer of @size bytes. */
static char *syscall_path_sized(uptr_t path, size_t size)
{
	char *buf = reclaim_kmalloc(size);
	if (!buf)
		return syscall_path_error(NULL, -ENOMEM);
	long length = user_read_string(process_running->aspace, buf, path, size);
	return length < 0 ? syscall_path_error(buf, length) : buf;
}

char *syscall_path(uptr_t path)
{
	char *buf = syscall_path_sized(path, SYSCALL_PATH_SHORT);
	if ((long)buf != -ENAMETOOLONG)
		return buf;
	return syscall_path_sized(path, SYSCALL_PATH_MAX);
}

/* From the vector of int 0x80, interrupts on. */
static void syscall_enter(struct trap_frame *tf)
{
	observe_enter(tf, true);
	syscall_handle(tf);
	trap_leave(tf, true);
}

void syscall_init(void)
{
	vector_set(VECTOR_CALL, VECTOR_CALL + 1, syscall_enter);
}
