; The pieces of hierarchy that must be exactly these instructions.

bits 32
global hierarchy_cpuid
global hierarchy_ticks
global hierarchy_add
global hierarchy_chase

section .text

; void hierarchy_cpuid(uint32_t leaf, uint32_t subleaf, uint32_t out[4]): eax, ebx, ecx, edx.
hierarchy_cpuid:
	push	ebx
	push	edi
	mov	eax, [esp + 12]
	mov	ecx, [esp + 16]
	mov	edi, [esp + 20]
	cpuid
	mov	[edi], eax
	mov	[edi + 4], ebx
	mov	[edi + 8], ecx
	mov	[edi + 12], edx
	pop	edi
	pop	ebx
	ret

; uint64_t hierarchy_ticks(void): the time-stamp counter.
hierarchy_ticks:
	rdtsc
	ret

; uint32_t hierarchy_add(uint32_t n): n times 8 additions, each of the last one's result.
hierarchy_add:
	mov	ecx, [esp + 4]
	xor	eax, eax
	mov	edx, 1
.next:
%rep 8
	add	eax, edx
%endrep
	dec	ecx
	jnz	.next
	ret

; void *hierarchy_chase(void *p, uint32_t n): n times 8 loads, each from where the last one says.
hierarchy_chase:
	mov	eax, [esp + 4]
	mov	ecx, [esp + 8]
.next:
%rep 8
	mov	eax, [eax]
%endrep
	dec	ecx
	jnz	.next
	ret

section .note.GNU-stack noalloc noexec nowrite progbits
