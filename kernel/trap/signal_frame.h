/*
 * A handler's frame on the user stack, and the way back. Theory in signal_frame.c. Context:
 * process.
 */
#ifndef KERNEL_TRAP_SIGNAL_FRAME_H
#define KERNEL_TRAP_SIGNAL_FRAME_H

#include "kernel/proc/signal.h"

/*
 * Make the running process continue in @action's handler for @info; @mask is restored by sigreturn.
 * 0, or -EFAULT: no stack for the frame; registers are unchanged.
 */
MUST_CHECK int signal_frame_push(struct trap_frame *tf, const struct signal_action *action,
				 const struct signal_info *info, uint64_t mask);
/*
 * Restore registers and mask from the frame at @frame, which may be forged. 0 or -EFAULT: bad
 * memory, or selectors no program may have.
 */
MUST_CHECK int signal_frame_pop(struct trap_frame *tf, uptr_t frame);
MUST_CHECK int signal_frame_pop_rt(struct trap_frame *tf, uptr_t frame);

/* Linux's stack_t. */
struct signal_stack_words {
	uint32_t sp, flags, size;
};
/* The alternative stack as sigaltstack reports it, given stack pointer @sp. */
struct signal_stack_words signal_stack_now(const struct process *p, uptr_t sp);
/* 0, -EPERM (in use), -EINVAL, -ENOMEM (too small). */
int signal_stack_set(struct process *p, const struct signal_stack_words *new, uptr_t sp);

/* --- x87/SSE state in Linux's form (signal_fpu.c) --- */

/* Bytes that the running machine's form takes. */
size_t signal_fpu_bytes(void);
/* Where it goes below @sp, aligned for FXSAVE. */
uptr_t signal_fpu_place(uptr_t sp);
/* Save the running process's state to @to and reset it. 0 or -EFAULT. */
MUST_CHECK int signal_fpu_write(uptr_t to);
/* And restore it. 0, -EFAULT or -ENOMEM. */
MUST_CHECK int signal_fpu_read(uptr_t from);

/* Linux's si_code (FPE_*) for the floating-point error the CPU has just reported. */
int signal_fpu_code(bool simd);

#endif
