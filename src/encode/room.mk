# Events become bytes.
libtiercel_a_SOURCES += \
	src/encode/encode.c src/encode/encode.h src/encode/escape.c src/encode/escape.h \
	src/encode/message.c src/encode/message.h \
	src/encode/enc_json.c src/encode/json.h src/encode/json_fields.c src/encode/json_value.c src/encode/enc_text.c

unit_tests += \
	tests/unit/test_enc_json \
	tests/unit/test_enc_text \
	tests/unit/test_escape \
	tests/unit/test_message

# A log all the way to bytes.
fuzz_targets += tests/fuzz/fuzz_event
tests_fuzz_fuzz_event_LDADD = $(fuzz_libs)

EXTRA_DIST += tests/unit/json_check.h tests/fuzz/corpus/event
