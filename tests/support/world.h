// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <functional>
#include <map>
#include <memory>
#include <optional>
#include <set>
#include <string>
#include <utility>
#include <vector>

#include "syncer/base/random.h"
#include "syncer/ports/ports.h"

namespace syncer::test {

/// How long things take in a World.
struct Delays {
  Duration packet;       ///< a datagram, before jitter
  Duration accept;       ///< from connect() until the other side accepts
  Duration connected;    ///< from connect() until the dialer hears of it
  Duration refused;      ///< from connect() until the dialer hears that nobody listens; not below `accept`
  Duration unreachable;  ///< the same when a cut lies between; not below `accept`
  Duration stream;       ///< bytes of a stream, and its end
  Duration disk;         ///< until a write is durable, where a process sets nothing else
  Duration http;         ///< a request, and again its answer

  /// Everything takes `one_way` in each direction.
  static constexpr Delays of(Duration one_way) {
    return {one_way, one_way, 2 * one_way, 2 * one_way, 2 * one_way, one_way, one_way, one_way};
  }
};

/// What happens to each datagram; streams always arrive.
struct PacketFaults {
  Ratio loss{};
  Ratio duplicates{};
  Duration jitter{};  ///< at most so much on top of the usual delay, drawn for each packet
};

/// Counts the events that a host reports, over all its lives, and keeps the last reason of each kind.
class EventLog {
 public:
  void note(const Event& event);
  int count(EventKind kind) const;
  /// Empty when there was none.
  std::string reason(EventKind kind) const;

 private:
  std::map<EventKind, std::pair<int, std::string>> entries_;
};

/// What a registry makes of a request.
struct HttpOutcome {
  Result<HttpResponse> answer;
  Duration delay{};    ///< before the answer sets out
  bool hangs = false;  ///< it never does; the deadline of the caller ends the call
};

/// A registry in a World. Its own deadlines are steps of the world, too.
class Registry {
 public:
  virtual ~Registry() = default;
  virtual HttpOutcome serve(Instant now, const std::string& host, const HttpRequest& request) = 0;
  virtual void advance(Instant) {}
  virtual Instant next_deadline() const { return kNever; }
};

/// A part of a node as the world drives it; each overrides what its part takes.
class Part {
 public:
  virtual ~Part() = default;
  virtual void on_datagram(Instant, const Endpoint& /*from*/, ByteView /*packet*/) {}
  virtual void on_stream_accepted(Instant, LinkId, const Endpoint& /*from*/) {}
  virtual void on_stream_connected(Instant, LinkId) {}
  virtual void on_stream_data(Instant, LinkId, ByteView /*bytes*/) {}
  virtual void on_stream_closed(Instant, LinkId, std::string_view /*reason*/) {}
  virtual void on_stored(Instant, CallId, const Result<void>&) {}
  virtual void on_http(Instant, CallId, Result<HttpResponse>) {}
  virtual void advance(Instant now) = 0;
  virtual Instant next_deadline() const = 0;
};

class World;

/// One life of a host: a part, and the ports it is given. What is under way to a process goes nowhere once it is gone.
class Process : public Part, public Datagrams, public Streams, public Storage, public Http, public Observer {
 public:
  /// `host` names it and its disk. Streams reach every port of the address, datagrams only the one given.
  Process(World& world, std::string host, const Endpoint& address);

  const std::string& host() const { return host_; }
  const Endpoint& address() const { return address_; }
  /// Counts the processes of the world from 1; a seed, for example.
  std::uint64_t life() const { return life_; }
  /// Identifiers of dialled streams are odd, and no two lives share one.
  LinkId next_link() { return LinkId{last_link_ += 2}; }
  LinkId last_link() const { return LinkId{last_link_}; }
  CallId next_call() { return CallId{++last_call_}; }
  /// What its host reported, in this life and earlier ones.
  const EventLog& log() const;
  /// Writes take this long from now on.
  void set_disk_delay(Duration delay) { disk_delay_ = delay; }
  /// The certificate that it shows; none at first.
  void set_identity(PeerIdentity identity) { identity_ = std::move(identity); }
  /// Whose certificate the other end of a stream has shown; nobody's when one of the two has none.
  PeerIdentity identity_at(LinkId link) const;

  void send(const Endpoint& to, ByteView packet) override;

  void connect(LinkId link, const Endpoint& to, Channel channel) override;
  void send(LinkId link, ByteView bytes) override;
  std::size_t backlog(LinkId) const override { return 0; }
  void close(LinkId link) override;

  Result<std::optional<Bytes>> read(std::string_view key) override;
  void write(CallId id, std::string_view key, Bytes value) override;
  void append(CallId id, std::string_view key, Bytes bytes) override;

  void call(CallId id, HttpRequest request, Instant deadline) override;
  void cancel(CallId id) override { calls_.erase(id); }

  bool wants(Severity) const override { return true; }
  void on_event(const Event& event) override;

