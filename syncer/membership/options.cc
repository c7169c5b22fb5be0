// SPDX-License-Identifier: Apache-2.0
#include "syncer/membership/options.h"

namespace syncer::membership {

using std::chrono::milliseconds;
using std::chrono::seconds;

bool Network::contains(const Endpoint& address) const {
  for (int bit = 0; bit < prefix; ++bit) {
    const auto byte = static_cast<std::size_t>(bit / 8);
    const int mask = 0x80 >> (bit % 8);
    if ((base.address[byte] & mask) != (address.address[byte] & mask)) return false;
  }
  return true;
}

Options lan_profile() { return Options{}; }

Options wan_profile() {
  Options o;
  o.probe_interval = seconds(5);
  o.probe_timeout = seconds(3);
  o.suspicion_mult = 6;
  o.gossip_interval = milliseconds(500);
  o.gossip_nodes = 4;
  o.gossip_to_dead = seconds(60);
  o.push_pull_interval = seconds(60);
  o.stream_timeout = seconds(30);
  return o;
}

Options local_profile() {
  Options o;
  o.probe_timeout = milliseconds(200);
  o.indirect_checks = 1;
  o.suspicion_mult = 3;
  o.gossip_interval = milliseconds(100);
  o.gossip_to_dead = seconds(15);
  o.retransmit_mult = 2;
  o.push_pull_interval = seconds(15);
  o.stream_timeout = seconds(1);
  return o;
}

Options syncer_profile() {
  Options o;
  o.adapt_probe_timeout = true;
  o.push_pull_interval = seconds(15);
  o.dead_reclaim = seconds(10);
  o.max_incarnation_jump = 1U << 20U;
  o.max_members = 4096;
  return o;
}

Options options_of(Profile profile) {
  switch (profile) {
    case Profile::Syncer:
      return syncer_profile();
    case Profile::Lan:
      return lan_profile();
    case Profile::Wan:
      return wan_profile();
    case Profile::Local:
      return local_profile();
  }
  return syncer_profile();
}

}  // namespace syncer::membership
