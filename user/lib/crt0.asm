; The first instructions of every user program. Linux enters with the stack pointer at argc, then
; argv, envp and the auxiliary vector; no return address. The C function gets that address as its
; one argument, on a stack aligned to 16 bytes as the ABI of i386 asks.

bits 32
extern runtime_start
global _start

section .text
_start:
	xor	ebp, ebp		; the outermost frame: debuggers stop here
	mov	eax, esp
	and	esp, -16
	sub	esp, 12
	push	eax
	call	runtime_start		; does not return

section .note.GNU-stack noalloc noexec nowrite progbits
