/* What is good, but can hardly be meant: warnings of `tiercel check`. */
#ifndef TIERCEL_CONFIG_CONFIG_CHECK_H
#define TIERCEL_CONFIG_CONFIG_CHECK_H

#include "config/config.h"

/*
 * Warn of rules that can never match, and of what in them is to blame; of rules that every system call crosses for, or
 * that ask for what audit's events do not have; of words that a field never is; of records that may come with a call;
 * of lists and macros that nobody uses; and, by uname(2)'s release and machine alone, of what this kernel can't test.
 * 0 or -ENOMEM.
 */
int config_check(const struct config *c, const char *release, const char *machine, config_report *report, void *ctx);

#endif
