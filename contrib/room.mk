# Quickstart, packaging and the like.
EXTRA_DIST += \
	.ci/run \
	.clang-format \
	CONTRIBUTING \
	HACKING \
	SECURITY \
	contrib/au-tiercel.conf \
	contrib/quickstart.sh \
	contrib/sample.log \
	contrib/tierceld.service
