/* What is there when main() begins. Theory in runtime.c. */
#ifndef USER_LIB_RUNTIME_H
#define USER_LIB_RUNTIME_H

#include "user/lib/linux.h"

/* Every program's own. */
int main(int argc, char **argv, char **envp);

/* The environment and the auxiliary vector, as the kernel laid them on the stack. */
extern char **runtime_environ;
extern struct auxv *runtime_auxv;

/* Write out what is printed and end the process. */
_Noreturn void exit(int status);
/* The value of auxiliary entry @type; 0 where there is none. */
uint32_t runtime_auxv_value(uint32_t type);
/* The value of @name in the environment, or NULL. */
const char *runtime_getenv(const char *name);

#endif
