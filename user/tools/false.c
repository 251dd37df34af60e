/* Does nothing and says false: exit status 1. */
#include "user/lib/runtime.h"

int main(int argc, char **argv, char **envp)
{
	(void)argc;
	(void)argv;
	(void)envp;
	return 1;
}
