; What a forged frame may have got.

bits 32
global forged_eflags, forged_out

section .text
; uint32_t forged_eflags(void)
forged_eflags:
	pushfd
	pop	eax
	ret

; void forged_out(void): faults without I/O privilege
forged_out:
	mov	al, 0
	out	0x80, al
	ret

section .note.GNU-stack noalloc noexec nowrite progbits
