/*
 * A handler's frame on the user stack, and the way back.
 *
 * To run a handler, the interrupted program's CPU state is written to its stack, and the trap frame
 * is changed so that the kernel returns to the handler. The layout is Linux's to the byte, since
 * programs read and change it (ucontext): from the stack pointer up,
 *
 *   plain           return address, number, registers, an unused x87 area, rest of the mask, code
 *   with SA_SIGINFO return address, number, &siginfo, &ucontext, siginfo, ucontext, code
 *
 * and above it, aligned for FXSAVE, the x87/SSE state, to which the registers hold a pointer. The
 * first words are those of a C call: return address and arguments, which are in eax, edx and ecx
 * too. The handler returns to its restorer or to our page, which calls sigreturn with the stack
 * pointer just above the return address (and, in the plain frame, above the number).
 *
 * Nothing in a frame that comes back is trusted. A program can forge all of it, so registers only
 * get what user mode can load by itself: code and stack selectors must be the ones processes have,
 * data selectors the process's own, thread-local ones or null (with RPL 3: a kernel selector would
 * open the kernel's segment until the next load), of EFLAGS the bits popf at level 3 changes.
 * Anything else is SIGSEGV.
 *
 * Always true
 *   [signal_frame.1]  after sigreturn a trap frame has privilege level 3 in cs and ss, interrupts
 *       on and I/O privilege 0
 * Source: Linux's sigcontext.h and ucontext.h as programs include them; sigreturn(2),
 * sigaltstack(2).
 */
#include "kernel/trap/signal_frame.h"

#include "kernel/exec/signal_page.h"
#include "kernel/x86/cpu.h"
#include "kernel/x86/regs.h"
#include "lib/assert.h"
#include "lib/errno.h"
#include "lib/string.h"

enum { SS_ONSTACK = 1, SS_DISABLE = 2, STACK_MINIMUM = 2048 };
#define SS_AUTODISARM 0x80000000u
enum { FPU_UNUSED = 624, FRAME_ALIGN = 16, UC_FXSR = 0 };

/* Linux's struct sigcontext; selectors as words, their upper halves zero. */
struct frame_registers {
	uint32_t gs, fs, es, ds;
	uint32_t edi, esi, ebp, esp, ebx, edx, ecx, eax;
	uint32_t vector, error, eip, cs, eflags, esp_again, ss;
	uint32_t fpu; /* where the x87/SSE state lies; 0: none */
	uint32_t mask_low, address;
};

/* Linux's struct sigframe, without the 624 unused bytes in its middle. */
struct frame_head {
	uint32_t return_to, signo;
	struct frame_registers registers;
};
struct frame_tail {
	uint32_t mask_high;
	uint8_t code[8];
};
enum { FRAME_TAIL_AT = sizeof(struct frame_head) + FPU_UNUSED,
       FRAME_BYTES = FRAME_TAIL_AT + sizeof(struct frame_tail) };

struct frame_context {
	uint32_t flags, link;
	struct signal_stack_words stack;
	struct frame_registers registers;
	uint32_t mask[2];
};

/* Linux's struct rt_sigframe. */
struct frame_rt {
	uint32_t return_to, signo, info_at, context_at;
	struct signal_info info;
	uint8_t info_rest[128 - sizeof(struct signal_info)];
	struct frame_context context;
	uint8_t code[8];
};

/* --- the alternative stack --- */

static bool stack_is_alternative(const struct process *p, uptr_t sp)
{
	return !p->sig.altstack.disarm && sp > p->sig.altstack.start &&
	       sp - p->sig.altstack.start <= p->sig.altstack.size;
}

static uint32_t stack_flags(const struct process *p, uptr_t sp)
{
	if (!p->sig.altstack.size)
		return SS_DISABLE;
	return stack_is_alternative(p, sp) ? SS_ONSTACK : 0;
}

struct signal_stack_words signal_stack_now(const struct process *p, uptr_t sp)
{
	return (struct signal_stack_words){
		.sp = p->sig.altstack.start, .size = p->sig.altstack.size,
		.flags = stack_flags(p, sp) | (p->sig.altstack.disarm ? SS_AUTODISARM : 0),
	};
}

