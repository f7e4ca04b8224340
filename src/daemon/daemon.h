/* The tierceld program. */
#ifndef TIERCEL_DAEMON_DAEMON_H
#define TIERCEL_DAEMON_DAEMON_H

/* The whole program. Returns the exit status. */
int daemon_main(int argc, char **argv);

#endif
