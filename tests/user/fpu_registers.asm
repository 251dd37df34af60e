; Floating-point state that C does not show.

bits 32
global fpu_control
global fpu_has_sse
global fpu_sse_pattern

NR_sched_yield	equ 158

section .text

; uint32_t fpu_control(void): the x87 control word
fpu_control:
	push	eax
	fnstcw	[esp]
	pop	eax
	and	eax, 0xffff
	ret

; uint32_t fpu_has_sse(void): SSE, as CPUID says
fpu_has_sse:
	push	ebx
	mov	eax, 1
	cpuid
	mov	eax, edx
	shr	eax, 25
	and	eax, 1
	pop	ebx
	ret

; uint32_t fpu_sse_pattern(uint32_t pattern, uint32_t rounds): how often one of xmm0..xmm7, each
; holding pattern plus its number, was found changed; at most 200. Every 256th round yields.
fpu_sse_pattern:
	push	ebp
	mov	ebp, esp
	push	ebx
	push	esi
	push	edi
	mov	esi, [ebp + 8]
	mov	edi, [ebp + 12]
	xor	ebx, ebx
	sub	esp, 32
	and	esp, -16
%assign n 0
%rep 8
	lea	eax, [esi + n]
	mov	[esp], eax
	mov	[esp + 4], eax
	mov	[esp + 8], eax
	mov	[esp + 12], eax
	movups	xmm %+ n, [esp]
%assign n n + 1
%endrep
.round:
%assign n 0
%rep 8
	movups	[esp], xmm %+ n
	lea	eax, [esi + n]
	cmp	[esp], eax
	setne	cl
	cmp	[esp + 12], eax
	setne	ch
	or	cl, ch
	movzx	ecx, cl
	add	ebx, ecx
%assign n n + 1
%endrep
	test	edi, 0xff
	jnz	.stay
	mov	eax, NR_sched_yield
	int	0x80
.stay:
	dec	edi
	jnz	.round
	mov	eax, ebx
	cmp	eax, 200
	jbe	.few
	mov	eax, 200
.few:
	lea	esp, [ebp - 12]
	pop	edi
	pop	esi
	pop	ebx
	pop	ebp
	ret

section .note.GNU-stack noalloc noexec nowrite progbits
