/*
 * The kernel's own code in user memory: two calls of sigreturn.
 *
 * A handler ends with a return to code that calls sigreturn. Some libraries provide that code
 * (SA_RESTORER), others expect the kernel to. So each program gets a page with it, mapped like a
 * file's text, low, where code lies: one frame for all, filled on demand, dropped when memory is
 * short.
 *
 * The instructions are Linux's, byte for byte: debuggers recognize a signal frame by them.
 */
#include "kernel/exec/signal_page.h"

#include "lib/string.h"
#include "mm/object.h"

static const uint8_t signal_page_code[] = {
	[SIGNAL_PAGE_SIGRETURN] =
	0x58,			/* popl %eax */
	0xb8, 119, 0, 0, 0,	/* movl $119, %eax */
	0xcd, 0x80,		/* int $0x80 */
	[SIGNAL_PAGE_RT_SIGRETURN] =
	0xb8, 173, 0, 0, 0,	/* movl $173, %eax */
	0xcd, 0x80,		/* int $0x80 */
};

static int signal_page_read(struct object *o, uint32_t offset, void *buf, size_t n)
{
	(void)o;
	memset(buf, 0, n);
	if (offset < sizeof(signal_page_code))
		memcpy(buf, signal_page_code + offset, MIN(n, sizeof(signal_page_code) - offset));
	return 0;
}

static const struct object_ops signal_page_ops = {
	.name = "sigreturn", .read = signal_page_read, .keeps_pages = true,
};
static struct object signal_page = { .ops = &signal_page_ops, .refs = 1, .size_bytes = PAGE_SIZE };

_Static_assert(sizeof(signal_page_code) <= SIGNAL_PAGE_CODE, "as callers know it");

void signal_page_copy(void *to)
{
	memcpy(to, signal_page_code, sizeof(signal_page_code));
}

int signal_page_map(struct aspace *as)
{
	long at = aspace_map(as, &(struct aspace_map){
		.length = PAGE_SIZE, .prot = PROT_R | PROT_X, .object = &signal_page,
	});
	if (at < 0 && at > -4096)
		return (int)at;
	as->sigreturn_page = (vaddr_t)at;
	return 0;
}
