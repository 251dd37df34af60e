; One access each through a segment register, for segprobe. All are C functions.

bits 32
section .text

NR_getpid	equ 20

; uint32_t segprobe_read8(uint32_t selector, uint32_t offset)
global segprobe_read8
segprobe_read8:
	mov	fs, [esp + 4]
	mov	ecx, [esp + 8]
	movzx	eax, byte [fs:ecx]
	ret

; uint32_t segprobe_read32(uint32_t selector, uint32_t offset)
global segprobe_read32
segprobe_read32:
	mov	fs, [esp + 4]
	mov	ecx, [esp + 8]
	mov	eax, [fs:ecx]
	ret

; void segprobe_write8(uint32_t selector, uint32_t offset)
global segprobe_write8
segprobe_write8:
	mov	fs, [esp + 4]
	mov	ecx, [esp + 8]
	mov	byte [fs:ecx], 1
	ret

; void segprobe_load(uint32_t selector): into a data segment register, and no more
global segprobe_load
segprobe_load:
	mov	fs, [esp + 4]
	ret

; void segprobe_load_stack(uint32_t selector)
global segprobe_load_stack
segprobe_load_stack:
	mov	eax, [esp + 4]
	mov	edx, ss
	mov	ss, eax
	mov	ss, edx
	ret

; void segprobe_push(uint32_t selector, uint32_t esp): on the stack that these make
global segprobe_push
segprobe_push:
	mov	eax, [esp + 4]
	mov	ecx, [esp + 8]
	push	ebx
	mov	ebx, esp
	mov	edx, ss
	mov	ss, eax
	mov	esp, ecx		; with the load of ss nothing comes between the two
	push	eax
	mov	ss, edx
	mov	esp, ebx
	pop	ebx
	ret

; void segprobe_return(const void *code): go there, and from there back
global segprobe_return
segprobe_return:
	push	dword [esp + 4]
	ret

; uint32_t segprobe_call_without_data(void): getpid with null in ds, es, fs and gs
global segprobe_call_without_data
segprobe_call_without_data:
	push	ds
	push	es
	xor	eax, eax
	mov	ds, eax
	mov	es, eax
	mov	fs, eax
	mov	gs, eax
	mov	eax, NR_getpid
	int	0x80
	pop	es
	pop	ds
	ret

section .note.GNU-stack noalloc noexec nowrite progbits
