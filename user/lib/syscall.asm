; long linux_call(long number, long a, long b, long c, long d, long e, long f)
;
; Linux i386's way into the kernel: the number in eax, the arguments in ebx, ecx, edx, esi, edi and
; ebp, the result in eax. Every other register comes back as it was. A result in [-4095, -1] is an
; error number, negated.

bits 32
global linux_call

section .text
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
