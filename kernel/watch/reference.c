/*
 * The exact reference string of the first process (trace=reference).
 *
 * Problem: which pages does a program use, in which order? The MMU's accessed bits show that a page
 * was used, not when and how often, and page faults show only pages that are not present.
 *
 * Idea: between two instructions the program has access to one page, that of its code; access to
 * all others is revoked (mm/pmap.h): they are resident, but the MMU refuses them. Code that stays
 * on its page runs at full speed. An instruction that needs another page faults; access is granted
 * and recorded, and the instruction runs with the trap flag set. When it has completed, the debug
 * trap revokes what was granted, and the program is back on the page of its code, which is recorded
 * again. An instruction that needs several pages (a call through memory, a string move, one that
 * crosses a page boundary) gets them fault by fault. Write access is granted separately, so that an
 * instruction that reads and then writes is recorded as both.
 *
 * Revoking access changes nothing for the rest of the kernel: reclaim, the reverse map and the
 * policy see the same entries with the same accessed and dirty bits. A grant is not counted as a
 * fault. A page that is really missing faults and is counted as usual, and is recorded once it is
 * resident.
 *
 * What the kernel reads and writes for the program (system calls, signal frames, exec's stack)
 * faults in the same way and is recorded with a mark, each page once per call.
 *
 * The program's own trap flag is saved while ours is set, and restored at each kernel entry; pushf
 * would push ours, and popf and iret would clear it, so these three are handled specially.
 *
 * Always true
 *   [reference.1]  in user mode, the traced process has access only to the page of its code and to
 *       what the instruction at `eip` has been granted; if that is more, the trap flag is set
 *   [reference.2]  in the kernel, the trap flag in the trap frame is the program's own
 *
 * Left out: processes other than the first, so its children are not recorded; the threads of one
 * process form one string. The instruction after one that loads ss runs without a debug trap
 * between them, so the two are recorded as one. A signal that arrives right after a stepped
 * instruction leaves one stay on the page of the code too many.
 * Source: the idea of granting a page at a time comes from the trap-driven simulators, Tapeworm
 * (Uhlig et al., 1994) and the Wisconsin Wind Tunnel (Reinhardt et al., 1993).
 */
#include "kernel/watch/reference.h"

#include "kernel/base/log.h"
#include "kernel/proc/process.h"
#include "kernel/proc/thread.h"
#include "kernel/watch/trace_port.h"
#include "kernel/x86/cpu.h"
#include "kernel/x86/regs.h"
#include "lib/assert.h"
#include "mm/aspace/space.h"
#include "mm/user.h"

enum { REFERENCE_PID = 1, REFERENCE_GRANTS = 16, INSTRUCTION_MAX = 15 };
enum { OPCODE_PUSHF = 0x9c, OPCODE_POPF = 0x9d, OPCODE_IRET = 0xcf };

static struct {
	const struct process *thread; /* to whom the grants were made */
	uint32_t eip;		      /* for which instruction */
	vaddr_t granted[REFERENCE_GRANTS];
	unsigned ngranted; /* above REFERENCE_GRANTS: overflowed */
	bool stepping;	   /* the trap flag in user mode is ours */
	bool stepped;	   /* it was, before this entry */
	bool own_flag;	   /* the program's */
	uint8_t opcode;	   /* of the instruction being stepped */
} reference;

/* A partition has no pages to revoke access to. */
static bool reference_traced(const struct process *p)
{
	return p != NULL && p->group != NULL && p->aspace != NULL &&
	       p->aspace->ops->paged && thread_pid(p) == REFERENCE_PID;
}

static struct pmap *reference_pmap(void)
{
	return &process_current()->aspace->pmap;
}

/* The x86 instruction prefixes are these bytes. */
static bool opcode_is_prefix(uint8_t byte)
{
	return byte == 0x66 || byte == 0x67 || (byte & 0xe7) == 0x26 || (byte & 0xfe) == 0x64 ||
	       byte == 0xf0 || (byte & 0xfe) == 0xf2;
}

static void reference_withdraw_all(void)
{
	struct pmap *pm = reference_pmap();
	ASSERT(process_current()->aspace->ops->paged); /* it has no pages to revoke */
	pmap_for_each(va, pm, USER_BASE, USER_TOP)
		pmap_withdraw(pm, va);
	reference.ngranted = 0;
}

/* All but the page of the code at @eip. */
static void reference_withdraw_but(uint32_t eip)
{
	bool kept = false;
	if (reference.ngranted > REFERENCE_GRANTS) {
		reference_withdraw_all();
		return;
	}
	for (unsigned i = 0; i < reference.ngranted; i++) {
		if (reference.granted[i] == page_down(eip))
			kept = true;
		else
			pmap_withdraw(reference_pmap(), reference.granted[i]);
	}
	reference.granted[0] = page_down(eip);
	reference.ngranted = kept;
}

static bool reference_has(vaddr_t page)
{
	for (unsigned i = 0; i < MIN(reference.ngranted, (unsigned)REFERENCE_GRANTS); i++)
		if (reference.granted[i] == page)
			return true;
	return false;
}

/* May the byte at @va be read without a fault? */
static bool reference_readable(vaddr_t va)
{
	return reference_has(page_down(va)) &&
	       pmap_lookup(reference_pmap(), va).kind == PMAP_FRAME;
}