int signal_stack_set(struct process *p, const struct signal_stack_words *new, uptr_t sp)
{
	uint32_t mode = new->flags & ~SS_AUTODISARM;
	if (p->sig.altstack.size && stack_is_alternative(p, sp))
		return -EPERM;
	if (mode != 0 && mode != SS_ONSTACK && mode != SS_DISABLE)
		return -EINVAL;
	bool off = mode == SS_DISABLE;
	if (!off && new->size < STACK_MINIMUM)
		return -ENOMEM;
	p->sig.altstack.start = off ? 0 : new->sp;
	p->sig.altstack.size = off ? 0 : new->size;
	p->sig.altstack.disarm = new->flags & SS_AUTODISARM;
	return 0;
}

/* --- to the handler --- */

static struct frame_registers frame_save_registers(const struct trap_frame *tf, uint64_t mask,
						   uptr_t fpu)
{
	const struct process *p = process_running;
	return (struct frame_registers){
		.gs = tf->gs & 0xffff, .fs = tf->fs & 0xffff, .es = tf->es & 0xffff,
		.ds = tf->ds & 0xffff, .edi = tf->edi, .esi = tf->esi, .ebp = tf->ebp,
		.esp = tf->esp, .ebx = tf->ebx, .edx = tf->edx, .ecx = tf->ecx, .eax = tf->eax,
		.vector = p->sig.fault.vector, .error = p->sig.fault.error, .eip = tf->eip,
		.cs = tf->cs & 0xffff, .eflags = tf->eflags, .esp_again = tf->esp,
		.ss = tf->ss & 0xffff, .fpu = fpu, .mask_low = (uint32_t)mask,
		.address = p->sig.fault.address,
	};
}

static uint32_t frame_return_address(const struct signal_action *action, uint32_t ours)
{
	if (action->flags & SA_RESTORER)
		return action->restorer;
	return process_running->aspace->sigreturn_page + ours;
}

static int frame_write(uptr_t to, const void *from, size_t n)
{
	return user_write(process_running->aspace, to, from, n);
}

static int frame_write_plain(uptr_t at, const struct trap_frame *tf,
			     const struct signal_action *action, int signo, uint64_t mask,
			     uptr_t fpu)
{
	struct frame_head head = {
		.return_to = frame_return_address(action, SIGNAL_PAGE_SIGRETURN),
		.signo = (uint32_t)signo, .registers = frame_save_registers(tf, mask, fpu),
	};
	struct frame_tail tail = {
		.mask_high = (uint32_t)(mask >> 32),
		.code = { 0x58, 0xb8, 119, 0, 0, 0, 0xcd, 0x80 },
	};
	if (frame_write(at, &head, sizeof(head)) != 0)
		return -EFAULT;
	return frame_write(at + FRAME_TAIL_AT, &tail, sizeof(tail));
}

static int frame_write_rt(uptr_t at, const struct trap_frame *tf,
			  const struct signal_action *action, const struct signal_info *info,
			  uint64_t mask, uptr_t fpu)
{
	struct process *p = process_running;
	struct frame_rt f = {
		.return_to = frame_return_address(action, SIGNAL_PAGE_RT_SIGRETURN),
		.signo = (uint32_t)info->signo,
		.info_at = at + offsetof(struct frame_rt, info),
		.context_at = at + offsetof(struct frame_rt, context),
		.info = *info,
		.context = {
			.flags = UC_FXSR, .stack = signal_stack_now(p, tf->esp),
			.registers = frame_save_registers(tf, mask, fpu),
			.mask = { (uint32_t)mask, (uint32_t)(mask >> 32) },
		},
		.code = { 0xb8, 173, 0, 0, 0, 0xcd, 0x80, 0 },
	};
	if (p->sig.altstack.disarm)
		p->sig.altstack.size = 0;
	return frame_write(at, &f, sizeof(f));
}

/* The stack pointer to build the frame below; 0: the alternative stack has overflowed. */
static uptr_t frame_top(const struct process *p, const struct trap_frame *tf, uint32_t flags)
{
	if (flags & SA_ONSTACK && stack_flags(p, tf->esp) == 0)
		return p->sig.altstack.start + p->sig.altstack.size;
	return tf->esp;
}

