/* tierceld: options, signals, and the loop between its source and the pipeline. */
#ifndef TIERCEL_DAEMON_DAEMON_H
#define TIERCEL_DAEMON_DAEMON_H

/* The whole program; returns the exit status: 0, 1 failed, 2 wrong usage. */
int daemon_main(int argc, char **argv);

#endif
