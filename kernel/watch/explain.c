/*
 * Addresses in words.
 *
 * "SIGSEGV at 0x0804f010" says that something is wrong but not what. The kernel knows what the
 * address is: which area it is in and what that forbids, or which area is near and on which side.
 * Most bad addresses come from a few mistakes, each with its typical place:
 *
 *   NULL + n                     a pointer that was never set; n is the offset of the member
 *   a little above an area       a loop that overran its end
 *   below the stack              endless recursion (the limit), or an array too large for it
 *   inside, but not allowed      a write to a literal, a jump into data
 *   the kernel's half            not a pointer at all
 *
 * The kernel's own addresses are explained by the layout of the kernel half (machine/layout.h), and
 * inside the direct map by who owns the frame.
 *
 * All of it only reads. In a panic anything may be broken, so the report that uses this comes last,
 * after everything essential.
 */
#include "kernel/watch/explain.h"

#include "kernel/base/symbols.h"
#include "kernel/fs/inode.h"
#include "kernel/fs/path.h"
#include "kernel/proc/process.h"
#include "kernel/watch/legend.h"
#include "kernel/x86/regs.h"
#include "lib/format.h"
#include "lib/string.h"
#include "mm/slab_internal.h"
#include "mm/vmalloc.h"

enum { NAME_MAX = 128, TEXT_MAX = 256, NEAR_BYTES = 16 << 20, KIB = 1024, MIB = 1 << 20 };
enum { POISON_FREED = SLAB_FREE_BYTE * 0x01010101, POISON_NEW = SLAB_NEW_BYTE * 0x01010101 };

extern const char kernel_start[], kernel_rodata_end[], kernel_end[];

static char explain_text[TEXT_MAX];

static const char *PRINTF_LIKE(1, 2) say(const char *fmt, ...)
{
	va_list args;
	va_start(args, fmt);
	format_string_v(explain_text, sizeof(explain_text), fmt, args);
	va_end(args);
	return explain_text;
}

/* "12 KiB", "3 bytes"; the result is overwritten by the second call after. */
static const char *say_size(uint32_t bytes)
{
	static char texts[2][24];
	static unsigned next;
	char *text = texts[next];
	next = 1 - next;
	if (bytes >= MIB && bytes % MIB < MIB / 10)
		format_string(text, sizeof(texts[0]), "%u MiB", bytes / MIB);
	else if (bytes >= KIB)
		format_string(text, sizeof(texts[0]), "%u KiB", bytes / KIB);
	else
		format_string(text, sizeof(texts[0]), "%u byte%s", bytes, bytes == 1 ? "" : "s");
	return text;
}

/* --- user addresses --- */

static const struct inode *area_inode(const struct vma *v)
{
	if (v->object->ops->destroy != inode_object_gone)
		return NULL;
	return container_of(v->object, struct inode, object);
}

const char *explain_area(const struct aspace *as, const struct vma *v)
{
	static char path[NAME_MAX];
	const struct inode *i = area_inode(v);
	if (i != NULL)
		return path_of(i, path, sizeof(path)) > 0 ? path : "a file without a name";
	if (v->flags & VMA_HEAP)
		return "[heap]";
	if (v->flags & VMA_GROWSDOWN || (v->start <= as->stack_start && as->stack_start < v->end))
		return "[stack]";
	if (v->start == as->sigreturn_page)
		return "[sigreturn]";
	return v->flags & VMA_SHARED ? "shared memory" : "anonymous memory";
}

static const char *area_rights(const struct vma *v)
{
	static char rights[5];
	rights[0] = v->prot & PROT_R ? 'r' : '-';
	rights[1] = v->prot & PROT_W ? 'w' : '-';
	rights[2] = v->prot & PROT_X ? 'x' : '-';
	rights[3] = v->flags & VMA_SHARED ? 's' : 'p';
	return rights;
}

/* Inside @v: with files the offset is the file's. */
static const char *say_inside(const struct aspace *as, const struct vma *v, vaddr_t va)
{
	uint32_t offset = va - v->start;
	if (area_inode(v) != NULL)
		offset += v->index << PAGE_SHIFT;
	return say("in %s of %s, at +0x%x", area_rights(v), explain_area(as, v), offset);
}

static const char *say_below_stack(const struct aspace *as, const struct vma *v, vaddr_t va)
{
	if (v->end - page_down(va) > as->stack_limit)
		return say("%s below the stack: it has reached its limit of %s",
			   say_size(v->start - va), say_size(as->stack_limit));
	return say("%s below the stack, which cannot grow there", say_size(v->start - va));
}