int signal_frame_push(struct trap_frame *tf, const struct signal_action *action,
		      const struct signal_info *info, uint64_t mask)
{
	struct process *p = process_running;
	bool rt = action->flags & SA_SIGINFO;
	bool on_alternative = p->sig.altstack.size && stack_is_alternative(p, tf->esp);
	uptr_t fpu = signal_fpu_place(frame_top(p, tf, action->flags));
	uint32_t bytes = rt ? sizeof(struct frame_rt) : FRAME_BYTES;
	/* As if a call had pushed the return address onto an aligned stack. */
	uptr_t at = ROUND_DOWN(fpu - bytes + 4, FRAME_ALIGN) - 4;
	if (on_alternative && !stack_is_alternative(p, at))
		return -EFAULT;
	if (signal_fpu_write(fpu) != 0)
		return -EFAULT;
	int error = rt ? frame_write_rt(at, tf, action, info, mask, fpu)
		       : frame_write_plain(at, tf, action, info->signo, mask, fpu);
	if (error)
		return error;
	tf->esp = at;
	tf->eip = action->handler;
	tf->eax = (uint32_t)info->signo;
	tf->edx = rt ? at + offsetof(struct frame_rt, info) : 0;
	tf->ecx = rt ? at + offsetof(struct frame_rt, context) : 0;
	tf->cs = SELECTOR_USER_CODE;
	tf->ds = tf->es = tf->ss = SELECTOR_USER_DATA;
	tf->eflags &= ~(uint32_t)(EFLAGS_TF | EFLAGS_DF | EFLAGS_RF);
	return 0;
}

/* --- and back --- */

/* A data selector if the program may have it; null for anything else. */
static uint32_t frame_data_selector(uint32_t selector)
{
	uint32_t s = (selector & 0xffff) | 3;
	bool tls = s >> 3 >= SEGMENT_TLS_FIRST && s >> 3 < SEGMENT_TLS_FIRST + SEGMENT_NTLS;
	return s == SELECTOR_USER_DATA || (tls && !(s & 4)) ? s : 0;
}

static int frame_load_registers(struct trap_frame *tf, const struct frame_registers *r)
{
	uint32_t ss = frame_data_selector(r->ss);
	if ((r->cs & 0xffff) != SELECTOR_USER_CODE || ss == 0)
		return -EFAULT;
	if (r->fpu) {
		if (signal_fpu_read(r->fpu) != 0)
			return -EFAULT;
	} else {
		process_reset_fpu();
	}
	uint32_t eflags = (tf->eflags & ~(uint32_t)EFLAGS_USER) | (r->eflags & EFLAGS_USER);
	*tf = (struct trap_frame){
		.ebx = r->ebx, .ecx = r->ecx, .edx = r->edx, .esi = r->esi, .edi = r->edi,
		.ebp = r->ebp, .eax = r->eax, .ds = frame_data_selector(r->ds),
		.es = frame_data_selector(r->es), .fs = frame_data_selector(r->fs),
		.gs = frame_data_selector(r->gs), .vector = TRAP_SYSCALL,
		.error = UINT32_MAX, /* eax is not a system call's result */
		.eip = r->eip, .cs = SELECTOR_USER_CODE, .eflags = eflags, .esp = r->esp, .ss = ss,
	};
	ASSERT((tf->cs & 3) == 3 && (tf->ss & 3) == 3);			    /* [signal_frame.1] */
	ASSERT(tf->eflags & EFLAGS_IF && !(tf->eflags & EFLAGS_IOPL)); /* [signal_frame.1] */
	return 0;
}

int signal_frame_pop(struct trap_frame *tf, uptr_t frame)
{
	struct aspace *as = process_running->aspace;
	struct frame_head head;
	struct frame_tail tail;
	if (user_read(as, &head, frame, sizeof(head)) != 0 ||
	    user_read(as, &tail, frame + FRAME_TAIL_AT, sizeof(tail)) != 0)
		return -EFAULT;
	signal_set_mask((uint64_t)tail.mask_high << 32 | head.registers.mask_low);
	return frame_load_registers(tf, &head.registers);
}

int signal_frame_pop_rt(struct trap_frame *tf, uptr_t frame)
{
	struct process *p = process_running;
	struct frame_context c;
	if (user_read(p->aspace, &c, frame + offsetof(struct frame_rt, context), sizeof(c)) != 0)
		return -EFAULT;
	signal_set_mask((uint64_t)c.mask[1] << 32 | c.mask[0]);
	if (frame_load_registers(tf, &c.registers) != 0)
		return -EFAULT;
	/* As on Linux a bad stack is not reported here. */
	(void)signal_stack_set(p, &c.stack, tf->esp);
	return 0;
}
