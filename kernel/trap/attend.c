/*
 * The way back to user mode: what a process has to do before it returns.
 *
 * Here a process holds nothing: no lock, no pin, no half-made page. So this is the place for
 * everything that may take long or never return: deferred work, rescheduling, a suspension by load
 * control, reloading a swapped-out partition, signals. It loops until nothing is left, with
 * interrupts off at the last check, so nothing arrives between that check and the return.
 *
 * Always true
 *   [attend.1]  a frame by which the kernel returns to user mode has privilege level 3 in cs and
 *       ss, and interrupts on, whatever a signal's return put there
 *   [attend.2]  a process that leaves the kernel is RUNNABLE, on no queue, and has a space, files
 *       and a group
 */
#include "kernel/trap/attend.h"

#include "kernel/partition/dispatch.h"
#include "kernel/proc/itimer.h"
#include "kernel/proc/load_control.h"
#include "kernel/proc/process.h"
#include "kernel/proc/sched.h"
#include "kernel/proc/signal.h"
#include "kernel/trap/signal_act.h"
#include "kernel/x86/cpu.h"
#include "kernel/x86/regs.h"
#include "lib/assert.h"

/*
 * Restart a call that a signal interrupted, if no handler ran. Its number is where an exception has
 * its error code.
 */
static void attend_restart_call(struct trap_frame *tf)
{
	enum { INT80_BYTES = 2, NR_RESTART_SYSCALL = 0 };
	uint32_t error = -tf->eax;
	if (tf->vector != TRAP_SYSCALL || (int32_t)tf->error < 0)
		return;
	if (error == ERESTART_RESTARTBLOCK)
		tf->eax = NR_RESTART_SYSCALL;
	else if (error == ERESTARTSYS || error == ERESTARTNOINTR || error == ERESTARTNOHAND)
		tf->eax = tf->error;
	else
		return;
	tf->error = UINT32_MAX; /* settled */
	tf->eip -= INT80_BYTES;
}

void attend(struct trap_frame *tf)
{
	struct process *p = process_running;
	while (sched_attention || signal_wanted(p)) {
		irq_enable();
		if (sched_work())
			sched_give_way();
		if (p->load.asked)
			load_control_attend(p);
		itimer_attend(p);
		allot_sample(p->aspace->allot);
		dispatch_attend(p);
		if (signal_wanted(p))
			signal_act(tf);
		signal_restore_mask();
		irq_disable();
	}
	dispatch_leave(p);
	ASSERT((tf->cs & 3) == 3 && (tf->ss & 3) == 3 && tf->eflags & EFLAGS_IF); /* [attend.1] */
	/* [attend.2] */
	ASSERT(p->run.state == PROCESS_RUNNABLE && !list_node_linked(&p->run.link));
	ASSERT(!list_node_linked(&p->run.timer_link) && p->aspace && p->fs.files && p->group);
	attend_restart_call(tf);
}
