// SPDX-License-Identifier: Apache-2.0
#include "syncer/daemon/process_limits.h"

#include <sys/resource.h>

#include <algorithm>

namespace syncer::daemon {
namespace {

/// More than this helps nobody, and some programs close all descriptors they could have.
constexpr rlim_t kMostDescriptors = 65536;
/// Three listeners of operators with 64 connections each.
constexpr std::size_t kForOperators = std::size_t{3} * 65;
/// Listening sockets, files that are being written, host names that are looked up, the loop itself, a margin.
constexpr std::size_t kForOthers = 64;
/// With less than this no region could be reached.
constexpr std::size_t kFewestStreams = 16;

}  // namespace

void forbid_core_dumps() {
  const rlimit none{0, 0};
  ::setrlimit(RLIMIT_CORE, &none);  // lowering is always allowed
}

std::size_t raise_descriptor_limit() {
  rlimit limit{};
  if (::getrlimit(RLIMIT_NOFILE, &limit) != 0) return 1024;
  const rlim_t wanted = std::min(limit.rlim_max, std::max(limit.rlim_cur, kMostDescriptors));
  const rlimit raised{wanted, limit.rlim_max};
  if (wanted > limit.rlim_cur && ::setrlimit(RLIMIT_NOFILE, &raised) == 0) limit.rlim_cur = wanted;
  return static_cast<std::size_t>(std::min(limit.rlim_cur, kMostDescriptors));
}

net::StreamLimits stream_limits(std::size_t descriptors, std::size_t registry_connections) {
  net::StreamLimits limits;
  const std::size_t kept = kForOperators + kForOthers + 2 * registry_connections;  // under way, and kept for later
  const std::size_t left = descriptors > kept ? descriptors - kept : 0;
  // Streams that are closed and not gone yet have a descriptor, too.
  limits.flushing = std::min(limits.flushing, std::max(left / 4, kFewestStreams / 4));
  limits.links = std::min(limits.links, std::max(left - std::min(left, limits.flushing), kFewestStreams));
  return limits;
}

}  // namespace syncer::daemon
