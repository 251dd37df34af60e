/*
 * What each policy should do, written a second time: short, slow, with arrays and no lists, and
 * from the books rather than from the files of mm/policy/. Frames are not known here, only pages.
 */
#ifndef TESTS_HOST_POLICY_MODELS_H
#define TESTS_HOST_POLICY_MODELS_H

#include "lib/base.h"

/* Forget everything; @nframes frames from now on. */
void model_start(const char *policy, int nframes);
/* As policy_sim_touch. */
int model_touch(int page, bool write);

#endif