/*
 * The first byte of the instruction at @eip after its prefixes. 0: not granted yet, so it will
 * fault once more before it runs.
 */
static uint8_t reference_opcode(uint32_t eip)
{
	uint8_t byte = 0;
	for (unsigned i = 0; i < INSTRUCTION_MAX; i++) {
		if (!reference_readable(eip + i) ||
		    user_read(process_current()->aspace, &byte, eip + i, 1) != 0)
			return 0;
		if (!opcode_is_prefix(byte))
			return byte;
	}
	return 0;
}

/* @page is accessible from now on. */
static void reference_add(vaddr_t page)
{
	if (reference_has(page))
		return;
	if (reference.ngranted < REFERENCE_GRANTS)
		reference.granted[reference.ngranted] = page;
	reference.ngranted++;
}

static enum reference_access reference_access(const struct trap_frame *tf, vaddr_t va)
{
	if (tf->error & FAULT_WRITE)
		return REFERENCE_WRITE;
	if (!trap_from_user(tf))
		return REFERENCE_READ;
	bool straddles = va == page_down(tf->eip) + PAGE_SIZE && va - tf->eip < INSTRUCTION_MAX;
	return page_down(va) == page_down(tf->eip) || straddles ? REFERENCE_EXECUTE
								: REFERENCE_READ;
}

static void reference_tell(vaddr_t va, enum reference_access access, bool by_kernel)
{
	unsigned marks = by_kernel ? REFERENCE_KERNEL : 0;
	struct pmap_entry entry = pmap_lookup(reference_pmap(), va);
	if (entry.kind == PMAP_FRAME && entry.number == object_zero_pfn)
		marks |= REFERENCE_ZEROES;
	else if (entry.kind == PMAP_FRAME && frame_of(entry.number)->flags & FRAME_LOCKED)
		marks |= REFERENCE_LOCKED;
	trace_port_reference(va, access, marks);
}

/* Grants to a completed instruction, or to another thread, end before the next grant. */
static void reference_turn_to(const struct trap_frame *tf)
{
	const struct process *p = process_current();
	if (reference.thread != p)
		reference_withdraw_all();
	else if (trap_from_user(tf) && reference.eip != tf->eip)
		reference_withdraw_but(tf->eip);
	reference.thread = p;
	if (trap_from_user(tf))
		reference.eip = tf->eip;
}

static void reference_record(const struct trap_frame *tf, vaddr_t va)
{
	reference_turn_to(tf);
	reference_add(page_down(va));
	reference_tell(va, reference_access(tf, va), !trap_from_user(tf));
}

bool reference_granted(const struct trap_frame *tf, vaddr_t va)
{
	struct process *p = process_current();
	if (va >= USER_TOP || p == NULL || p->aspace == NULL)
		return false;
	if (reference_traced(p))
		reference_turn_to(tf);
	if (!pmap_grant(&p->aspace->pmap, va, tf->error & FAULT_WRITE))
		return false;
	if (reference_traced(p))
		reference_record(tf, va);
	return true;
}

void reference_mapped(const struct trap_frame *tf, vaddr_t va)
{
	if (reference_traced(process_current()))
		reference_record(tf, va);
}

/* The second byte of the pushed flags is at @at: remove our trap flag. */
static void reference_clear_pushed(uptr_t at)
{
	struct aspace *as = process_current()->aspace;
	uint8_t byte;
	if (user_read(as, &byte, at, 1) != 0)
		return;
	byte &= (uint8_t)~(EFLAGS_TF >> 8);
	if (user_write(as, at, &byte, 1) != 0)
		log_warn("%s: cannot hide the trap flag at 0x%08x", process_describe(), at);
}

/* The stepped instruction was one that reads or sets the flags. */
static void reference_settle_flags(struct trap_frame *tf)
{
	if (reference.opcode == OPCODE_POPF || reference.opcode == OPCODE_IRET)
		reference.own_flag = tf->eflags & EFLAGS_TF;
	if (reference.opcode == OPCODE_PUSHF && !reference.own_flag)
		reference_clear_pushed(tf->esp + 1);
}

void reference_entered(struct trap_frame *tf)
{
	reference.stepped = reference.stepping;
	reference.stepping = false;
	if (!reference.stepped)
		return;
	if (tf->vector == TRAP_DEBUG)
		reference_settle_flags(tf);
	tf->eflags &= ~(uint32_t)EFLAGS_TF;
	if (reference.own_flag)
		tf->eflags |= EFLAGS_TF;
}

bool reference_stepped(struct trap_frame *tf)
{
	if (!reference.stepped)
		return false;
	bool ours = !reference.own_flag;
	reference_withdraw_but(tf->eip);
	reference.eip = tf->eip;
	if (reference.ngranted == 1)
		reference_tell(tf->eip, REFERENCE_EXECUTE, false);
	if (ours)
		(void)cpu_debug_status();
	return ours;
}

void reference_leave(struct trap_frame *tf, bool called)
{
	if (!reference_traced(process_current()))
		return;
	if (called)
		reference_withdraw_all();
	reference_turn_to(tf);
	if (reference.ngranted == (unsigned)reference_has(page_down(tf->eip)))
		return;
	reference.opcode = reference_opcode(tf->eip);
	reference.own_flag = tf->eflags & EFLAGS_TF;
	reference.stepping = true;
	tf->eflags |= EFLAGS_TF;
}
