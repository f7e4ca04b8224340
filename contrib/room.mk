# Quickstart, packaging and the like.
EXTRA_DIST += \
	.ci/run \
	.clang-format \
	CONTRIBUTING \
	SECURITY \
	contrib/au-tiercel.conf \
	contrib/quickstart.sh \
	contrib/sample.log \
	contrib/tierceld.service
