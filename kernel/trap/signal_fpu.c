/*
 * x87/SSE state in a signal frame, as Linux lays it out.
 *
 * There are two forms of x87 state: FNSAVE's 108 bytes of old, and FXSAVE's 512 with the SSE
 * registers. Programs may look for either, so the frame has both: the old form, a word that says
 * whether the new one follows, the new one. On the way back the new form is used, except for the
 * x87 environment and registers, which are taken from the old one, where old programs change them.
 * A CPU without FXSAVE has only the old form.
 *
 * The two differ in the tags: FXSAVE has one bit for each register, full or empty; FNSAVE
 * distinguishes valid, zero, special and empty, which follow from the register's value.
 *
 * The frame that comes back may be forged. The CPU accepts any bits but reserved ones of MXCSR:
 * these would fault in the kernel, so such a frame is rejected.
 * Source: Intel SDM vol. 1, 8.1.7 and 10.5; vol. 2, FXSAVE.
 */
#include "kernel/trap/signal_frame.h"
#include "kernel/x86/cpu.h"
#include "lib/errno.h"
#include "lib/string.h"
#include "mm/reclaim.h"
#include "mm/slab.h"

enum { MXCSR_MASK_DEFAULT = 0xffbf, FPU_ALIGN = 64 };
enum { MAGIC_PLAIN = 0xffff, MAGIC_FXSR = 0 };
enum { TAG_VALID, TAG_ZERO, TAG_SPECIAL, TAG_EMPTY };

/* FXSAVE's. */
struct fpu_new {
	uint16_t control, status, tags, opcode;
	uint32_t ip, cs, data, ds;
	uint32_t mxcsr, mxcsr_mask;
	uint8_t st[8][16];
	uint8_t rest[352];
};

/* FNSAVE's, followed by Linux's two words. */
struct fpu_old {
	uint32_t control, status, tags;
	uint32_t ip, cs, data, ds;
	uint8_t st[8][10];
	uint16_t status_again, magic;
};

static bool fpu_has_new(void)
{
	return cpu_features() & CPUID_FXSR;
}

size_t signal_fpu_bytes(void)
{
	return sizeof(struct fpu_old) + (fpu_has_new() ? sizeof(struct fpu_new) : 0);
}

uptr_t signal_fpu_place(uptr_t sp)
{
	if (!fpu_has_new())
		return ROUND_DOWN(sp - sizeof(struct fpu_old), FPU_ALIGN);
	return ROUND_DOWN(sp - sizeof(struct fpu_new), FPU_ALIGN) - sizeof(struct fpu_old);
}

static unsigned fpu_tag_of(const uint8_t st[16])
{
	uint32_t low, high, exponent = ((uint32_t)st[9] << 8 | st[8]) & 0x7fff;
	memcpy(&low, st, sizeof(low));
	memcpy(&high, st + 4, sizeof(high));
	if (exponent == 0)
		return low == 0 && high == 0 ? TAG_ZERO : TAG_SPECIAL;
	return exponent != 0x7fff && high >> 31 ? TAG_VALID : TAG_SPECIAL;
}

/* Registers are numbered from the stack's top, tags from the first register. */
static uint32_t fpu_tags_to_old(const struct fpu_new *n)
{
	unsigned top = n->status >> 11 & 7;
	uint32_t tags = 0xffff0000;
	for (unsigned i = 0; i < 8; i++) {
		bool full = n->tags >> i & 1;
		tags |= (full ? fpu_tag_of(n->st[(i - top) & 7]) : TAG_EMPTY) << (2 * i);
	}
	return tags;
}

static uint16_t fpu_tags_to_new(uint32_t old)
{
	uint16_t tags = 0;
	for (unsigned i = 0; i < 8; i++)
		if ((old >> (2 * i) & 3) != TAG_EMPTY)
			tags |= (uint16_t)(1u << i);
	return tags;
}

static void fpu_to_old(const struct fpu_new *n, struct fpu_old *o)
{
	*o = (struct fpu_old){
		.control = 0xffff0000 | n->control, .status = 0xffff0000 | n->status,
		.tags = fpu_tags_to_old(n), .ip = n->ip,
		.cs = (n->cs & 0xffff) | (uint32_t)n->opcode << 16, .data = n->data, .ds = n->ds,
		.status_again = n->status, .magic = MAGIC_FXSR,
	};
	for (unsigned i = 0; i < 8; i++)
		memcpy(o->st[i], n->st[i], sizeof(o->st[i]));
}

