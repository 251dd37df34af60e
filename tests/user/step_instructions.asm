; Stretches of code that set and clear the trap flag for themselves.

bits 32
global step_through, step_over_stack_load

TF		equ 0x100
NR_GETPID	equ 20

section .text
; uint32_t step_through(void): 7
step_through:
	pushfd
	or	dword [esp], TF
	popfd
	mov	eax, 1			; the first trap comes after this one
	add	eax, 2
	add	eax, 4
	pushfd
	and	dword [esp], ~TF
	popfd				; the last trap comes after this one
	ret

; void step_over_stack_load(void): the trap after "mov ss" is held back by one instruction, which
; here enters the kernel
step_over_stack_load:
	push	ebx
	mov	eax, NR_GETPID
	mov	ecx, ss
	pushfd
	or	dword [esp], TF
	popfd
	mov	ss, ecx
	int	0x80
	nop
	pushfd
	and	dword [esp], ~TF
	popfd
	pop	ebx
	ret

section .note.GNU-stack noalloc noexec nowrite progbits