/* Unmapped: by what is nearest. */
static const char *say_outside(const struct aspace *as, vaddr_t va)
{
	const struct vma *above = vma_find_from(&as->areas, va);
	const struct vma *below = NULL;
	for (const struct vma *v = vma_first(&as->areas); v != above; v = vma_next(v))
		below = v;
	uint32_t up = below != NULL ? va - below->end : UINT32_MAX;
	uint32_t down = above != NULL ? above->start - va : UINT32_MAX;
	if (above != NULL && above->flags & VMA_GROWSDOWN && down < up)
		return say_below_stack(as, above, va);
	if (MIN(up, down) > NEAR_BYTES)
		return say("far from everything that is mapped");
	if (up == 0)
		return say("right behind the end of %s", explain_area(as, below));
	if (up < down)
		return say("%s behind the end of %s", say_size(up), explain_area(as, below));
	return say("%s below the start of %s", say_size(down), explain_area(as, above));
}

const char *explain_user(const struct aspace *as, vaddr_t va)
{
	if (va == 0)
		return say("NULL");
	if (va < PAGE_SIZE)
		return say("NULL + 0x%x", va);
	if (va < USER_BASE)
		return say("NULL + 0x%x: below 0x%x nothing is ever mapped", va, USER_BASE);
	if (va >= USER_TOP)
		return say("in the kernel's half of the addresses");
	if (as == NULL)
		return say("a user address, and no process is running");
	const struct vma *v = vma_find(&as->areas, va);
	return v != NULL ? say_inside(as, v, va) : say_outside(as, va);
}

const char *explain_fatal(const struct trap_frame *tf, vaddr_t va, const char *why)
{
	static char text[TEXT_MAX];
	const struct aspace *as = process_aspace();
	if (tf->vector != TRAP_PAGE_FAULT || as == NULL)
		return why;
	const char *tried = tf->error & FAULT_WRITE ? "a write" :
			    tf->error & FAULT_FETCH || va == tf->eip ? "a jump" : "a read";
	const char *of = va < USER_BASE ? "of " : "";
	format_string(text, sizeof(text), "%s: %s %s%s", why, tried, of, explain_user(as, va));
	return text;
}

/* --- the kernel's addresses --- */

/* Whose kernel stack begins at @start; NULL: not a process's. */
static const struct process *stack_owner(vaddr_t start)
{
	process_for_each(p)
		if ((vaddr_t)p->cpu.stack == start)
			return p;
	return NULL;
}

static const char *say_range(vaddr_t va)
{
	vaddr_t start;
	if (!vmalloc_guard(va, &start))
		return say("in the kernel's ranges (stacks), mapped or never allocated");
	const struct process *p = stack_owner(start);
	const char *side = va < start ? "below" : "behind";
	if (p != NULL)
		return say("the guard page %s the kernel stack of pid %d (%s), which begins at "
			   "0x%08x", side, p->pid, p->comm, start);
	return say("the guard page %s the kernel range at 0x%08x", side, start);
}

static const char *say_direct(vaddr_t va)
{
	struct symbol s = symbol_find(va);
	pfn_t pfn = (va - DIRECT_BASE) >> PAGE_SHIFT;
	if (s.name != NULL)
		return say("the kernel's code, %s+0x%x: not to be written", s.name, s.offset);
	if (va >= (vaddr_t)kernel_start && va < (vaddr_t)kernel_rodata_end)
		return say("the kernel's constants: not to be written");
	if (va >= (vaddr_t)kernel_start && va < (vaddr_t)kernel_end)
		return say("the kernel's variables");
	if (pfn < frame_count)
		return say("the direct map: frame %u, %s", pfn,
			   legend_names[framemap_class(frame_of(pfn))]);
	return say("the direct map, but behind the end of RAM");
}

const char *explain_kernel(const struct aspace *as, vaddr_t va)
{
	static char text[TEXT_MAX];
	if (va < USER_BASE)
		return explain_user(as, va);
	if (va == POISON_FREED || va - POISON_FREED < PAGE_SIZE)
		return say("what slab debugging fills freed objects with: used after free");
	if (va == POISON_NEW || va - POISON_NEW < PAGE_SIZE)
		return say("what slab debugging fills new objects with: used before set");
	if (va < USER_TOP) {
		format_string(text, sizeof(text), "a user address, which only mm/user.c may "
			      "touch: %s", explain_user(as, va));
		return text;
	}
	if (va - DIRECT_BASE < DIRECT_MAX_BYTES)
		return say_direct(va);
	if (va >= VMALLOC_START && va < VMALLOC_END)
		return say_range(va);
	if (va >= WINDOW_BASE)
		return say("in the windows for frames beyond the direct map");
	return say("in a part of the kernel's half that is never mapped");
}
