// SPDX-License-Identifier: Apache-2.0
#include "tests/property/membership/pool_laws.h"

#include <algorithm>
#include <map>
#include <set>

#include "syncer/wire/gossip/message.h"
#include "tests/unit/gossip/network.h"

namespace syncer::gossip {

namespace {

using std::chrono::milliseconds;
using std::chrono::minutes;
using std::chrono::seconds;

/// Members n1 to n6; everybody knows n1 and n2 as seeds.
class ChaoticPool {
 public:
  explicit ChaoticPool(std::size_t members) : members_(2 + members % 5) {
    for (std::size_t i = 1; i <= members_; ++i) start(i);
    net_.run_for(seconds(3));
  }

  void apply(const Blow& blow) {
    const std::size_t a = 1 + blow.a % members_;
    const std::size_t b = 1 + blow.b % members_;
    switch (blow.kind) {
      case Blow::Kind::Kill:
        stop(spared(a));
        break;
      case Blow::Kind::Restart:
        stop(a);
        start(a);
        break;
      case Blow::Kind::Cut:
        net_.cut(name(a), name(b));
        break;
      case Blow::Kind::Heal:
        net_.heal();
        break;
      case Blow::Kind::Leave:
        leave(spared(a));
        break;
      case Blow::Kind::Tags:
        retag(a);
        break;
      case Blow::Kind::Wait:
        net_.run_for(milliseconds(blow.wait_ms % 20000));
        break;
    }
  }

  std::string settle() {
    net_.heal();
    const bool calm = net_.run_until([&] { return disagreement().empty(); }, seconds(90));
    return calm ? "" : disagreement();
  }

 private:
  /// The first seed may restart, but stays: a member that knows none other must find one.
  static std::size_t spared(std::size_t i) { return std::max<std::size_t>(i, 2); }
  static std::string name(std::size_t i) { return "n" + std::to_string(i); }

  void start(std::size_t i) {
    GossipConfig config;
    config.node = name(i);
    config.address = TestNetwork::gossip_address(static_cast<std::uint8_t>(i));
    config.tags = {{"version", tags_[i] = std::to_string(++versions_)}};
    net_.add(std::move(config)).gossip().set_seeds(net_.now(), {net_.gossip_address(1), net_.gossip_address(2)});
  }
  void stop(std::size_t i) {
    if (tags_.erase(i) == 1) net_.kill(name(i));
  }
  void leave(std::size_t i) {
    if (tags_.count(i) == 0) return;
    net_.host(name(i)).gossip().leave(net_.now());
    net_.run_until([&] { return net_.host(name(i)).gossip().left(); }, seconds(6));
    stop(i);
  }
  void retag(std::size_t i) {
    if (tags_.count(i) == 0) return;
    tags_[i] = std::to_string(++versions_);
    static_cast<void>(net_.host(name(i)).gossip().set_tags(net_.now(), {{"version", tags_[i]}}));
  }

  /// The first thing in which an observer is wrong.
  std::string disagreement() {
    for (const auto& [i, tag] : tags_) {
      for (std::size_t other = 1; other <= members_; ++other) {
        const MemberInfo seen = net_.host(name(i)).info(name(other));
        const bool lives = tags_.count(other) == 1;
        const bool seen_alive = !seen.name.empty() && seen.state == membership::State::Alive;
        if (lives != seen_alive) return name(i) + (lives ? " misses " : " believes in ") + name(other);
        const auto version = seen.tags.find("version");
        if (lives && (version == seen.tags.end() || version->second != tags_[other])) return name(i) + " has old tags";
      }
    }
    return "";
  }

  TestNetwork net_;
  std::size_t members_;
  std::map<std::size_t, std::string> tags_;  ///< of those that live
  int versions_ = 0;
};

}  // namespace

std::ostream& operator<<(std::ostream& out, const Blow& blow) {
  constexpr const char* kNames[] = {"kill", "restart", "cut", "heal", "leave", "tags", "wait"};
  return out << kNames[static_cast<std::size_t>(blow.kind)] << ' ' << static_cast<int>(blow.a) << ' '
             << static_cast<int>(blow.b) << ' ' << blow.wait_ms << "ms";
}

std::vector<Blow> draw_blows(Random& random) {
  std::vector<Blow> blows(static_cast<std::size_t>(random.below(15)));
  for (Blow& b : blows) {
    b.kind = static_cast<Blow::Kind>(random.below(7));
    b.a = static_cast<std::uint8_t>(random.below(6));
    b.b = static_cast<std::uint8_t>(random.below(6));
    b.wait_ms = static_cast<std::uint32_t>(random.below(20000));
  }
  return blows;
}

std::string calm_after_chaos(std::size_t members, const std::vector<Blow>& blows) {
  ChaoticPool pool(members);
  for (const Blow& blow : blows) pool.apply(blow);
  return pool.settle();
}

std::string restarted_members_are_known_anew(std::uint32_t offset_ms) {
  TestNetwork net;
  const auto start = [&net](std::uint8_t i, const std::string& life) {
    GossipConfig config;
    config.node = "n" + std::to_string(i);
    config.address = TestNetwork::gossip_address(i);
    config.tags = {{"life", life}};
    net.add(std::move(config)).gossip().set_seeds(net.now(), {net.gossip_address(1), net.gossip_address(2)});
  };
  for (std::uint8_t i = 1; i <= 4; ++i) start(i, "first");
  net.run_for(seconds(3) + milliseconds(offset_ms % 1000));
  for (std::uint8_t i = 1; i <= 3; ++i) {
    net.kill("n" + std::to_string(i));
    start(i, "second");
  }
  const auto is_known = [&](const std::string& name) {
    const auto tags = net.host("n4").info(name).tags;
    const auto life = tags.find("life");
    return life != tags.end() && life->second == "second";
  };
  const auto all_known = [&] { return is_known("n1") && is_known("n2") && is_known("n3"); };
  // The one that stayed probes another within a second, and is asked for the pool by one that does not know it.
  return net.run_until(all_known, seconds(5)) ? "" : "the one that stayed keeps old tags";
}

std::string lost_news_arrives(std::uint32_t offset_ms) {
  TestNetwork net;
  net.add("a", 1);
  net.add("b", 2).gossip().set_seeds(net.now(), {net.gossip_address(1)});
  net.run_for(seconds(5) + milliseconds(offset_ms % 1000));
  net.cut("a", "b");
  static_cast<void>(net.host("a").gossip().set_tags(net.now(), {{"news", "yes"}}));
  net.run_for(milliseconds(900));
  net.heal();
  const bool arrived = net.run_until([&] { return net.host("b").info("a").tags.count("news") == 1; }, seconds(35));
  return arrived ? "" : "news got lost for good";
}

std::string leave_is_no_death() {
  TestNetwork net;
  net.add("a", 1);
  net.add("b", 2).gossip().set_seeds(net.now(), {net.gossip_address(1)});
  net.run_for(seconds(3));
  net.host("b").gossip().leave(net.now());
  net.run_for(seconds(3));
  const std::string history = net.host("a").history("b");  // one that died may be told afterwards that it left
  return history == "joined left" ? "" : "seen as " + history;
}

std::string long_partition_heals() {
  TestNetwork net;
  net.add("a", 1);
  TestNetwork::Host& b = net.add("b", 2);
  b.gossip().set_seeds(net.now(), {net.gossip_address(1)});
  net.run_for(seconds(3));
  b.gossip().set_seeds(net.now(), {});
  net.cut("a", "b");
  net.run_for(minutes(3));
  net.heal();
  const auto healed = [&] { return net.host("a").sees("b") == "alive" && b.sees("a") == "alive"; };
  return net.run_until(healed, seconds(30)) ? "" : "the halves never met again";
}

std::string accused_is_heard_at_once(std::uint32_t offset_ms) {
  TestNetwork net;
  TestNetwork::Host& a = net.add("a", 1);
  TestNetwork::Host& b = net.add("b", 2);
  b.gossip().set_seeds(net.now(), {TestNetwork::gossip_address(1)});
  const bool met = net.run_until([&] { return a.sees("b") == "alive" && b.sees("a") == "alive"; }, seconds(5));
  if (!met) return "they never met";
  net.run_for(seconds(5) + milliseconds(offset_ms));
  Bytes lie;
  wire::gossip::encode(membership::Suspect{9, "b", "liar"}, lie);
  a.gossip().on_datagram(net.now(), Endpoint::v4(10, 0, 0, 66, 1), lie);
  if (a.sees("b") != "suspect") return "the accusation did not count";
  net.run_for(milliseconds(15));
  return a.sees("b") == "alive" ? "" : "still seen as " + a.sees("b");
}

std::string joiner_gives_way(std::uint32_t age_ms) {
  TestNetwork net;
  TestNetwork::Host& first = net.add("same", 1);
  net.run_for(milliseconds(age_ms));
  GossipConfig twin;
  twin.node = "same";
  twin.address = TestNetwork::gossip_address(9);
  TestNetwork::Host& second = net.add(twin);
  second.gossip().set_seeds(net.now(), {TestNetwork::gossip_address(1)});
  const bool gave_way = net.run_until([&] { return !second.gossip().conflict().empty(); }, seconds(3));
  net.kill(second.name());  // as a process does that gives way
  net.run_for(seconds(30));
  if (!first.gossip().conflict().empty()) return "the first gave way";
  return gave_way ? "" : "two members with one name went on";
}

}  // namespace syncer::gossip
