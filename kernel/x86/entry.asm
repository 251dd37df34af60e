; Kernel entry and exit.
;
; Each way in leaves a struct trap_frame (trap_frame.h) on the kernel stack, in this order from
; high to low addresses: what the CPU pushed (ss esp eflags cs eip, error code), the vector, the
; segment registers, the general registers. Then ds and es are the kernel's (a program may
; have put anything into them, and only real CPUs check), fs and gs are null (a program's selector
; would be reloaded at the end of every interrupt inside the kernel, even after its descriptor
; is gone) and the direction flag is clear (a program may have set it, and every rep movs would
; run backwards).
;
; On the way out the popped selectors and the iret frame may be bad, by a program's doing. The CPU
; then faults with the kernel's CS. The exception table says where to resume: a bad selector
; becomes the null selector (the program faults when it uses it), a bad iret frame is
; VECTOR_BAD_RETURN's case. The kernel has done its work by then and loses nothing.

KERNEL_DS	equ 0x68
VECTOR_GENERAL	equ 13
VECTOR_SYSCALL	equ 0x80
; As in vector.h and trap_frame.h; handlers take the frame in eax (regparm).
VECTOR_CALL	equ 48
VECTOR_BAD_RETURN equ 49
FRAME_VECTOR	equ 44

extern vector_handlers
global vector_stubs, vector_call_entry, vector_return

%macro PUSH_REGISTERS 0
	push	gs
	push	fs
	push	es
	push	ds
	push	eax
	push	ebp
	push	edi
	push	esi
	push	edx
	push	ecx
	push	ebx
	mov	edx, KERNEL_DS
	mov	ds, edx
	mov	es, edx
	xor	edx, edx
	mov	fs, edx
	mov	gs, edx
	cld
%endmacro

; After a fault at %1 resume at %2.
%macro FIXUP 2
[section .extable progbits alloc noexec nowrite align=4]
	dd %1, %2
__?SECT?__
%endmacro

; Exceptions and interrupts 0..47. The CPU pushes an error code for some exceptions.
%macro STUB 1
vector_stub_%1:
%if !(%1 == 8 || (%1 >= 10 && %1 <= 14) || %1 == 17 || %1 == 21 || %1 == 29 || %1 == 30)
	push	dword 0
%endif
	push	dword %1
	jmp	trap_common
%endmacro

%macro STUB_ADDRESS 1
	dd vector_stub_%1
%endmacro

section .rodata
vector_stubs:
%assign i 0
%rep 48
	STUB_ADDRESS i
%assign i i + 1
%endrep

section .text
%assign i 0
%rep 48
	STUB i
%assign i i + 1
%endrep

trap_common:
	PUSH_REGISTERS
	mov	eax, esp
	mov	edx, [esp + FRAME_VECTOR]
	call	[vector_handlers + edx * 4]

; esp points to a struct trap_frame; interrupts are off.
trap_exit:
	pop	ebx
	pop	ecx
	pop	edx
	pop	esi
	pop	edi
	pop	ebp
	pop	eax
pop_ds:	pop	ds
pop_es:	pop	es
pop_fs:	pop	fs
pop_gs:	pop	gs
	add	esp, 8			; vector, error
do_iret:
	iret

FIXUP	pop_ds, null_ds
FIXUP	pop_es, null_es
FIXUP	pop_fs, null_fs
FIXUP	pop_gs, null_gs
FIXUP	do_iret, bad_iret

null_ds:
	mov	dword [esp], 0
	jmp	pop_ds
null_es:
	mov	dword [esp], 0
	jmp	pop_es
null_fs:
	mov	dword [esp], 0
	jmp	pop_fs
null_gs:
	mov	dword [esp], 0
	jmp	pop_gs

; The registers are the program's, esp points to the frame that iret refused.
bad_iret:
	push	dword 0
	push	dword VECTOR_GENERAL
	PUSH_REGISTERS
	mov	eax, esp
	call	[vector_handlers + VECTOR_BAD_RETURN * 4]
	jmp	trap_exit

; int 0x80. The number is kept where an exception has its error code (Linux's orig_eax).
vector_call_entry:
	push	eax
	push	dword VECTOR_SYSCALL
	PUSH_REGISTERS
	mov	eax, esp
	sti
	call	[vector_handlers + VECTOR_CALL * 4] ; returns with interrupts off
	jmp	trap_exit

; NORETURN ASMLINKAGE void vector_return(struct trap_frame *tf)
vector_return:
	cli
	mov	esp, [esp + 4]
	jmp	trap_exit
