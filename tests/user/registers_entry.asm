; The entry of the test "registers", in place of crt0's: keeps what the kernel left in the
; registers, then goes on as every program. And the comparisons that C cannot make.

bits 32
extern _start
global registers_entry
global registers_at_entry
global registers_changed
global registers_changed_by_touch

section .bss
	alignb 4
registers_at_entry:
	resd	8

section .text
registers_entry:
	mov	[registers_at_entry], eax
	mov	[registers_at_entry + 4], ecx
	mov	[registers_at_entry + 8], edx
	mov	[registers_at_entry + 12], ebx
	mov	[registers_at_entry + 16], ebp
	mov	[registers_at_entry + 20], esi
	mov	[registers_at_entry + 24], edi
	mov	[registers_at_entry + 28], esp
	jmp	_start

; Patterns for the six registers that must stay; eax is the result's.
%macro FILL 1
	mov	ecx, 0xc0c0c0c0
	mov	edx, 0xd0d0d0d0
	mov	esi, 0x51515151
	mov	edi, 0xd1d1d1d1
	mov	ebp, 0xb0b0b0b0
	mov	ebx, %1
%endmacro

; Leaves in eax a bit for each that changed. Uses the stack pointer alone.
%macro COMPARE 1
	xor	eax, eax
	cmp	ebx, %1
	je	%%1
	or	eax, 1
%%1:	cmp	ecx, 0xc0c0c0c0
	je	%%2
	or	eax, 2
%%2:	cmp	edx, 0xd0d0d0d0
	je	%%3
	or	eax, 4
%%3:	cmp	esi, 0x51515151
	je	%%4
	or	eax, 8
%%4:	cmp	edi, 0xd1d1d1d1
	je	%%5
	or	eax, 16
%%5:	cmp	ebp, 0xb0b0b0b0
	je	%%6
	or	eax, 32
%%6:
%endmacro

; uint32_t registers_changed(long number, long argument)
registers_changed:
	push	ebx
	push	esi
	push	edi
	push	ebp
	FILL	[esp + 24]
	mov	eax, [esp + 20]
	stc				; a flag the kernel must keep
	int	0x80
	jc	.carry_kept
	mov	dword [esp + 20], 128
	jmp	.compare
.carry_kept:
	mov	dword [esp + 20], 0
.compare:
	COMPARE	[esp + 24]
	or	eax, [esp + 20]
	pop	ebp
	pop	edi
	pop	esi
	pop	ebx
	ret

; uint32_t registers_changed_by_touch(volatile char *address)
registers_changed_by_touch:
	push	ebx
	push	esi
	push	edi
	push	ebp
	FILL	[esp + 20]
	mov	byte [ebx], 1
	COMPARE	[esp + 20]
	pop	ebp
	pop	edi
	pop	esi
	pop	ebx
	ret

section .note.GNU-stack noalloc noexec nowrite progbits
