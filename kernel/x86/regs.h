/*
 * CPU constants that more than one file needs, each defined once.
 * Source: Intel SDM vol. 3, 2.3 (EFLAGS), 4.7 (page-fault error code).
 */
#ifndef KERNEL_X86_REGS_H
#define KERNEL_X86_REGS_H

enum eflags {
	EFLAGS_TF = 1 << 8,	/* trap after each instruction */
	EFLAGS_IF = 1 << 9,	/* interrupts on */
	EFLAGS_DF = 1 << 10,	/* string instructions go down */
	EFLAGS_IOPL = 3 << 12,	/* privilege level that I/O needs */
	EFLAGS_RF = 1 << 16,	/* no debug trap for the next instruction */
	EFLAGS_USER = 0x50dd5,	/* a program may set: CF PF AF ZF SF TF DF OF RF AC */
};

/* A page fault's error code. The saved CS tells whether it came from user mode. */
enum fault_bits { FAULT_PRESENT = 1, FAULT_WRITE = 2, FAULT_RESERVED = 8, FAULT_FETCH = 16 };

/* Selectors; those of user mode are Linux's. mm/x86/segment.c sets up the descriptors. */
enum selectors {
	SELECTOR_KERNEL_CODE = 0x60, SELECTOR_KERNEL_DATA = 0x68,
	SELECTOR_USER_CODE = 0x73, SELECTOR_USER_DATA = 0x7b,
	SELECTOR_DOUBLE_FAULT = 0xf8,
};

#endif
