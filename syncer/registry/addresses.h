// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <string>
#include <vector>

#include "syncer/base/http_message.h"
#include "syncer/base/result.h"
#include "syncer/base/time.h"
#include "syncer/ports/observer.h"

namespace syncer::registry {

/// Which of the registry's addresses is used. The first one is preferred: when it fails the next one is taken, and
/// once the first has answered probes for a while it is taken again.
class Addresses {
 public:
  Addresses(const std::vector<std::string>& addresses, Observer& observer)
      : addresses_(addresses), observer_(observer) {}

  const std::string& current() const { return addresses_[index_]; }
  const std::string& preferred() const { return addresses_.front(); }
  /// What a call to `address` came to. Only a `vital` call (a read, a heartbeat) says something about the address by
  /// a slow or 5xx answer; a refused connection always does.
  void report(Instant now, const std::string& address, bool vital, const Result<HttpResponse>& answer);
  /// No address answered since each was tried.
  bool down() const { return down_; }
  /// Something answered since the start.
  bool reachable() const { return answered_ && !down_; }
  const std::string& problem() const { return problem_; }
  /// When the preferred address should be asked again; kNever while it is in use.
  Instant probe_due() const { return index_ == 0 ? kNever : probe_due_; }
  void probe_started(Instant now) { probe_due_ = now + kProbeInterval; }
  void probed(Instant now, bool healthy);

 private:
  static constexpr Duration kProbeInterval = std::chrono::seconds(5);
  static constexpr std::uint32_t kProbesToReturn = 3;
  static constexpr std::uint32_t kPatience = 2;

  void answered(Instant now);
  void failed(Instant now, bool hard, std::string problem);
  void use(Instant now, std::size_t index, std::string_view reason);

  const std::vector<std::string>& addresses_;
  Observer& observer_;
  std::size_t index_ = 0;
  std::uint32_t failures_ = 0;  // of vital calls in a row
  std::size_t tried_ = 0;       // addresses given up since the last answer
  std::uint32_t healthy_probes_ = 0;
  Instant probe_due_ = kNever;
  bool answered_ = false;
  bool down_ = false;
  std::string problem_;
};

}  // namespace syncer::registry
