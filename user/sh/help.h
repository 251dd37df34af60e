/* The text that the command "help" prints. */
#ifndef USER_SH_HELP_H
#define USER_SH_HELP_H

void help_print(void);

#endif
