// SPDX-License-Identifier: Apache-2.0
#include "tests/study/chaos.h"

#include <algorithm>
#include <bit>
#include <map>

#include "syncer/membership/formulas.h"
#include "tests/unit/gossip/network.h"

namespace study {

namespace {

using std::chrono::milliseconds;
using std::chrono::seconds;
using syncer::Duration;
using syncer::Random;
using syncer::gossip::GossipConfig;
using syncer::gossip::MemberInfo;
using syncer::gossip::TestNetwork;

constexpr Duration kChaos = seconds(50);

std::string name(std::size_t member) { return "n" + std::to_string(member); }

/// Members n1 to n8; everybody knows n1 and n2 as seeds. n1 may restart, but stays: who knows nobody must find
/// somebody.
class Chaos {
 public:
  explicit Chaos(std::uint64_t seed) : random_(seed), members_(2 + random_.below(7)) {
    for (std::size_t i = 1; i <= members_; ++i) start(i);
    net_.set_faults({{random_.below(61), 100}, {random_.below(16), 100}, milliseconds(random_.below(121))});
  }

  Calm run() {
    const syncer::Instant end = net_.now() + kChaos;
    while (net_.now() < end) {
      strike();
      net_.run_for(random_.between(milliseconds(50), seconds(4)));
    }
    net_.heal();
    net_.set_faults({});
    const syncer::Instant calm = net_.now();
    const bool in_time = net_.run_until([&] { return disagreement().empty(); }, limit());
    return {net_.now() - calm, in_time, disagreement()};
  }

 private:
  Duration limit() const {
    const auto options = syncer::membership::syncer_profile();
    const auto start = syncer::membership::suspicion_start(options.suspicion_mult, options.suspicion_max_mult, members_,
                                                           options.probe_interval);
    const auto rounds = static_cast<std::int64_t>(std::bit_width(members_ - 1)) + 1;
    return options.push_pull_interval + 2 * start.max + rounds * options.gossip_interval;
  }

  void strike() {
    const std::size_t any = 1 + random_.below(members_);
    const std::size_t spared = std::max<std::size_t>(any, 2);
    switch (random_.below(8)) {
      case 0:
        return stop(spared);
      case 1:
        return restart(any);
      case 2:
        return leave(spared);
      case 3:
        return retag(any);
      case 4:
        return net_.cut(name(any), name(1 + random_.below(members_)));
      case 5:
        return split();
      case 6:
        return net_.heal();
      default:
        return restart(1 + random_.below(members_));
    }
  }

  void split() {
    for (std::size_t i = 1; i <= members_; ++i) {
      for (std::size_t j = i + 1; j <= members_; ++j) {
        if (i % 2 != j % 2) net_.cut(name(i), name(j));
      }
    }
  }

  void start(std::size_t i) {
    GossipConfig config;
    config.node = name(i);
    config.address = TestNetwork::gossip_address(static_cast<std::uint8_t>(i));
    config.tags = {{"version", versions_[i] = std::to_string(++last_version_)}};
    net_.add(std::move(config)).gossip().set_seeds(net_.now(), {net_.gossip_address(1), net_.gossip_address(2)});
  }
  void stop(std::size_t i) {
    if (versions_.erase(i) == 1) net_.kill(name(i));
  }
  void restart(std::size_t i) {
    stop(i);
    start(i);
  }
  void leave(std::size_t i) {
    if (versions_.count(i) == 0) return;
    net_.host(name(i)).gossip().leave(net_.now());
    net_.run_until([&] { return net_.host(name(i)).gossip().left(); }, seconds(6));
    stop(i);
  }
  void retag(std::size_t i) {
    if (versions_.count(i) == 0) return;
    versions_[i] = std::to_string(++last_version_);
    static_cast<void>(net_.host(name(i)).gossip().set_tags(net_.now(), {{"version", versions_[i]}}));
  }

  /// The first thing in which an observer is wrong.
  std::string disagreement() {
    for (const auto& [i, own] : versions_) {
      std::size_t alive = 0;
      for (const MemberInfo& seen : net_.host(name(i)).gossip().members()) {
        if (seen.state != syncer::membership::State::Alive) continue;
        const auto lives = versions_.find(std::stoul(seen.name.substr(1)));
        if (lives == versions_.end()) return name(i) + " believes in " + seen.name;
        const auto version = seen.tags.find("version");
        if (version == seen.tags.end() || version->second != lives->second) return name(i) + " has old tags";
        ++alive;
      }
      if (alive != versions_.size()) return name(i) + " misses somebody";
    }
    return "";
  }

  TestNetwork net_;
  Random random_;
  std::size_t members_;
  std::map<std::size_t, std::string> versions_;  ///< of those that live
  int last_version_ = 0;
};

}  // namespace

Calm calm_after(std::uint64_t seed) { return Chaos(seed).run(); }

}  // namespace study
