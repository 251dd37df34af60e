; From GRUB to C: check the CPU, save the loader's tags, switch paging on, jump to the high half.
;
; GRUB enters boot_start at its physical address: protected mode, flat segments, paging off,
; interrupts off, eax = magic, ebx = address of the tags. Nothing else is known; CR0 and CR4 differ
; from loader to loader (Bochs: caches off; UEFI: WP set), so both are written as absolute values.
;
; The boot directory maps
;   0xc0000000  the first 768 MiB of physical memory, writable: the direct map to be
;   0x00000000  the first 4 MiB again, until the jump to the high half is done
; by 4 MiB pages where the CPU has them (PSE), else by page tables in the .discard section, which
; lies behind the kernel and is given back once the kernel has a directory of its own (pmap_init).
;
; The tags are copied into .discard too: wherever the loader put them, they are then inside the
; map, and no free frame has to be kept from being used while they are read.

KERNEL_BASE	equ 0xc0000000
MAGIC		equ 0x36d76289
TAGS_MAX	equ 65536	; bytes of tags kept
DIRECT_PDES	equ 192		; 768 MiB
FIRST_PDE	equ KERNEL_BASE >> 22
STACK_BYTES	equ 16384

CR0_VALUE	equ 0x80010033	; PG | WP | NE | ET | MP | PE
CR4_PSE		equ 1 << 4
CR4_PGE		equ 1 << 7
CR4_OSFXSR	equ 1 << 9
CR4_OSXMMEXCPT	equ 1 << 10

CPUID_PSE	equ 1 << 3
CPUID_PGE	equ 1 << 13
CPUID_CMOV	equ 1 << 15
CPUID_FXSR	equ 1 << 24
CPUID_SSE	equ 1 << 25
EFLAGS_ID	equ 1 << 21

PRESENT_WRITE	equ 0x003
LARGE		equ 0x080

%define PHYS(symbol) ((symbol) - KERNEL_BASE)

global boot_start, boot_directory, boot_tags, boot_tags_bytes, boot_stack_top
extern kernel_main

section .boot progbits alloc exec nowrite align=16
bits 32
boot_start:
	cli
	cld
	mov	esp, PHYS(boot_stack_top)
	push	dword 0
	popfd
	mov	ebp, eax		; the magic, through all that follows
	call	save_tags
	call	check_cpu		; ebx = features, edi = CR4 to be
	mov	cr4, edi
	test	ebx, CPUID_PSE
	jz	.small
	call	map_large
	jmp	.mapped
.small:
	call	map_small
.mapped:
	mov	eax, PHYS(boot_directory)
	mov	cr3, eax
	mov	eax, CR0_VALUE
	mov	cr0, eax
	mov	eax, .high
	jmp	eax
.high:
	mov	esp, boot_stack_top
	mov	dword [boot_directory], 0	; the low map has served
	mov	eax, cr3
	mov	cr3, eax
	mov	eax, ebp
	xor	ebp, ebp		; stack traces end here
	push	eax
	call	kernel_main
.halt:
	cli
	hlt
	jmp	.halt

; Copy the tags at ebx, whose first word is their size.
save_tags:
	cmp	ebp, MAGIC
	jne	.done
	mov	ecx, [ebx]
	cmp	ecx, TAGS_MAX
	jbe	.fits
	mov	ecx, TAGS_MAX
.fits:
	mov	[PHYS(boot_tags_bytes)], ecx
	mov	esi, ebx
	mov	edi, PHYS(boot_tags)
	rep movsb
.done:
	ret

; ebx = CPUID's feature bits, edi = the CR4 they allow. Does not return on a CPU before the i686.
check_cpu:
	pushfd
	pop	eax
	mov	ecx, eax
	xor	eax, EFLAGS_ID
	push	eax
	popfd
	pushfd
	pop	eax
	xor	eax, ecx
	test	eax, EFLAGS_ID
	jz	refuse_cpu		; the bit does not move: no CPUID
	mov	eax, 1
	cpuid
	test	edx, CPUID_CMOV
	jz	refuse_cpu
	mov	ebx, edx
	xor	edi, edi
	test	ebx, CPUID_PSE
	jz	.no_pse
	or	edi, CR4_PSE
.no_pse:
	test	ebx, CPUID_PGE
	jz	.no_pge
	or	edi, CR4_PGE
.no_pge:
	test	ebx, CPUID_FXSR
	jz	.no_fxsr
	or	edi, CR4_OSFXSR
.no_fxsr:
	test	ebx, CPUID_SSE
	jz	.no_sse
	or	edi, CR4_OSXMMEXCPT
.no_sse:
	ret

; The direct map by 4 MiB pages.
map_large:
	mov	eax, PRESENT_WRITE | LARGE
	mov	[PHYS(boot_directory)], eax
	mov	edi, PHYS(boot_directory) + 4 * FIRST_PDE
	mov	ecx, DIRECT_PDES
.next:
	stosd
	add	eax, 1 << 22
	loop	.next
	ret

; The direct map by page tables.
map_small:
	mov	eax, PRESENT_WRITE
	mov	edi, PHYS(boot_tables)
	mov	ecx, DIRECT_PDES * 1024
.next_page:
	stosd
	add	eax, 4096
	loop	.next_page
	mov	eax, PHYS(boot_tables) + PRESENT_WRITE
	mov	[PHYS(boot_directory)], eax
	mov	edi, PHYS(boot_directory) + 4 * FIRST_PDE
	mov	ecx, DIRECT_PDES
.next_table:
	stosd
	add	eax, 4096
	loop	.next_table
	ret

; Say so on COM1 and on the text screen, end QEMU by its debug exit, and stop.
refuse_cpu:
	mov	esi, PHYS(refusal)
	mov	edi, 0xb8000
	mov	ah, 0x0f
	mov	dx, 0x3f8
.next:
	lodsb
	test	al, al
	jz	.end
	out	dx, al
	stosw
	jmp	.next
.end:
	mov	dx, 0xf4
	mov	eax, 0x12		; MACHINE_PANIC
	out	dx, eax
	jmp	boot_start.halt

section .rodata
refusal:
	db "Clockhand needs an i686 CPU (with CPUID and CMOV); this one is older. Stopped."
	db 13, 10, 0

section .bss align=4096
boot_directory:
	resb 4096
	resb STACK_BYTES		; left for one with guard pages as soon as there are any
boot_stack_top:
boot_tags_bytes:
	resd 1

; Behind the kernel; free memory once boot is over.
section .discard nobits alloc noexec write align=4096
boot_tags:
	resb TAGS_MAX
boot_tables:
	resb DIRECT_PDES * 4096
