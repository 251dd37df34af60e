/*
 * One instruction of each kind that touches several pages, between two reads of a marker page. The
 * pages: 0x20000 marker, 0x20001 A, 0x20002 B, 0x20003 C, 0x20004 D. Code is copied to the end of C
 * so that its last instruction lies across C and D.
 */
enum { NR_exit = 1, NR_mmap2 = 192, READ_WRITE_EXECUTE = 7, PRIVATE_FIXED_ANONYMOUS = 0x32 };

static long call(long number, long a, long b, long c, long d, long e, long f)
{
	long result;

	__asm__ volatile("push %%ebp\n\tmov %[f], %%ebp\n\tint $0x80\n\tpop %%ebp"
			 : "=a"(result)
			 : "a"(number), "b"(a), "c"(b), "d"(c), "S"(d), "D"(e), [f] "m"(f)
			 : "memory");
	return result;
}

int main(void);
int main(void)
{
	static const unsigned char code[] = {
		0x90, 0x90, 0x90, 0x90,	      /* nop */
		0xb8, 0x01, 0x00, 0x00, 0x00, /* mov eax, 1: its last byte is on D */
		0xc3,			      /* ret */
	};
	unsigned char *c_end = (unsigned char *)0x20004000 - 8;

	call(NR_mmap2, 0x20000000, 5 * 4096, READ_WRITE_EXECUTE, PRIVATE_FIXED_ANONYMOUS, -1, 0);
	for (unsigned page = 0; page < 5; page++)
		*(volatile char *)(0x20000000 + page * 4096) = 0;
	for (unsigned i = 0; i < sizeof(code); i++)
		((volatile unsigned char *)c_end)[i] = code[i];
	*(void *volatile *)0x20002008 = c_end;
	__asm__ volatile("movl 0x20000000, %%eax\n\t" /* marker */
			 "addl $1, 0x20001000\n\t"    /* reads A, writes A */
			 "movl $1, 0x20001004\n\t"    /* writes A */
			 "movl $0x20001000, %%esi\n\t"
			 "movl $0x20002000, %%edi\n\t"
			 "movl $2, %%ecx\n\t"
			 "rep movsl\n\t"	      /* twice: reads A, writes B */
			 "call *0x20002008\n\t"	      /* reads B; C, then across C and D */
			 "movl 0x20000000, %%eax\n\t"
			 : : : "eax", "ecx", "esi", "edi", "memory");
	return 0;
}
