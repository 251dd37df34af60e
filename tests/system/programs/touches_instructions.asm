; One instruction of each kind that touches several pages, between two reads of a marker page. The
; pages: 20000 marker, 20001 A, 20002 B; B's word 8 names code at the end of C, whose last
; instruction lies across C and D (touches.c). Returns the trap flag as the program sees it: 0.
global touches_instructions

section .text

touches_instructions:
	xor	edx, edx
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
	pushfd
	pop	eax
	o16 pushf				; with a prefix: the lower half
	pop	dx
	or	eax, edx
	and	eax, 0x100			; a trap flag that is not ours to see
	pop	edi
	pop	esi
	ret

section .note.GNU-stack noalloc noexec nowrite progbits
