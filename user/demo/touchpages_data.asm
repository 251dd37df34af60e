; 256 pages of constants for touchpages: the first word of each is its number plus 1000, so that
; none is a page of zeroes.

bits 32
global touchpages_constants

section .rodata align=4096
touchpages_constants:
%assign n 0
%rep 256
	dd	1000 + n
	times 1023 dd 0x55555555
%assign n n + 1
%endrep

section .note.GNU-stack noalloc noexec nowrite progbits
