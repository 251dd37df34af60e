; A program of more than a megabyte, most of it here: 32 pages of code, each with one function of
; its own, and 512 KiB of initialised numbers. Nothing is computed at run time, so every page must
; come from the file.

bits 32
global bigprog_functions
global bigprog_table

FUNCTIONS	equ 32
TABLE_WORDS	equ 128 * 1024

section .text align=4096
%assign n 0
%rep FUNCTIONS
	align 4096
; uint32_t function_n(uint32_t x): x * odd + n, then a turn by n bits
function_ %+ n:
	mov	eax, [esp + 4]
	imul	eax, eax, 2 * n * 7919 + 1
	add	eax, n * 104729 + 1
	rol	eax, n
	ret
%assign n n + 1
%endrep

section .rodata
	align 4
bigprog_functions:
%assign n 0
%rep FUNCTIONS
	dd	function_ %+ n
%assign n n + 1
%endrep

section .data align=4096
; word i is i * 2654435761 modulo 2^32: written page by page, as nasm repeats blocks quickly
bigprog_table:
%assign i 0
%rep TABLE_WORDS / 8
	dd	(i * 2654435761) & 0xffffffff, ((i + 1) * 2654435761) & 0xffffffff
	dd	((i + 2) * 2654435761) & 0xffffffff, ((i + 3) * 2654435761) & 0xffffffff
	dd	((i + 4) * 2654435761) & 0xffffffff, ((i + 5) * 2654435761) & 0xffffffff
	dd	((i + 6) * 2654435761) & 0xffffffff, ((i + 7) * 2654435761) & 0xffffffff
%assign i i + 8
%endrep

section .note.GNU-stack noalloc noexec nowrite progbits
