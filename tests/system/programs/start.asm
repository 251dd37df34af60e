; What a program from elsewhere brings along: its entry and a way into the kernel.
global _start
global linux_call
extern main

section .text

_start:
	mov	eax, [esp]		; argc
	lea	edx, [esp + 4]		; argv
	push	edx
	push	eax
	call	main
	mov	ebx, eax
	mov	eax, 1			; exit
	int	0x80

; long linux_call(long number, long a, long b, long c, long d, long e, long f)
linux_call:
	push	ebx
	push	esi
	push	edi
	push	ebp
	mov	eax, [esp + 20]
	mov	ebx, [esp + 24]
	mov	ecx, [esp + 28]
	mov	edx, [esp + 32]
	mov	esi, [esp + 36]
	mov	edi, [esp + 40]
	mov	ebp, [esp + 44]
	int	0x80
	pop	ebp
	pop	edi
	pop	esi
	pop	ebx
	ret

section .note.GNU-stack noalloc noexec nowrite progbits
