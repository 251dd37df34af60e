/* Protection: what each kind of access meets, and areas that are cut and grow together again. */
#include "lib/string.h"
#include "tests/user/testing.h"
#include "user/lib/print.h"
#include "user/lib/runtime.h"
#include "user/lib/syscall.h"

enum { READ_WRITE = PROT_READ | PROT_WRITE };

static char *base;
static volatile char sink;

static void write_0(void) { base[0] = 1; }
static void read_0(void) { sink = ((volatile char *)base)[0]; }
static void write_1(void) { base[PAGE] = 1; }
static void write_2(void) { base[2 * PAGE] = 1; }
static void write_everything(void) { memset(base, 1, 8 * PAGE); }

int main(int argc, char **argv, char **envp)
{
	(void)argc;
	(void)argv;
	(void)envp;
	base = pages_private(8);
	memset(base, 5, 4 * PAGE); /* pages 4 to 7 are not there yet */

	show("all read-only", sys_mprotect(base, 8 * PAGE, PROT_READ));
	show_child("reading", read_0);
	show_child("writing", write_0);
	show("the second page writable", sys_mprotect(base + PAGE, PAGE, READ_WRITE));
	show_child("writing the first", write_0);
	show_child("writing the second", write_1);
	show_child("writing the third", write_2);
	show("no access", sys_mprotect(base, 8 * PAGE, PROT_NONE));
	show_child("reading", read_0);
	show_child("writing", write_0);
	show("all writable again", sys_mprotect(base, 8 * PAGE, READ_WRITE));
	show_truth("contents are kept", bytes_are(base, 4 * PAGE, 5));
	show_truth("untouched pages are zero", bytes_are(base + 4 * PAGE, 4 * PAGE, 0));
	show_child("writing everything", write_everything);

	for (unsigned page = 0; page < 8; page += 2)
		sys_mprotect(base + page * PAGE, PAGE, PROT_READ);
	show_child("every other page read-only: the first", write_0);
	show_child("every other page read-only: the second", write_1);
	show("together again", sys_mprotect(base, 8 * PAGE, READ_WRITE));
	show_child("writing everything", write_everything);

	show("an odd address", sys_mprotect(base + 1, PAGE, PROT_READ));
	show("length 0", sys_mprotect(base, 0, PROT_READ));
	show("unknown bits", sys_mprotect(base, PAGE, 0x70));
	show("a hole", sys_munmap(base + 4 * PAGE, PAGE));
	show("protecting across it", sys_mprotect(base, 8 * PAGE, PROT_READ));
	show_child("what lies before it is protected", write_2);
	show("protecting nothing", sys_mprotect(base + 4 * PAGE, PAGE, PROT_READ));
	show("a length that wraps", sys_mprotect(base, 0xfffff000, PROT_READ));
	return 0;
}
