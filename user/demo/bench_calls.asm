; The pieces of bench that must be exactly these instructions.

bits 32
global bench_null_call
global bench_nothing

NR_getppid	equ 64

section .text

; uint32_t bench_null_call(void): what one getppid costs, by the time-stamp counter.
bench_null_call:
	rdtsc
	mov	ecx, eax		; the kernel keeps every register but eax
	mov	eax, NR_getppid
	int	0x80
	rdtsc
	sub	eax, ecx
	ret

; uint32_t bench_nothing(void): what measuring itself costs.
bench_nothing:
	rdtsc
	mov	ecx, eax
	rdtsc
	sub	eax, ecx
	ret

section .note.GNU-stack noalloc noexec nowrite progbits
