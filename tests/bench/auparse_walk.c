/* Peer: auditd's own library, every record and field of a log visited; with -i each value interpreted too. */
#include <auparse.h>
#include <stdio.h>
#include <string.h>

int main(int argc, char **argv)
{
	int interpret = argc > 2 && strcmp(argv[1], "-i") == 0;
	auparse_state_t *au = auparse_init(AUSOURCE_FILE, argv[argc - 1]);
	unsigned long events = 0, bytes = 0;

	if (!au)
		return 1;
	while (auparse_next_event(au) > 0) {
		events++;
		if (auparse_first_record(au) <= 0)
			continue;
		do {
			if (auparse_first_field(au) <= 0)
				continue;
			do {
				const char *v = interpret ? auparse_interpret_field(au) : auparse_get_field_str(au);

				bytes += v ? strlen(v) : 0;
			} while (auparse_next_field(au) > 0);
		} while (auparse_next_record(au) > 0);
	}
	auparse_destroy(au);
	printf("%lu events, %lu bytes of values\n", events, bytes);
	return 0;
}
