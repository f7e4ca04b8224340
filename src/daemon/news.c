#include "daemon/news.h"

#include "base/clock.h"

#include <stdarg.h>
#include <stdio.h>

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
	char text[1024];
	va_list ap;

	va_start(ap, fmt);
	vsnprintf(text, sizeof(text), fmt, ap);
	va_end(ap);
	log_say(level_of(news->priority), NULL, "%s", text);
	in.time_ms = clock_epoch_ms();
	in.text = text;
	return pipeline_tell(p, &in);
}
