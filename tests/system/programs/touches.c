/*
 * Runs the instructions of touches_instructions.asm over five pages at 0x20000000, and code that
 * is copied to the end of the fourth so that its last instruction lies across the fourth and fifth.
 */
enum { NR_mmap2 = 192, READ_WRITE_EXECUTE = 7, PRIVATE_FIXED_ANONYMOUS = 0x32, PAGES = 5 };
enum { AREA = 0x20000000, C_END = AREA + 4 * 4096, BEFORE_END = 8, CALLED = AREA + 2 * 4096 + 8 };

long linux_call(long number, long a, long b, long c, long d, long e, long f);
int touches_instructions(void);
int main(void);

static const unsigned char code[] = {
	0x90, 0x90, 0x90, 0x90,	      /* nop */
	0xb8, 0x01, 0x00, 0x00, 0x00, /* mov eax, 1: its last byte is on the next page */
	0xc3,			      /* ret */
};

int main(void)
{
	linux_call(NR_mmap2, AREA, PAGES * 4096, READ_WRITE_EXECUTE, PRIVATE_FIXED_ANONYMOUS, -1,
		   0);
	for (int page = 0; page < PAGES; page++)
		*(volatile char *)(AREA + page * 4096) = 0;
	for (unsigned i = 0; i < sizeof(code); i++)
		((volatile unsigned char *)(C_END - BEFORE_END))[i] = code[i];
	*(volatile int *)CALLED = C_END - BEFORE_END;
	return touches_instructions() != 0;
}
