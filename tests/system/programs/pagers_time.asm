; unsigned long long time_stamp(void)
global time_stamp

section .text

time_stamp:
	rdtsc
	ret

section .note.GNU-stack noalloc noexec nowrite progbits
