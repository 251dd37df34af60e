; The multiboot2 header: how GRUB recognises the kernel and knows where to enter it.
;
; The image is linked at 0xC0100000 and loaded at 1 MiB (linker.ld), so the entry address is given
; as a physical one. No framebuffer is asked for: the firmware's text screen stays.

MULTIBOOT2_MAGIC	equ 0xe85250d6
ARCHITECTURE_I386	equ 0
TAG_END			equ 0
TAG_ENTRY		equ 3
KERNEL_BASE		equ 0xc0000000

extern boot_start

section .multiboot progbits alloc noexec nowrite align=8
header:
	dd MULTIBOOT2_MAGIC
	dd ARCHITECTURE_I386
	dd header.end - header
	dd -(MULTIBOOT2_MAGIC + ARCHITECTURE_I386 + (header.end - header))

	align 8
	dw TAG_ENTRY, 0
	dd 12
	dd boot_start - KERNEL_BASE

	align 8
	dw TAG_END, 0
	dd 8
.end:
