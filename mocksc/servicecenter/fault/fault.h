// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <cstddef>
#include <cstdint>
#include <optional>
#include <set>
#include <string>
#include <string_view>
#include <vector>

#include "mocksc/servicecenter/api/operation.h"
#include "syncer/base/http_message.h"
#include "syncer/base/quantity.h"
#include "syncer/base/result.h"
#include "syncer/base/time.h"

namespace mocksc {

/// What a registry can do wrong. Those with a duration go on until their end or until they are removed.
enum class FaultKind : std::uint8_t {
  Outage,       ///< no answer at all: refuse, hang or reset
  Slow,         ///< answers come late
  Fail,         ///< some answers are errors, late, cut or lost
  ListEmpty,    ///< lists are empty, with a success code
  ListPartial,  ///< lists miss records, with a success code
  StaleRead,    ///< lists show an older state
  Limit,        ///< more than so many requests per second are answered 429
  LeaseFreeze,  ///< leases do not run out
};

/// "outage", "slow", "fail", "list_empty", "list_partial", "stale_read", "limit", "lease_freeze".
std::string_view name(FaultKind kind);
syncer::Result<FaultKind> parse_fault_kind(std::string_view text);

/// How an outage shows.
enum class OutageMode : std::uint8_t {
  Refuse,  ///< no connection
  Hang,    ///< a connection, but no answer
  Reset,   ///< the connection is cut; nothing was done
};
std::string_view name(OutageMode mode);
syncer::Result<OutageMode> parse_outage_mode(std::string_view text);

/// One way in which a `fail` fault spoils a call.
struct Failure {
  enum class Kind : std::uint8_t {
    Status,           ///< that status with an empty body, nothing done
    Hang,             ///< no answer for `hang`, then the connection is cut; nothing done
    TruncatedBody,    ///< done, but the body stops in the middle
    BadJson,          ///< done, but the body is no JSON
    ResetAfterApply,  ///< done, but the connection is cut before the answer
  };
  Kind kind = Kind::Status;
  std::uint32_t weight = 1;
  int status = 503;
  std::optional<syncer::Duration> retry_after;  ///< whole seconds are sent
  syncer::Duration hang{0};
};

/// One fault. Only the members of its kind matter.
struct Fault {
  FaultKind kind = FaultKind::Outage;
  std::optional<std::size_t> frontend;  ///< nothing: all front-ends
  syncer::Instant until = syncer::kNever;
  OutageMode mode = OutageMode::Refuse;
  syncer::Duration latency_min{0};  ///< Slow: uniform between the two
  syncer::Duration latency_max{0};
  syncer::Ratio rate{1, 1};        ///< Fail: share of the calls
  std::vector<Failure> failures;   ///< Fail: not empty, chosen by weight
  std::set<Operation> operations;  ///< Fail: empty is all
  syncer::Ratio keep{0, 1};        ///< ListPartial: share of records that stays
  syncer::Duration by{0};          ///< StaleRead: age of what is shown
  std::uint64_t rps = 0;           ///< Limit: requests per second of each front-end
};

using FaultId = std::uint64_t;

/// What the caller of a faulty service center gets.
struct Outcome {
  enum class Kind : std::uint8_t {
    Answer,  ///< `response`, after `delay`
    Refuse,  ///< no connection
    Reset,   ///< the connection is cut after `delay`
    Hang,    ///< silence for `delay`, then the connection is cut
  };
  Kind kind = Kind::Answer;
  syncer::HttpResponse response;
  syncer::Duration delay{0};
  /// The body is cut: fewer octets arrive than Content-Length says.
  bool is_truncated = false;
};

/// Hang without end.
inline constexpr syncer::Duration kForever = syncer::Duration::max();

}  // namespace mocksc
