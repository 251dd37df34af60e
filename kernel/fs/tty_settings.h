/* Linux's struct termios on i386, its bits, and the terminal's ioctl numbers. */
#ifndef KERNEL_FS_TTY_SETTINGS_H
#define KERNEL_FS_TTY_SETTINGS_H

#include "lib/base.h"

enum {
	TTY_VINTR, TTY_VQUIT, TTY_VERASE, TTY_VKILL, TTY_VEOF, TTY_VTIME, TTY_VMIN, TTY_VSWTC,
	TTY_VSTART, TTY_VSTOP, TTY_VSUSP, TTY_VEOL, TTY_VREPRINT, TTY_VDISCARD, TTY_VWERASE,
	TTY_VLNEXT, TTY_VEOL2, TTY_NKEYS = 19,
};

enum { TTY_INLCR = 0100, TTY_IGNCR = 0200, TTY_ICRNL = 0400, TTY_IXON = 02000, TTY_IUTF8 = 040000 };
enum { TTY_OPOST = 1, TTY_ONLCR = 4 };
enum { TTY_B115200 = 010002, TTY_CS8 = 060, TTY_CREAD = 0200, TTY_HUPCL = 02000 };
enum {
	TTY_ISIG = 1, TTY_ICANON = 2, TTY_ECHO = 010, TTY_ECHOE = 020, TTY_ECHOK = 040,
	TTY_TOSTOP = 0400, TTY_ECHOCTL = 01000, TTY_ECHOKE = 04000, TTY_IEXTEN = 0100000,
};

enum {
	TTY_TCGETS = 0x5401, TTY_TCSETS, TTY_TCSETSW, TTY_TCSETSF, TTY_TCSBRK = 0x5409, TTY_TCXONC,
	TTY_TCFLSH, TTY_TIOCSCTTY = 0x540e, TTY_TIOCGPGRP, TTY_TIOCSPGRP, TTY_TIOCGWINSZ = 0x5413,
	TTY_TIOCSWINSZ, TTY_FIONREAD = 0x541b, TTY_TIOCNOTTY = 0x5422, TTY_TIOCGSID = 0x5429,
};

struct tty_settings {
	uint32_t iflag, oflag, cflag, lflag;
	uint8_t line;
	uint8_t cc[TTY_NKEYS];
};

struct tty_size {
	uint16_t rows, columns, width, height; /* characters; pixels: 0 */
};

static inline void tty_settings_default(struct tty_settings *s)
{
	*s = (struct tty_settings){
		.iflag = TTY_ICRNL | TTY_IXON,
		.oflag = TTY_OPOST | TTY_ONLCR,
		.cflag = TTY_B115200 | TTY_CS8 | TTY_CREAD | TTY_HUPCL,
		.lflag = TTY_ISIG | TTY_ICANON | TTY_ECHO | TTY_ECHOE | TTY_ECHOK | TTY_ECHOCTL |
			 TTY_ECHOKE | TTY_IEXTEN,
		.cc = { [TTY_VINTR] = 3,
			[TTY_VQUIT] = 28,
			[TTY_VERASE] = 127,
			[TTY_VKILL] = 21,
			[TTY_VEOF] = 4,
			[TTY_VMIN] = 1,
			[TTY_VSTART] = 17,
			[TTY_VSTOP] = 19,
			[TTY_VSUSP] = 26,
			[TTY_VREPRINT] = 18,
			[TTY_VDISCARD] = 15,
			[TTY_VWERASE] = 23,
			[TTY_VLNEXT] = 22 },
	};
}

#endif
