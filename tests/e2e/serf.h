// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <optional>
#include <string>
#include <vector>

#include "tests/e2e/region.h"

namespace e2e {

using std::chrono::milliseconds;

/// Debian's serf agent is installed (`./dev setup` does that).
bool serf_is_installed();

/// Gossip keys of 128, 192 and 256 bits in base64, as a keyring file has them.
inline const std::string kKey16 = "MDEyMzQ1Njc4OWFiY2RlZg==";
inline const std::string kKey24 = "MDEyMzQ1Njc4OWFiY2RlZmdoaWprbG1u";
inline const std::string kKey32 = "MDEyMzQ1Njc4OWFiY2RlZmdoaWprbG1ub3BxcnN0dXY=";

/// Writes a file below the workplace that only we may read; its path.
std::string secret_file(const Workplace& workplace, const std::string& name, const std::string& content);
/// A keyring file with that key alone.
std::string keyring_file(const Workplace& workplace, const std::string& name, const std::string& key);

/// A running agent of HashiCorp's serf, on a loopback address that no other test has.
class Serf {
 public:
  explicit Serf(const std::string& name, const std::vector<std::string>& more_words = {});

  /// Runs an operator's command of serf against this agent; its output.
  std::string run(std::vector<std::string> words) const;
  /// The agent logged that event about that member, so far or within that time. Event as in "EventMemberJoin".
  bool logs(const std::string& event, const std::string& member, milliseconds patience) const;

  const std::string& name() const { return name_; }
  /// Where others join it.
  const std::string& gossip() const { return gossip_; }
  Process& process() { return process_; }
  const Process& process() const { return process_; }

 private:
  std::string name_;
  std::string host_;
  std::string gossip_;
  Process process_;
};

/// A member as a syncer shows it in /v1/members: the value of a field, or "".
std::string shown(const Syncer& syncer, const std::string& member, const std::string& field);
/// Waits until a syncer shows a member in that state.
bool shows(const Syncer& syncer, const std::string& member, const std::string& state, milliseconds patience);
/// Words for a syncer with no service center: membership is all that these tests look at.
std::vector<std::string> lonely(const std::string& node, const std::string& join = "");

}  // namespace e2e
