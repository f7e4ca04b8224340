/* What happens to tierceld itself: a word in the log, and an event in the stream. */
#ifndef TIERCEL_DAEMON_NEWS_H
#define TIERCEL_DAEMON_NEWS_H

#include "base/log.h"
#include "daemon/pipeline.h"
#include "event/internal.h"

/* One piece of news: the event's type, how bad it is (syslog's priority; also decides on the level of the log). */
struct news {
	const char *type;
	int priority;
	const struct internal_pair *pairs;
	unsigned count;
};

enum { NEWS_ERROR = 3, NEWS_WARNING = 4, NEWS_NOTICE = 5 };

/* Log the sentence and send it as an event. False: no output took the event, though some would have. */
bool news_tell(struct pipeline *p, const struct news *news, const char *fmt, ...) __attribute__((format(printf, 3, 4)));

#endif
