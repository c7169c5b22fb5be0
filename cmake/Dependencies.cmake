# Every library comes from the distribution. Where one is missing, say which package brings it: a build that downloads
# on its own is a surprise to whoever runs it behind a firewall.
set(SYNCER_PACKAGES
    "libasio-dev nlohmann-json3-dev libcpp-httplib-dev libcli11-dev libspdlog-dev libexpected-dev libxxhash-dev zlib1g-dev libzstd-dev \
libssl-dev librapidcheck-dev libgtest-dev libgmock-dev libbenchmark-dev pkg-config")

macro(syncer_require package)
  find_package(${package} ${ARGN} QUIET)
  if(NOT ${package}_FOUND)
    message(FATAL_ERROR "${package} is missing. On Debian: apt-get install ${SYNCER_PACKAGES} (or run ./dev setup)")
  endif()
endmacro()

syncer_require(Threads)
syncer_require(OpenSSL)
syncer_require(tl-expected)
syncer_require(nlohmann_json)
syncer_require(CLI11)
syncer_require(spdlog)
syncer_require(Asio)
syncer_require(Httplib)
syncer_require(ZLIB)
syncer_require(XxHash)
syncer_require(Zstd)
if(SYNCER_TESTS)
  syncer_require(GTest)
  syncer_require(rapidcheck)
endif()
if(SYNCER_BENCH)
  syncer_require(benchmark)
endif()
