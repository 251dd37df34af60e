; Sleeps two seconds, then clones itself with thread-local storage that is the child's alone, and
; says whether the child found it. Meant for a partition in which the clone makes compaction move
; the parent.

CLONE_SETTLS_SIGCHLD equ 0x80000 | 17
MAGIC equ 0x5eed1234

section .data
pause:	dd 2, 0
; struct user_desc: GDT entry 6, base, limit in pages; 32-bit, limit in pages, usable
desc:	dd 6, block, 0xfffff, 0x51
block:	dd MAGIC
status:	dd 0
right:	db "the child found its own", 10
wrong:	db "the child found another", 10
length equ $ - wrong

section .text
global _start
_start:
	mov	eax, 162	; nanosleep
	mov	ebx, pause
	xor	ecx, ecx
	int	0x80
	mov	eax, 120	; clone
	mov	ebx, CLONE_SETTLS_SIGCHLD
	xor	edx, edx
	mov	esi, desc
	xor	edi, edi
	int	0x80
	test	eax, eax
	jnz	.parent
	mov	eax, 6 * 8 + 3
	mov	gs, eax
	xor	ebx, ebx
	cmp	dword [gs:0], MAGIC
	sete	bl
	mov	eax, 1		; exit: 1 if it is there
	int	0x80
.parent:
	js	.end
	mov	ebx, eax
	mov	eax, 7		; waitpid
	mov	ecx, status
	xor	edx, edx
	int	0x80
	mov	ecx, right
	cmp	dword [status], 1 << 8
	je	.say
	mov	ecx, wrong
.say:
	mov	eax, 4		; write
	mov	ebx, 1
	mov	edx, length
	int	0x80
	xor	eax, eax
.end:
	mov	ebx, eax
	mov	eax, 1
	int	0x80
