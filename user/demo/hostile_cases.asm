; Instructions that no user program may get away with, and some that it may. Each case is a function
; that hostile calls in a child; a case that comes back has "survived". The table at the end of the
; file's .rodata holds a text and an address per case, then two zeroes.

bits 32
global hostile_cases
global hostile_ints

NR_getpid	equ 20
NR_sigreturn	equ 119
NR_rt_sigreturn	equ 173
KERNEL_CS	equ 0x60		; as on i386 Linux and here; on a 64-bit Linux, nothing
KERNEL_DS	equ 0x68
FLAG_TF		equ 0x100
FLAG_OF		equ 0x800
FLAG_IOPL	equ 0x3000
FLAG_NT		equ 0x4000

section .rodata.cases progbits alloc noexec nowrite align=4
hostile_cases:

%macro CASE 1
section .rodata
%%text:	db	%1, 0
section .rodata.cases
	dd	%%text, %%code
section .text
%%code:
%endmacro

; --- instructions for the kernel alone

CASE "hlt"
	hlt
	ret
CASE "cli"
	cli
	ret
CASE "in from the keyboard"
	in	al, 0x60
	ret
CASE "out to the power switch"
	mov	dx, 0x8900
	out	dx, al
	ret
CASE "out to the interrupt controller"
	mov	al, 0xff
	out	0x21, al
	ret
CASE "lgdt"
	lgdt	[esp]
	ret
CASE "lidt"
	lidt	[esp]
	ret
CASE "lldt"
	xor	eax, eax
	lldt	ax
	ret
CASE "ltr"
	mov	ax, 0x80
	ltr	ax
	ret
CASE "mov to cr0"
	xor	eax, eax
	mov	cr0, eax
	ret
CASE "mov from cr3"
	mov	eax, cr3
	ret
CASE "mov to cr4"
	xor	eax, eax
	mov	cr4, eax
	ret
CASE "mov to dr7"
	xor	eax, eax
	mov	dr7, eax
	ret
CASE "invlpg"
	invlpg	[0xc0000000]
	ret
CASE "clts"
	clts
	ret
CASE "wrmsr"
	xor	ecx, ecx
	wrmsr
	ret
CASE "wbinvd"
	wbinvd
	ret

; --- segments

CASE "load the kernel's data segment"
	mov	ax, KERNEL_DS
	mov	ds, ax
	ret
CASE "load a stack segment of ring 0"
	mov	ax, KERNEL_DS
	mov	ss, ax
	ret
CASE "load no stack segment"
	xor	eax, eax
	mov	ss, ax
	ret
CASE "load a selector beyond the table"
	mov	ax, 0xfff8
	mov	ds, ax
	ret
CASE "far jump into the kernel's code"
	jmp	KERNEL_CS:0xc0100000
CASE "far call without a segment"
	call	0:0xc0100000
	ret
CASE "far return to ring 0"
	push	dword KERNEL_CS
	push	dword 0xc0100000
	retf
CASE "iret to ring 0"
	pushfd
	push	dword KERNEL_CS
	push	dword 0xc0100000
	iret

; --- flags

CASE "popf with IOPL 3, then out"
	pushfd
	or	dword [esp], FLAG_IOPL
	popfd
	mov	al, 0
	out	0x80, al
	ret
CASE "iret with IOPL 3, then out"
	pushfd
	or	dword [esp], FLAG_IOPL
	push	cs
	push	dword case_resume_1
	iret
case_resume_1:
	out	0x80, al
	ret
CASE "single step"
	pushfd
	or	dword [esp], FLAG_TF
	popfd
	nop
	ret
CASE "single step into a system call"
	mov	eax, NR_getpid
	pushfd
	or	dword [esp], FLAG_TF
	popfd
	int	0x80
	ret
CASE "single step across a load of ss"
	mov	eax, NR_getpid
	push	ss
	pushfd
	or	dword [esp], FLAG_TF
	popfd
	pop	ss
	int	0x80
	ret
CASE "nested task, then a system call"
	pushfd
	or	dword [esp], FLAG_NT
	popfd
	mov	eax, NR_getpid
	int	0x80
	pushfd
	and	dword [esp], ~FLAG_NT
	popfd
	ret
CASE "nested task, then iret"
	pushfd
	or	dword [esp], FLAG_NT
	popfd
	pushfd
	push	cs
	push	dword case_resume_2
	iret
case_resume_2:
	ret
CASE "direction flag set in a system call"
	std
	mov	eax, NR_getpid
	int	0x80
	cld
	ret

; --- the stack pointer

CASE "push at address 0"
	xor	esp, esp
	push	eax
	hlt
CASE "push below address 4"
	mov	esp, 4
	push	eax
	hlt
CASE "push into the kernel"
	mov	esp, 0xc0101000
	push	eax
	hlt
CASE "call with a wrecked stack pointer"
	mov	esp, 0xfffffffd
	call	case_resume_3
case_resume_3:
	hlt
CASE "a system call without a stack"
	mov	ebx, esp
	mov	esp, 0xc0100000
	mov	eax, NR_getpid
	int	0x80
	mov	esp, ebx
	ret
CASE "int 3 without a stack"
	xor	esp, esp
	int3
	hlt
CASE "far return with a wrecked stack"
	mov	esp, 0xfffffff0
	retf

; --- system calls that do not exist, and ways back from signals that never were

CASE "system call number -1"
	mov	eax, -1
	int	0x80
	ret
CASE "system call number 2^31"
	mov	eax, 0x80000000
	int	0x80
	ret
CASE "system call number 1000000"
	mov	eax, 1000000
	int	0x80
	ret

; --- faults that have names of their own

CASE "undefined instruction"
	ud2
CASE "lock cmpxchg8b of a register"
	db	0xf0, 0x0f, 0xc7, 0xc8	; stopped the first Pentiums
	ret
CASE "breakpoint"
	int3
	ret
CASE "overflow trap"
	pushfd
	or	dword [esp], FLAG_OF
	popfd
	into
	ret
CASE "bound"
	push	dword 1
	push	dword 0
	mov	eax, 2
	bound	eax, [esp]
	add	esp, 8
	ret
CASE "division by zero"
	xor	ecx, ecx
	div	ecx
	ret
CASE "quotient too large"
	mov	eax, 0x80000000
	cdq
	mov	ecx, -1
	idiv	ecx
	ret
CASE "x87 exception"
	fninit
	push	dword 0x0300		; none of the exceptions masked
	fldcw	[esp]
	fld1
	fldz
	fdivp	st1, st0
	fwait
	add	esp, 4
	ret
CASE "an instruction of 16 bytes"
	times 15 db 0x66
	nop
	ret

section .rodata.cases
	dd	0, 0

; --- int n for every n: functions of four bytes each

section .text
	align 4
hostile_ints:
%assign n 0
%rep 256
	db	0xcd, n			; int n, also for 3 where nasm would choose int3
	ret
	nop
%assign n n + 1
%endrep

; --- ways back from signals that never were: hostile_sigreturn(number, stack pointer)

global hostile_sigreturn
hostile_sigreturn:
	mov	eax, [esp + 4]
	mov	ecx, esp
	mov	esp, [esp + 8]
	int	0x80
	mov	esp, ecx
	ret

section .note.GNU-stack noalloc noexec nowrite progbits
