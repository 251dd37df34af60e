/*
 * The PS/2 keyboard: scan codes of set 1, as the controller translates them, become bytes.
 *
 * A key sends its code when pressed and the code + 0x80 when released; the newer keys send 0xe0
 * in front. The tables give each key's byte for the US layout, without and with Shift. The bytes
 * are those a serial terminal would send, so that one line discipline serves both.
 * F2 is the machine's own key: it sends no byte.
 * Left out: the lights, Alt, key pad, the other function keys.
 */
#include "drivers/keyboard.h"

#include "kernel/x86/cpu.h"
#include "kernel/x86/irq.h"

enum { PORT_DATA = 0x60, PORT_STATUS = 0x64, STATUS_FULL = 1, KEYBOARD_LINE = 1 };
enum { RELEASED = 0x80, EXTENDED = 0xe0 };
enum { KEY_CTRL = 0x1d, KEY_SHIFT_LEFT = 0x2a, KEY_SHIFT_RIGHT = 0x36, KEY_CAPS_LOCK = 0x3a };
enum { KEY_UP = 0x48, KEY_LEFT = 0x4b, KEY_RIGHT = 0x4d, KEY_DOWN = 0x50 };
enum { KEY_ENTER = 0x1c, KEY_SLASH = 0x35, KEY_F2 = 0x3c };
enum { KEY_COUNT = 0x3a };

static const char keyboard_plain[KEY_COUNT + 1] =
	"\0\0331234567890-=\177\tqwertyuiop[]\r\0asdfghjkl;'`\0\\zxcvbnm,./\0*\0 ";
static const char keyboard_shifted[KEY_COUNT + 1] =
	"\0\033!@#$%^&*()_+\177\tQWERTYUIOP{}\r\0ASDFGHJKL:\"~\0|ZXCVBNM<>?\0*\0 ";

static struct {
	void (*receiver)(uint8_t byte);
	void (*on_f2)(void); /* NULL: nobody asked */
	bool shift, control, caps, extended;
} keyboard;

static bool keyboard_is_letter(char c)
{
	return (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z');
}

static uint8_t keyboard_arrow_letter(uint8_t key)
{
	switch (key) {
	case KEY_UP:
		return 'A';
	case KEY_DOWN:
		return 'B';
	case KEY_RIGHT:
		return 'C';
	case KEY_LEFT:
		return 'D';
	default:
		return 0;
	}
}

static void keyboard_arrow(uint8_t key)
{
	uint8_t letter = keyboard_arrow_letter(key);
	if (letter == 0)
		return;
	keyboard.receiver(27);
	keyboard.receiver('[');
	keyboard.receiver(letter);
}

static void keyboard_key(uint8_t key)
{
	if (key == KEY_F2 && keyboard.on_f2 != NULL)
		keyboard.on_f2();
	if (key >= KEY_COUNT)
		return;
	char c = keyboard_plain[key];
	bool shift = keyboard.shift != (keyboard.caps && keyboard_is_letter(c));
	if (shift)
		c = keyboard_shifted[key];
	if (keyboard.control && ((c >= '@' && c <= '_') || keyboard_is_letter(c)))
		c &= 0x1f;
	if (c != 0)
		keyboard.receiver((uint8_t)c);
}

/* True if @key is one that changes others. */
static bool keyboard_modifier(uint8_t key, bool pressed)
{
	if (key == KEY_CTRL)
		keyboard.control = pressed;
	else if (key == KEY_SHIFT_LEFT || key == KEY_SHIFT_RIGHT)
		keyboard.shift = pressed;
	else if (key == KEY_CAPS_LOCK)
		keyboard.caps = keyboard.caps != pressed;
	else
		return false;
	return true;
}

static void keyboard_code(uint8_t code)
{
	if (code == EXTENDED) {
		keyboard.extended = true;
		return;
	}
	bool extended = keyboard.extended;
	bool pressed = !(code & RELEASED);
	uint8_t key = code & ~RELEASED;
	keyboard.extended = false;
	/* Extended keys send shifts of their own around them: not the person's. */
	if (extended && (key == KEY_SHIFT_LEFT || key == KEY_SHIFT_RIGHT))
		return;
	if (keyboard_modifier(key, pressed) || !pressed)
		return;
	/* The key pad's Enter and slash are extended and yet what they seem. */
	if (extended && key != KEY_ENTER && key != KEY_SLASH)
		keyboard_arrow(key);
	else
		keyboard_key(key);
}

static void keyboard_interrupt(void)
{
	while (cpu_in8(PORT_STATUS) & STATUS_FULL)
		keyboard_code(cpu_in8(PORT_DATA));
}

void keyboard_on_f2(void (*pressed)(void))
{
	keyboard.on_f2 = pressed;
}

void keyboard_init(void (*receiver)(uint8_t byte))
{
	if (cpu_in8(PORT_STATUS) == 0xff)
		return; /* no controller */
	while (cpu_in8(PORT_STATUS) & STATUS_FULL)
		(void)cpu_in8(PORT_DATA);
	keyboard.receiver = receiver;
	irq_register(KEYBOARD_LINE, keyboard_interrupt);
}