static void fpu_to_new(const struct fpu_old *o, struct fpu_new *n)
{
	n->control = (uint16_t)o->control;
	n->status = (uint16_t)o->status;
	n->tags = fpu_tags_to_new(o->tags);
	n->opcode = (uint16_t)(o->cs >> 16);
	n->ip = o->ip;
	n->cs = o->cs & 0xffff;
	n->data = o->data;
	n->ds = o->ds;
	for (unsigned i = 0; i < 8; i++)
		memcpy(n->st[i], o->st[i], sizeof(o->st[i]));
}

/* Written from process.fpu, which a switch on the way fills with the same state again. */
int signal_fpu_write(uptr_t to)
{
	struct process *p = process_running;
	struct fpu_old old;
	cpu_fpu_save(p->cpu.fpu);
	if (fpu_has_new()) {
		fpu_to_old((const struct fpu_new *)p->cpu.fpu, &old);
		if (user_write(p->aspace, to + sizeof(old), p->cpu.fpu,
			       sizeof(struct fpu_new)) != 0)
			return -EFAULT;
	} else {
		cpu_fpu_restore(p->cpu.fpu); /* FNSAVE has cleared it */
		memcpy(&old, p->cpu.fpu, offsetof(struct fpu_old, status_again));
		old.status_again = (uint16_t)old.status;
		old.magic = MAGIC_PLAIN;
	}
	if (user_write(p->aspace, to, &old, sizeof(old)) != 0)
		return -EFAULT;
	process_reset_fpu();
	return 0;
}

static int fpu_read_new(uptr_t from, const struct fpu_old *old, struct fpu_new *new)
{
	struct process *p = process_running;
	if (user_read(p->aspace, new, from + sizeof(*old), sizeof(*new)) != 0)
		return -EFAULT;
	fpu_to_new(old, new);
	uint32_t mask = ((const struct fpu_new *)p->cpu.fpu)->mxcsr_mask;
	if (new->mxcsr & ~(mask ? mask : MXCSR_MASK_DEFAULT))
		return -EFAULT;
	cpu_fpu_restore(new);
	return 0;
}

int signal_fpu_read(uptr_t from)
{
	struct process *p = process_running;
	struct fpu_old old;
	if (user_read(p->aspace, &old, from, sizeof(old)) != 0)
		return -EFAULT;
	if (!fpu_has_new()) {
		cpu_fpu_restore(&old);
		return 0;
	}
	/* Not into process.fpu: a switch during the read would overwrite it. */
	void *buf = reclaim_kmalloc(sizeof(struct fpu_new) + 16);
	if (!buf)
		return -ENOMEM;
	cpu_fpu_save(p->cpu.fpu); /* for the mask of MXCSR */
	int error = fpu_read_new(from, &old, (struct fpu_new *)ROUND_UP((uintptr_t)buf, 16u));
	kfree(buf);
	return error;
}

/* The first exception raised and not masked; if there is none: invalid. */
int signal_fpu_code(bool simd)
{
	enum { FPE_FLTDIV = 3, FPE_FLTOVF, FPE_FLTUND, FPE_FLTRES, FPE_FLTINV };
	struct process *p = process_running;
	const struct fpu_new *n = (const struct fpu_new *)p->cpu.fpu;
	const struct fpu_old *o = (const struct fpu_old *)p->cpu.fpu;
	cpu_fpu_save(p->cpu.fpu);
	uint32_t met = fpu_has_new() ? n->status & ~(uint32_t)n->control : o->status & ~o->control;
	if (!fpu_has_new())
		cpu_fpu_restore(p->cpu.fpu); /* FNSAVE has cleared it */
	else if (simd)
		met = n->mxcsr & ~(n->mxcsr >> 7);
	if (met & 1)
		return FPE_FLTINV;
	if (met & 4)
		return FPE_FLTDIV;
	if (met & 8)
		return FPE_FLTOVF;
	if (met & 0x12)
		return FPE_FLTUND;
	return met & 0x20 ? FPE_FLTRES : FPE_FLTINV;
}