 private:
  friend class World;
  struct End {
    std::uint64_t life;
    LinkId link;
  };
  struct Stream {
    std::optional<End> peer;  ///< nothing until the other side accepted
    bool connected = false;
    std::vector<Bytes> waiting;  ///< sent before that
    bool secure = false;         ///< both ends show the certificate they have
  };

  /// Runs `action` on this very process, if it still lives by then.
  void later(Duration delay, std::function<void(Process&)> action);
  void arrive(LinkId link, const Endpoint& to);
  void on_connected(LinkId link);
  void transmit(const End& to, Bytes bytes);
  void hang_up(const End& to, const std::string& reason);
  void end(LinkId link, const std::string& reason);
  void reset_streams();
  void break_streams(std::uint64_t life);
  void store(CallId id, std::string_view key, Bytes bytes, bool append);

  World& world_;
  std::string host_;
  Endpoint address_;
  std::uint64_t life_;
  std::uint64_t last_link_;
  std::uint64_t last_call_ = 0;
  Duration disk_delay_;
  std::map<LinkId, Stream> streams_;
  std::set<CallId> calls_;  ///< whose answers are still wanted
  PeerIdentity identity_;
  std::map<LinkId, PeerIdentity> intruders_;
};

/// Hosts joined by a network, with disks and a registry, in virtual time. One queue holds all that is under way, in
/// order of time and then of insertion; at each step first all of that happens which is due, and then the parts whose
/// deadlines came advance, in order of their names.
class World {
 public:
  World(Instant start, const Delays& delays) : now_(start), delays_(delays) {}
  World(const World&) = delete;
  World& operator=(const World&) = delete;

  Instant now() const { return now_; }
  /// What is still due at the end of that time is done, too.
  void run_for(Duration time);
  /// True as soon as the condition holds; false after `limit`.
  bool run_until(const std::function<bool()>& condition, Duration limit);
  /// Called after everything that happens, to check what must never be.
  void set_watch(std::function<void()> watch) { watch_ = std::move(watch); }

  /// In place of the process that runs there, if any: that one vanishes.
  Process& start(std::unique_ptr<Process> process);
  /// The process dies; its system resets the streams.
  void kill(const std::string& host);
  /// The machine is gone: nobody hears of it.
  void vanish(const std::string& host);
  bool runs(const std::string& host) const { return processes_.count(host) == 1; }
  Process& process(const std::string& host) { return *processes_.at(host); }
  const std::map<std::string, std::unique_ptr<Process>>& processes() const { return processes_; }

  /// Values by key; outlives processes. A write that is not reported stored when its process dies is lost.
  std::map<std::string, Bytes>& disk(const std::string& host) { return disks_[host]; }
  EventLog& log(const std::string& host) { return logs_[host]; }
  /// The registry that answers the requests of all hosts. Borrowed; without one, every call fails.
  void set_registry(Registry* registry) { registry_ = registry; }

  /// Nothing gets through between the two, in both directions; what is on its way is lost, streams stay up.
  void cut(const std::string& a, const std::string& b) { cuts_.insert({a, b}); }
  void heal() { cuts_.clear(); }
  void set_faults(const PacketFaults& faults) { faults_ = faults; }
  /// A bit of all that arrives on streams of `from` at `to` is wrong from now on.
  void damage(const std::string& from, const std::string& to) { damaged_.insert({from, to}); }
  /// Both ends of all streams between the two see them break at once.
  void break_streams(const std::string& a, const std::string& b);
  /// A stream of somebody who is no process here, and what it sends first; gives the link at the host.
  LinkId intrude(const std::string& host, const Endpoint& from, ByteView bytes, const PeerIdentity& identity = {});

 private:
  friend class Process;
  void at(Duration delay, std::function<void()> action);
  Instant next() const;
  void step(Instant when);
  void carry(const Process& from, const Endpoint& to, ByteView packet);
  void deliver(const std::string& from, const Process::End& to, Bytes bytes);
  void answer(const std::string& host, std::uint64_t life, CallId id, const HttpRequest& request, Instant deadline);
  bool passes(const std::string& a, const std::string& b) const;
  /// nullptr once it is gone.
  Process* living(std::uint64_t life) const;
  Process* at_address(const Endpoint& address) const;

  Instant now_;
  const Delays delays_;
  std::uint64_t last_event_ = 0;
  std::size_t still_ = 0;  ///< steps since the clock moved
  std::map<std::pair<Instant, std::uint64_t>, std::function<void()>> queue_;
  std::function<void()> watch_ = [] {};
  std::map<std::string, std::map<std::string, Bytes>> disks_;
  std::map<std::string, EventLog> logs_;
  std::map<std::string, std::unique_ptr<Process>> processes_;
  std::map<std::uint64_t, Process*> lives_;
  std::uint64_t last_life_ = 0;
  std::uint64_t last_accepted_ = 0;
  Registry* registry_ = nullptr;
  std::set<std::pair<std::string, std::string>> cuts_;
  std::set<std::pair<std::string, std::string>> damaged_;
  PacketFaults faults_;
  Random random_{0};  ///< of the faults alone
};

}  // namespace syncer::test
