// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <cstddef>
#include <cstdint>
#include <functional>
#include <map>
#include <optional>
#include <set>
#include <string>
#include <string_view>
#include <vector>

#include "mocksc/fault/fault.h"
#include "syncer/base/http_message.h"
#include "syncer/base/quantity.h"
#include "syncer/base/random.h"
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
  StoreOutage,  ///< the store behind the front-ends is away: they answer what they have cached, and no more
};

/// "outage", "slow", "fail", "list_empty", "list_partial", "stale_read", "limit", "lease_freeze",
/// "store_outage".
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

/// What a proxy answers with in place of the registry.
enum class Page : std::uint8_t { None, Html, Text };
/// "none", "html", "text".
std::string_view name(Page page);
syncer::Result<Page> parse_page(std::string_view text);

/// One way in which a `fail` fault spoils a call.
struct Failure {
  enum class Kind : std::uint8_t {
    Status,           ///< that status, with the body of `page` or none; nothing done
    Hang,             ///< no answer for `hang`, then the connection is cut; nothing done
    TruncatedBody,    ///< done, but the body stops in the middle
    BadJson,          ///< done, but the body is no JSON
    ResetAfterApply,  ///< done, but the connection is cut before the answer
    OtherAnswer,      ///< done, but the answer is that of the request before which was spoilt so
    DoubledBody,      ///< done, but the body comes twice
    CutBody,          ///< done, but a proxy passes on half of the body as if it were all
    PartRefused,      ///< done, but the answer about many says of `part` of them that it failed
  };
  Kind kind = Kind::Status;
  std::uint32_t weight = 1;
  int status = 503;
  Page page = Page::None;
  std::string location;  ///< of a redirect; empty: none
  syncer::Ratio part{1, 2};
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
  syncer::Ratio rate{1, 1};                       ///< Fail: share of the calls
  std::vector<Failure> failures;                  ///< Fail: not empty, chosen by weight
  std::set<std::string, std::less<>> operations;  ///< Fail: names of calls, each kind has its own; empty is all
  syncer::Ratio keep{0, 1};                       ///< ListPartial: share of records that stays
  syncer::Duration by{0};                         ///< StaleRead: age of what is shown
  std::uint64_t rps = 0;                          ///< Limit: requests per second of each front-end
};

/// Reads `{"fault":"outage","mode":"hang","for":"10s","frontend":1}`. Keys are those of the kind and no others; an
/// error names the bad key or word and the nearest known one. Without "for" the fault lasts until it is removed.
/// `check_operation` refuses the names of calls that the registry does not have.
using CheckOperation = std::function<syncer::Result<void>(std::string_view)>;
syncer::Result<Fault> parse_fault(std::string_view json, syncer::Instant now, const CheckOperation& check_operation);

/// The JSON object that parse_fault reads, with what is left of "for".
std::string render(const Fault& fault, syncer::Instant now);

using FaultId = std::uint64_t;

/// What the caller of a faulty registry gets.
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
  /// The body is cut: fewer bytes arrive than Content-Length says.
  bool is_truncated = false;
};

/// Hang without end.
inline constexpr syncer::Duration kForever = syncer::Duration::max();

/// The faults that are on. Several may be on at once; of one kind the oldest counts.
class FaultPlan {
 public:
  /// What is on for one request.
  struct Entry {
    Fault fault;
    std::uint64_t salt = 0;  ///< decides which records a partial list misses, as long as the fault is on
  };

  explicit FaultPlan(syncer::Random random) : random_(random) {}
  /// Starts a fault.
  FaultId add(Fault fault);
  /// False when it is not on.
  bool remove(FaultId id) { return faults_.erase(id) > 0; }
  void clear() { faults_.clear(); }
  /// Forgets the faults whose end has come.
  void advance(syncer::Instant now);
  /// End of the fault that ends first.
  syncer::Instant next_deadline() const;
  /// The oldest fault of a kind that touches the front-end, or nullptr.
  const Entry* find(FaultKind kind, std::size_t frontend) const;
  const std::map<FaultId, Entry>& all() const { return faults_; }

 private:
  syncer::Random random_;
  std::map<FaultId, Entry> faults_;
  FaultId next_ = 1;
};

}  // namespace mocksc
