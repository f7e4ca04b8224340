#include "daemon/news.h"

#include <stdarg.h>
#include <stdio.h>
#include <time.h>

static enum log_level level_of(int priority)
{
	if (priority <= NEWS_ERROR)
		return LOG_LEVEL_ERROR;
	return priority == NEWS_WARNING ? LOG_LEVEL_WARNING : LOG_LEVEL_INFO;
}

bool news_tell(struct pipeline *p, const struct news *news, const char *fmt, ...)
{
	struct internal_event in = {
		.type = news->type, .priority = news->priority, .pairs = news->pairs, .count = news->count
	};
	struct timespec now;
	char text[512];
	va_list ap;

	va_start(ap, fmt);
	vsnprintf(text, sizeof(text), fmt, ap);
	va_end(ap);
	log_say(level_of(news->priority), NULL, "%s", text);
	clock_gettime(CLOCK_REALTIME, &now);
	in.time_ms = (int64_t)now.tv_sec * 1000 + now.tv_nsec / 1000000;
	in.text = text;
	return pipeline_tell(p, &in);
}
