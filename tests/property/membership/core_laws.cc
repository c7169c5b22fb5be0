// SPDX-License-Identifier: Apache-2.0
#include "tests/property/membership/core_laws.h"

#include <algorithm>
#include <map>
#include <memory>
#include <set>

#include "syncer/membership/formulas.h"
#include "syncer/membership/swim.h"
#include "syncer/wire/gossip/message.h"

namespace syncer::membership {

namespace {

const Endpoint kNowhere{};
const ByteView kVersions("\x01\x05\x02\x02\x05\x05", 6);

Endpoint address_of(std::uint8_t number) { return Endpoint::v4(10, 0, 0, number, 7946); }
std::string peer(std::uint8_t number) { return "p" + std::to_string(number); }

/// One core that knows four peers and member "x" only from what it hears. No probes: time only runs suspicions out.
class Observer {
 public:
  explicit Observer(const std::string& name, Options options = lan_profile()) {
    options.encode = [](const Message& m, Bytes& out) { wire::gossip::encode(m, out); };
    swim_ = std::make_unique<Swim>(name, std::move(options), Random(7), now_);
    swim_->start(now_, address_of(1), "", out_);
    for (std::uint8_t i = 0; i < 4; ++i) alive(peer(i), 1, static_cast<std::uint8_t>(10 + i));
  }

  void alive(const std::string& node, std::uint64_t incarnation, std::uint8_t number) {
    swim_->receive(now_, kNowhere, Alive{incarnation, node, address_of(number), "", kVersions}, out_);
  }

  void apply(const Step& s) {
    const std::string from = peer(s.from % 4);
    switch (s.kind) {
      case Step::Kind::Alive:
        alive("x", s.incarnation, 99);
        break;
      case Step::Kind::Suspect:
        swim_->receive(now_, kNowhere, Suspect{s.incarnation, "x", from}, out_);
        break;
      case Step::Kind::Dead:
        swim_->receive(now_, kNowhere, Dead{s.incarnation, "x", from}, out_);
        break;
      case Step::Kind::Leave:
        swim_->receive(now_, kNowhere, Dead{s.incarnation, "x", "x"}, out_);
        break;
      case Step::Kind::Wait:
        wait(std::chrono::milliseconds(s.wait_ms));
        break;
    }
  }
  void apply(const Steps& steps) {
    for (const Step& s : steps) apply(s);
  }

  /// Lets time pass without probes: a suspect stays silent.
  void wait(Duration d) {
    now_ += d;
    std::vector<Dead> due;
    swim_->members().for_each([&](const Member& m) {
      if (m.suspicion && m.suspicion->deadline() <= now_) due.push_back({m.incarnation, m.name, swim_->self_name()});
    });
    for (const Dead& d2 : due) swim_->receive(now_, kNowhere, d2, out_);
  }

  void merge(const Observer& other) { swim_->merge(now_, other.swim_->entries(), false, out_); }

  const Member* x() const { return swim_->members().find("x"); }
  Swim& swim() { return *swim_; }
  Instant now() const { return now_; }
  Outputs& out() { return out_; }

  /// Everything that is in an exchange, in one text.
  std::string table() const {
    std::string text;
    for (const Entry& e : swim_->entries()) {
      text += std::string(e.name) + " " + std::to_string(e.state) + " " + std::to_string(e.incarnation) + "; ";
    }
    return text;
  }

