# Quickstart, packaging and the like.
EXTRA_DIST += \
	.ci/run \
	.clang-format \
	CONTRIBUTING \
	HACKING \
	contrib/quickstart.sh
# To copy from, as README says; nothing of it is put in force.
dist_doc_DATA = README NEWS SECURITY
dist_pkgdata_DATA = \
	contrib/au-tiercel.conf \
	contrib/sample.log \
	contrib/tierceld.init \
	contrib/tierceld.service \
	contrib/tiercel.logrotate \
	contrib/tiercel.rules
shell_tests += tests/init.sh tests/rules.sh
