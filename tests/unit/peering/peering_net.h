// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <functional>
#include <map>
#include <string>
#include <vector>

#include "syncer/peering/peering.h"
#include "tests/support/signer.h"
#include "tests/support/world.h"

namespace syncer::peering {

/// Peerings in a world whose network takes 50 ms one way. One per address 10.0.0.<host>.
class PeeringNet : public test::World {
 public:
  struct Host;
  PeeringNet();

  SyncSettings sync;  ///< of those that start from now on

  /// Starts a peering at host number `host`.
  Peering& start(int host, const std::string& region, const std::string& node, bool single = true,
                 std::vector<Bytes> keys = {}, const PeerIdentity& identity = {});
  /// The process dies; its links break.
  void kill(int host) { World::kill(std::to_string(host)); }
  Peering& peering(int host);
  /// Gives every peering the regions that are running.
  void gossip();
  void partition(int a, int b) { cut(std::to_string(a), std::to_string(b)); }
  /// What a host says is that instead, from now on.
  using Lie = std::function<std::vector<wire::SyncMessage>(wire::SyncMessage)>;
  void make_liar(int host, Lie lie) { liars_[std::to_string(host)] = std::move(lie); }
  void make_honest(int host) { liars_.erase(std::to_string(host)); }
  test::MacSigner& signer(int host);
  /// Both ends see their links close.
  void break_links(int a, int b) { break_streams(std::to_string(a), std::to_string(b)); }
  /// Bytes from `from` to `to` are damaged from now on.
  void damage(int from, int to) { World::damage(std::to_string(from), std::to_string(to)); }
  void run(Duration time) { run_for(time); }
  static Endpoint address(int host) { return Endpoint::v4(10, 0, 0, static_cast<std::uint8_t>(host), 30191); }
  /// Number of events of a kind that a host reported; the last one's reason.
  int count(int host, EventKind kind) { return log(std::to_string(host)).count(kind); }
  std::string reason(int host, EventKind kind) { return log(std::to_string(host)).reason(kind); }
  /// Bytes that left a host.
  std::size_t sent(int host) { return sent_[std::to_string(host)]; }
  /// A host that is none of these opens a stream to `host` and sends these bytes; gives the link there.
  /// All bytes that `from` sent to anybody since the beginning, a text for each call.
  const std::vector<Bytes>& recorded(int from) { return recorded_[std::to_string(from)]; }
  LinkId intrude(int host, ByteView bytes, int from = 99, const PeerIdentity& identity = {}) {
    return World::intrude(std::to_string(host), address(from), bytes, identity);
  }

 private:
  std::map<std::string, std::size_t> sent_;
  std::map<std::string, std::vector<Bytes>> recorded_;
  std::map<std::string, Lie> liars_;
  std::uint64_t starts_ = 0;
};

}  // namespace syncer::peering