 private:
  Instant now_ = instant(1'000'000'000'000);
  Outputs out_;
  std::unique_ptr<Swim> swim_;
};

int rank(State state) { return is_gone(state) ? 2 : static_cast<int>(state); }

}  // namespace

Steps draw_steps(Random& random) {
  Steps steps(static_cast<std::size_t>(random.below(20)));
  for (Step& s : steps) {
    s.kind = static_cast<Step::Kind>(random.below(5));
    s.incarnation = random.below(5);
    s.from = static_cast<std::uint8_t>(random.below(4));
    s.wait_ms = static_cast<std::uint32_t>(random.below(8000));
  }
  return steps;
}

std::string members_are_found_where_they_are(const Steps& steps) {
  Observer o("me");
  for (const Step& s : steps) {
    if (s.kind == Step::Kind::Alive)
      o.alive("x", s.incarnation, static_cast<std::uint8_t>(90 + s.from % 4));
    else
      o.apply(s);
    for (std::uint8_t number = 90; number < 94; ++number) {
      const Member* there = o.x() != nullptr && o.x()->address == address_of(number) ? o.x() : nullptr;
      if (o.swim().members().find(address_of(number)) != there) return "x is not where it is looked for";
    }
  }
  return "";
}

std::string status_never_falls(const Steps& steps) {
  Observer o("me");
  std::pair<std::uint64_t, int> highest{0, 0};
  for (const Step& s : steps) {
    o.apply(s);
    if (o.x() == nullptr) continue;
    const std::pair<std::uint64_t, int> status{o.x()->incarnation, rank(o.x()->state)};
    if (status < highest) return "status fell at incarnation " + std::to_string(status.first);
    highest = status;
  }
  return "";
}

std::string second_merge_changes_nothing(const Steps& mine, const Steps& theirs) {
  Observer me("me");
  Observer other("other");
  me.apply(mine);
  other.apply(theirs);
  me.merge(other);
  const std::string once = me.table();
  me.merge(other);
  return once == me.table() ? "" : "first " + once + "then " + me.table();
}

std::string hearsay_does_not_kill(const Steps& mine, const Steps& theirs) {
  Observer me("me");
  Observer other("other");
  me.apply(mine);
  other.apply(theirs);
  const bool lived = me.x() != nullptr && !is_gone(me.x()->state);
  me.merge(other);
  return lived && me.x()->state == State::Dead ? "an exchange declared x dead" : "";
}

std::string observers_agree_after_exchange(const Steps& mine, const Steps& theirs) {
  Observer me("me");
  Observer other("other");
  me.apply(mine);
  other.apply(theirs);
  for (int round = 0; round < 3; ++round) {
    me.merge(other);
    other.merge(me);
    me.wait(std::chrono::minutes(2));
    other.wait(std::chrono::minutes(2));
  }
  // Who never heard of x does not learn of its death, and need not.
  const auto gone = [](const Observer& o) { return o.x() == nullptr || is_gone(o.x()->state); };
  return gone(me) == gone(other) ? "" : me.table() + " against " + other.table();
}

std::string accused_outbids(std::uint64_t incarnation, bool dead) {
  Observer me("me");
  const Message accusation = dead ? Message(Dead{incarnation, "me", "p1"}) : Message(Suspect{incarnation, "me", "p1"});
  const std::uint64_t before = me.swim().members().find("me")->incarnation;
  me.swim().receive(me.now(), kNowhere, accusation, me.out());
  const Member& self = *me.swim().members().find("me");
  if (self.state != State::Alive) return "we believed it";
  const bool stale = incarnation < before;
  return stale || self.incarnation > incarnation ? "" : "incarnation " + std::to_string(self.incarnation);
}

std::string accusers_count_once(const std::vector<std::uint8_t>& accusers) {
  Observer me("me");
  me.alive("x", 1, 99);
  std::set<std::uint8_t> distinct;
  for (const std::uint8_t from : accusers) {
    me.apply({Step::Kind::Suspect, 1, from, 0});
    distinct.insert(from % 4);
  }
  if (distinct.empty()) return "";
  const int counted = static_cast<int>(distinct.size()) - 1;
  const Suspicion& s = *me.x()->suspicion;
  const int expected = std::min(counted, s.expected());
  return s.confirmations() == expected ? "" : std::to_string(s.confirmations()) + " of " + std::to_string(expected);
}

std::string news_is_told_as_promised(std::size_t members, const std::vector<std::uint16_t>& lengths) {
  constexpr std::size_t kLimit = 1400;
  BroadcastQueue queue(4, 4096);
  for (std::size_t i = 0; i < lengths.size(); ++i) {
    Bytes message = std::to_string(i);
    message.resize(std::max<std::size_t>(message.size(), lengths[i] % 1000U), '.');
    queue.push(std::to_string(i), message);
  }
  std::map<std::string, int> sent;
  while (!queue.empty()) {
    std::vector<ByteView> taken;
    queue.take(2, kLimit, members, taken);
    std::size_t used = 0;
    for (const ByteView message : taken) {
      used += 2 + message.size();
      ++sent[std::string(message.substr(0, message.find('.')))];
    }
    if (used > kLimit) return std::to_string(used) + " bytes in one packet";
    if (taken.empty()) return "news that is never sent";
  }
  const int promised = std::max(1, retransmit_limit(4, members));
  for (const auto& [name, times] : sent) {
    if (times != promised) return name + " was sent " + std::to_string(times) + " times";
  }
  return sent.size() == lengths.size() ? "" : "some news was never sent";
}

std::string only_the_right_answer_counts(std::uint32_t offset) {
  Observer me("me");
  Instant now = me.now();
  std::uint32_t asked = 0;
  for (int i = 0; i < 1500; ++i) {
    now += std::chrono::milliseconds(50);
    me.out().clear();
    me.swim().advance(now, me.out());
    for (const Change& c : me.out().changes) {
      if (c.kind == Change::Kind::Died) return "";
    }
    for (const auto& packet : me.out().packets()) {
      Message message;
      if (wire::gossip::decode(me.out().part(packet.first), message) != wire::gossip::Drop::None) return "unreadable";
      if (const auto* ping = std::get_if<Ping>(&message)) asked = ping->seq;
    }
    if (asked != 0) me.swim().receive(now, kNowhere, Ack{asked + 1 + offset % 1000, {}}, me.out());
  }
  return "silent members were kept alive by answers to nothing";
}

}  // namespace syncer::membership
