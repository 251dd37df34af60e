/* The kernel's own code in user memory: two calls of sigreturn. Theory in signal_page.c. */
#ifndef KERNEL_EXEC_SIGNAL_PAGE_H
#define KERNEL_EXEC_SIGNAL_PAGE_H

#include "mm/aspace/space.h"

enum { SIGNAL_PAGE_SIGRETURN = 0, SIGNAL_PAGE_RT_SIGRETURN = 16 };

/* Map the page whose code calls sigreturn into @as. 0 or -ENOMEM. By exec. */
MUST_CHECK int signal_page_map(struct aspace *as);
/* The same code, SIGNAL_PAGE_CODE bytes of it, for a space that cannot map a page. */
enum { SIGNAL_PAGE_CODE = 32 };
void signal_page_copy(void *to);

#endif
