; Instructions that fault, each at the start of nothing else. A handler steps over them.

bits 32
global fault_divide, fault_opcode, fault_breakpoint, fault_general

section .text
fault_divide:
	push	ebx
	xor	edx, edx
	mov	eax, 1
	xor	ecx, ecx
	div	ecx			; two bytes
	pop	ebx
	ret

fault_opcode:
	ud2				; two bytes
	ret

fault_breakpoint:
	int3				; a trap: eip is behind it
	ret

fault_general:
	hlt				; one byte
	ret

section .note.GNU-stack noalloc noexec nowrite progbits
