// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <cstdint>
#include <deque>
#include <functional>
#include <memory>
#include <queue>
#include <string>
#include <vector>

#include "syncer/membership/swim.h"
#include "syncer/wire/gossip/packet.h"

namespace study {

using syncer::Bytes;
using syncer::ByteView;
using syncer::Duration;
using syncer::Endpoint;
using syncer::Instant;
using syncer::Random;
using syncer::Ratio;
using syncer::membership::Change;
using syncer::membership::Options;
using syncer::membership::State;

/// What the network does to each packet. Streams arrive whatever the loss, as TCP sees to that.
struct NetworkModel {
  Duration delay = std::chrono::milliseconds(50);  ///< one way
  bool exponential = false;                        ///< `delay` is a mean, cut to whole milliseconds
  Ratio loss{};
};

/// How a process is unwell. Stopped: it does nothing at all (SIGSTOP). Blocked: it neither sends nor receives, but its
/// clock goes on (a starved network thread). What arrives meanwhile waits, as much as a socket's buffer holds.
enum class Illness : std::uint8_t { None, Stopped, Blocked };

/// Many membership cores on the real packet format, joined by a network in virtual time.
class Pool {
 public:
  using OnChange = std::function<void(std::size_t observer, const Change& change)>;

  Pool(std::size_t members, Options options, NetworkModel network, std::uint64_t seed);
  Pool(const Pool&) = delete;
  Pool& operator=(const Pool&) = delete;

  /// Everybody learns of everybody; returns when that is no news any more and nobody is suspected.
  void acquaint();
  void run_for(Duration d);
  /// True as soon as the condition holds (looked at after each event); false after `limit`.
  bool run_until(const std::function<bool()>& condition, Duration limit);

  void crash(std::size_t member) { hosts_[member].running = false; }
  void set_illness(std::size_t member, Illness illness);
  void set_network(NetworkModel network) { network_ = network; }
  void update_meta(std::size_t member, Bytes meta);
  void on_change(OnChange callback) { on_change_ = std::move(callback); }

  Instant now() const { return now_; }
  std::size_t size() const { return hosts_.size(); }
  const syncer::membership::Swim& member(std::size_t i) const { return *hosts_[i].swim; }
  State state(std::size_t observer, std::size_t about) const;
  const Bytes& meta(std::size_t observer, std::size_t about) const;
  /// No member has news to send.
  bool quiet() const;
  Random& random() { return random_; }
  std::uint64_t packets() const { return packets_; }  ///< datagrams, and messages on streams
  std::uint64_t bytes() const { return bytes_; }

  static std::string name(std::size_t member) { return "m" + std::to_string(member); }
  static std::size_t number(const std::string& name) { return std::stoul(name.substr(1)); }

 private:
  using Task = std::function<void()>;
  struct Host {
    std::unique_ptr<syncer::membership::Swim> swim;
    bool running = true;
    Illness illness = Illness::None;
    Instant wake = syncer::kNever;
    std::deque<Task> inbox;    ///< arrived while it could not read
    std::vector<Task> outbox;  ///< sent while it could not send
  };
  struct Event {
    Instant at;
    std::uint64_t number;
    Task task;
    bool operator<(const Event& o) const { return at != o.at ? at > o.at : number > o.number; }
  };

  static Endpoint address(std::size_t member);
  static std::size_t member_at(const Endpoint& address);
  void after(Duration d, Task task) { events_.push({now_ + d, ++numbers_, std::move(task)}); }
  Duration draw_delay();
  void depart(std::size_t from, Task task);
  void arrive(std::size_t to, Task task);
  void plan_wake(std::size_t i);
  void wake(std::size_t i);
  void flush(std::size_t i);
  void send(std::size_t from, const Endpoint& to, Bytes packet);
  void receive(std::size_t to, const Endpoint& from, const Bytes& packet);
  void open(std::size_t from, const syncer::membership::StreamRequest& request);
  void answer_exchange(std::size_t from, std::size_t to, const Bytes& message, Instant deadline);
  Bytes state_of(std::size_t i);
  void merge(std::size_t i, const Bytes& message);

  Random random_;
  NetworkModel network_;
  Instant now_ = syncer::instant(1'000'000'000'000);
  std::uint64_t numbers_ = 0;
  std::priority_queue<Event> events_;
  std::vector<Host> hosts_;
  OnChange on_change_;
  syncer::membership::Outputs out_;
  syncer::wire::gossip::Pool keys_;  ///< no label, no keys
  syncer::wire::gossip::Unpacked unpacked_;
  std::uint64_t packets_ = 0;
  std::uint64_t bytes_ = 0;
};

}  // namespace study
