; Switches kernel stacks: what a C function must preserve, and the stack pointer.

global cpu_switch_stack

section .text
; ASMLINKAGE void cpu_switch_stack(uint32_t *save_esp, uint32_t load_esp)
; Returns on the stack @load_esp, where an earlier call saved itself, or where someone laid out
; edi, esi, ebx, ebp and a return address, from low to high.
cpu_switch_stack:
	mov	eax, [esp + 4]
	mov	edx, [esp + 8]
	push	ebp
	push	ebx
	push	esi
	push	edi
	mov	[eax], esp
	mov	esp, edx
	pop	edi
	pop	esi
	pop	ebx
	pop	ebp
	ret
