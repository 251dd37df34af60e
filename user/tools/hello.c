/* The smallest program that says something. */
#include "user/lib/print.h"
#include "user/lib/runtime.h"

int main(int argc, char **argv, char **envp)
{
	(void)argc;
	(void)argv;
	(void)envp;
	printf("Hello from ring 3!\n");
	return 0;
}
