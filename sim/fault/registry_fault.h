// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <vector>

#include "syncer/base/quantity.h"
#include "syncer/base/time.h"

namespace sim::fault {

/// How the outage of a registry shows: no connection; a connection without an answer; a connection that is cut.
enum class OutageMode : std::uint8_t { Refuse, Hang, Reset };

/// One way in which a call to a registry fails.
struct CallFailure {
  enum class Kind : std::uint8_t {
    Status,           ///< that HTTP status with the body of `page`, nothing done
    Hang,             ///< no answer for `hang`, nothing done
    TruncatedBody,    ///< done, but the answer ends early
    BadBody,          ///< done, but the answer cannot be parsed
    ResetAfterApply,  ///< done, but the answer is lost
    OtherAnswer,      ///< done, but the answer is that to another request
    DoubledBody,      ///< done, but the body comes twice
    CutBody,          ///< done, but half of the body comes as if it were all
    PartRefused,      ///< done, but of `part` of a batch the answer says that it failed
  };
  /// What a proxy answers with in place of the registry.
  enum class Page : std::uint8_t { None, Html, Text };
  Kind kind = Kind::Status;
  std::uint32_t weight = 1;  ///< share among its siblings
  int status = 503;
  std::optional<syncer::Duration> retry_after;
  syncer::Duration hang{0};
  Page page = Page::None;
  std::string location;  ///< of a redirect; empty: none
  syncer::Ratio part{1, 2};
};

/// What somebody with the registry's console does to a copy that is none of his.
enum class Meddling : std::uint8_t {
  Status,      ///< says that it is down
  Properties,  ///< changes a property, and leaves the marks
  Marks,       ///< takes the marks off
  Delete,      ///< removes it
  Service,     ///< removes its service with all that is in it, and creates it anew
};

/// A fault of what callers see of a registry, of whatever kind it is. Only the members of its kind matter.
struct RegistryFault {
  enum class Kind : std::uint8_t {
    Outage,       ///< no answer at all
    Slow,         ///< answers come late by `latency`
    Fail,         ///< a share of the calls fails
    ListEmpty,    ///< lists are empty, with a success code
    ListPartial,  ///< lists lack a part, with a success code
    StaleRead,    ///< answers are old
    Limit,        ///< more requests per second than `rps` are refused
    StoreOutage,  ///< the store behind the front-ends is away; what they have cached is answered
  };
  Kind kind = Kind::Outage;
  std::optional<std::uint32_t> front_end;  ///< every address of the registry when absent
  OutageMode mode = OutageMode::Refuse;
  syncer::Duration latency{0};
  syncer::Ratio rate{1, 1};             ///< Fail: share of the calls
  std::vector<CallFailure> failures;    ///< Fail: at least one, chosen by weight
  std::vector<std::string> operations;  ///< Fail: the kind's names of calls; all when empty
  syncer::Ratio keep{0, 1};             ///< ListPartial: share of the entries that are listed
  syncer::Duration by{0};               ///< StaleRead: age of what is shown
  std::uint64_t rps = 0;
};

}  // namespace sim::fault
