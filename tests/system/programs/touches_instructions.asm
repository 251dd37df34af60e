; One instruction of each kind that touches several pages, between two reads of a marker page. The
; pages: 20000 marker, 20001 A, 20002 B; B's word 8 names code at the end of C, whose last
; instruction lies across C and D (touches.c).
global touches_instructions

section .text

touches_instructions:
	push	esi
	push	edi
	mov	eax, [0x20000000]		; marker
	add	dword [0x20001000], 1		; reads A, writes A
	mov	dword [0x20001004], 1		; writes A
	mov	esi, 0x20001000
	mov	edi, 0x20002000
	mov	ecx, 2
	rep movsd				; twice: reads A, writes B
	call	[0x20002008]			; reads B; C, then across C and D
	mov	eax, [0x20000000]		; marker
	pop	edi
	pop	esi
	ret

section .note.GNU-stack noalloc noexec nowrite progbits
