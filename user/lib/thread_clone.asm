; Where a thread begins: C cannot return from clone on another stack.

bits 32
global thread_load_selector, thread_clone, thread_own, thread_set_own

NR_EXIT		equ 1
NR_CLONE	equ 120

section .text
; int thread_clone(flags, stack, parent_tid, tls, child_tid, body, argument)
thread_clone:
	push	ebx
	push	esi
	push	edi
	mov	ebx, [esp + 16]		; flags
	mov	ecx, [esp + 20]		; stack
	mov	edx, [esp + 24]		; parent_tid
	mov	esi, [esp + 28]		; tls
	mov	edi, [esp + 32]		; child_tid
	sub	ecx, 16			; the child's stack: body, argument
	mov	eax, [esp + 36]
	mov	[ecx], eax
	mov	eax, [esp + 40]
	mov	[ecx + 4], eax
	mov	eax, NR_CLONE
	int	0x80
	test	eax, eax
	jz	.child
	pop	edi
	pop	esi
	pop	ebx
	ret
.child:
	xor	ebp, ebp
	pop	eax			; body; its argument is on top now
	call	eax
	xor	ebx, ebx
	mov	eax, NR_EXIT
	int	0x80
	hlt

; void thread_load_selector(uint32_t selector)
thread_load_selector:
	mov	eax, [esp + 4]
	mov	gs, eax
	ret

; uint32_t thread_own(void)
thread_own:
	mov	eax, [gs:0]
	ret

; void thread_set_own(uint32_t value)
thread_set_own:
	mov	eax, [esp + 4]
	mov	[gs:0], eax
	ret

section .note.GNU-stack noalloc noexec nowrite progbits
