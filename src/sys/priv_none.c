/* Built without libmnl: nothing to be privileged for. */
#include "sys/priv.h"

#include <errno.h>
#include <stddef.h>

int priv_open(struct priv *p, struct err *err)
{
	*p = (struct priv){ -1, -1 };
	return err_set(err, -ENOSYS, NULL, "built without libmnl: install its headers and build again to read the kernel's "
		"audit stream");
}

void priv_close(struct priv *p)
{
	*p = (struct priv){ -1, -1 };
}
