# Sourced before Python and pip are run: what somebody's shell sets for programs of their own would change which modules
# are loaded, or where and whether packages are installed. What says how to reach a network stays: PIP_INDEX_URL, PIP_CERT,
# PIP_PROXY, https_proxy and the like.
unset CDPATH
unset PYTHONHOME PYTHONPATH PYTHONOPTIMIZE PYTHONWARNINGS PYTHONINSPECT PYTHONSTARTUP PYTHONPLATLIBDIR
unset PIP_TARGET PIP_PREFIX PIP_ROOT PIP_PYTHON PIP_DRY_RUN PIP_NO_BINARY PIP_ONLY_BINARY PIP_CONSTRAINT PIP_REQUIREMENT
unset PIP_EDITABLE PIP_PLATFORM PIP_PYTHON_VERSION PIP_IMPLEMENTATION PIP_ABI PIP_PRE PIP_REPORT PIP_REQUIRE_VIRTUALENV
export PIP_USER=0 # also where a configuration file of pip's says otherwise
