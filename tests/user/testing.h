/*
 * What the tests in this folder share. Each is a Linux i386 program that exercises one behaviour
 * and prints what it saw in words that are the same on every system that behaves so;
 * NAME.expected holds what Linux prints. Addresses and process ids are never printed.
 */
#ifndef TESTS_USER_TESTING_H
#define TESTS_USER_TESTING_H

#include "lib/base.h"

enum { PAGE = 4096 };

/* "what: ok" for a result of 0 and more, or the error's text. */
void show(const char *what, long result);
/* "what: yes" or "what: no". */
void show_truth(const char *what, bool truth);
/* "what: exit 3" or "what: Segmentation fault", from a wait status. */
void show_status(const char *what, int status);
/* Run @body in a child and return its wait status; @body coming back is exit 0. */
int in_child(void (*body)(void));
/* The same, with a show_status. */
void show_child(const char *what, void (*body)(void));

/*
 * Return once process @pid, or thread @tid of this process, sleeps in a system call: it has got
 * that far, however long it took.
 */
void await_asleep(int pid);
void await_thread_asleep(int tid);

/* Fresh anonymous pages, private or shared; ends the test where there are none. */
char *pages_private(unsigned n);
char *pages_shared(unsigned n);
/* Does every byte of @p have this value? */
bool bytes_are(const char *p, size_t n, char value);

#endif
