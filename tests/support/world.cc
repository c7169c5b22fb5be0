// SPDX-License-Identifier: Apache-2.0
#include "tests/support/world.h"

#include <algorithm>

#include "syncer/base/assert.h"

namespace syncer::test {

void EventLog::note(const Event& event) {
  auto& [count, reason] = entries_[event.kind];
  ++count;
  reason = event.text("reason");
}

int EventLog::count(EventKind kind) const {
  const auto found = entries_.find(kind);
  return found == entries_.end() ? 0 : found->second.first;
}

std::string EventLog::reason(EventKind kind) const {
  const auto found = entries_.find(kind);
  return found == entries_.end() ? "" : found->second.second;
}

Process::Process(World& world, std::string host, const Endpoint& address)
    : world_(world),
      host_(std::move(host)),
      address_(address),
      life_(++world.last_life_),
      last_link_((life_ << 32U) + 1),
      disk_delay_(world.delays_.disk) {}

void Process::later(Duration delay, std::function<void(Process&)> action) {
  world_.at(delay, [&world = world_, life = life_, action = std::move(action)] {
    if (Process* process = world.living(life)) action(*process);
  });
}

void Process::send(const Endpoint& to, ByteView packet) {
  if (world_.random_.hits(world_.faults_.loss)) return;
  world_.carry(*this, to, packet);
  if (world_.random_.hits(world_.faults_.duplicates)) world_.carry(*this, to, packet);
}

void Process::connect(LinkId link, const Endpoint& to, Channel channel) {
  streams_[link] = {};
  streams_[link].secure = channel != Channel::Gossip;
  later(world_.delays_.accept, [link, to](Process& p) { p.arrive(link, to); });
  later(world_.delays_.connected, [link](Process& p) { p.on_connected(link); });
}

void Process::arrive(LinkId link, const Endpoint& to) {
  const auto mine = streams_.find(link);
  if (mine == streams_.end()) return;  // given up meanwhile
  Process* other = world_.at_address(to);
  const Delays& delays = world_.delays_;
  if (other == nullptr || !world_.passes(host_, other->host_)) {
    const Duration total = other == nullptr ? delays.refused : delays.unreachable;
    return later(total - delays.accept, [link](Process& p) { p.end(link, "connection refused"); });
  }
  const LinkId there{world_.last_accepted_ += 2};
  mine->second.peer = End{other->life_, there};
  other->streams_[there] = {End{life_, link}, true, {}, mine->second.secure};
  other->on_stream_accepted(world_.now_, there, address_);
}

PeerIdentity Process::identity_at(LinkId link) const {
  const auto intruder = intruders_.find(link);
  if (intruder != intruders_.end()) return intruder->second;
  const auto mine = streams_.find(link);
  const bool known = mine != streams_.end() && mine->second.secure && mine->second.peer && identity_.present();
  const Process* other = known ? world_.living(mine->second.peer->life) : nullptr;
  return other == nullptr ? PeerIdentity{} : other->identity_;
}

void Process::on_connected(LinkId link) {
  const auto mine = streams_.find(link);
  if (mine == streams_.end() || !mine->second.peer) return;
  mine->second.connected = true;
  for (Bytes& bytes : std::exchange(mine->second.waiting, {})) transmit(*mine->second.peer, std::move(bytes));
  on_stream_connected(world_.now_, link);
}

void Process::send(LinkId link, ByteView bytes) {
  const auto mine = streams_.find(link);
  if (mine == streams_.end()) return;
  Stream& stream = mine->second;
  if (stream.connected) return transmit(*stream.peer, Bytes(bytes));
  stream.waiting.emplace_back(bytes);
}

void Process::transmit(const End& to, Bytes bytes) {
  world_.at(world_.delays_.stream,
            [&world = world_, from = host_, to, bytes = std::move(bytes)] { world.deliver(from, to, bytes); });
}

void Process::close(LinkId link) {
  const auto mine = streams_.find(link);
  if (mine == streams_.end()) return;
  Stream stream = std::move(mine->second);
  streams_.erase(mine);
  if (!stream.peer) return;
  for (Bytes& bytes : stream.waiting) transmit(*stream.peer, std::move(bytes));
  hang_up(*stream.peer, "closed by the peer");
}

void Process::hang_up(const End& to, const std::string& reason) {
  world_.at(world_.delays_.stream, [&world = world_, from = host_, to, reason] {
    Process* process = world.living(to.life);
    if (process != nullptr && world.passes(from, process->host_)) process->end(to.link, reason);
  });
}

void Process::end(LinkId link, const std::string& reason) {
  if (streams_.erase(link) == 1) on_stream_closed(world_.now_, link, reason);
}

void Process::reset_streams() {
  for (const auto& [link, stream] : streams_) {
    if (stream.peer) hang_up(*stream.peer, "reset");
  }
}

void Process::break_streams(std::uint64_t life) {
  std::vector<LinkId> broken;
  for (const auto& [link, stream] : streams_) {
    if (stream.peer && stream.peer->life == life) broken.push_back(link);
  }
  for (const LinkId link : broken) end(link, "broken");
}

Result<std::optional<Bytes>> Process::read(std::string_view key) {
  const auto& disk = world_.disk(host_);
  const auto found = disk.find(std::string(key));
  return found == disk.end() ? std::optional<Bytes>() : std::optional(found->second);
}

void Process::write(CallId id, std::string_view key, Bytes value) { store(id, key, std::move(value), false); }

void Process::append(CallId id, std::string_view key, Bytes bytes) { store(id, key, std::move(bytes), true); }

void Process::store(CallId id, std::string_view key, Bytes bytes, bool append) {
  later(disk_delay_, [id, key = std::string(key), bytes = std::move(bytes), append](Process& p) {
    Bytes& value = p.world_.disk(p.host_)[key];
    value = append ? value + bytes : bytes;
    p.on_stored(p.world_.now_, id, {});
  });
}

void Process::call(CallId id, HttpRequest request, Instant deadline) {
  calls_.insert(id);
  // Not later(): a request takes effect even when its sender is gone.
  world_.at(world_.delays_.http, [&world = world_, host = host_, life = life_, id, request = std::move(request),
                                  deadline] { world.answer(host, life, id, request, deadline); });
}

const EventLog& Process::log() const { return world_.log(host_); }

void Process::on_event(const Event& event) { world_.log(host_).note(event); }

Process& World::start(std::unique_ptr<Process> process) {
  vanish(process->host_);
  lives_[process->life_] = process.get();
  auto& slot = processes_[process->host_];
  slot = std::move(process);
  return *slot;
}

void World::kill(const std::string& host) {
  processes_.at(host)->reset_streams();
  vanish(host);
}

void World::vanish(const std::string& host) {
  const auto found = processes_.find(host);
  if (found == processes_.end()) return;
  lives_.erase(found->second->life_);
  processes_.erase(found);
}

void World::break_streams(const std::string& a, const std::string& b) {
  Process& one = process(a);
  Process& two = process(b);
  one.break_streams(two.life_);
  two.break_streams(one.life_);
}

LinkId World::intrude(const std::string& host, const Endpoint& from, ByteView bytes, const PeerIdentity& identity) {
  const LinkId link{last_accepted_ += 2};
  process(host).intruders_[link] = identity;
  process(host).on_stream_accepted(now_, link, from);
  process(host).on_stream_data(now_, link, bytes);
  return link;
}

void World::at(Duration delay, std::function<void()> action) {
  queue_.emplace(std::pair(saturating_add(now_, delay), ++last_event_), std::move(action));
}

Instant World::next() const {
  Instant next = queue_.empty() ? kNever : queue_.begin()->first.first;
  for (const auto& [host, process] : processes_) next = std::min(next, process->next_deadline());
  if (registry_ != nullptr) next = std::min(next, registry_->next_deadline());
  return std::max(now_, next);
}

void World::step(Instant when) {
  still_ = when > now_ ? 0 : still_ + 1;
  SYNCER_ASSERT(still_ < 1'000'000 && "the clock stands still");
  now_ = when;
  if (registry_ != nullptr) registry_->advance(now_);
  while (!queue_.empty() && queue_.begin()->first.first <= now_) {
    const auto action = std::move(queue_.begin()->second);
    queue_.erase(queue_.begin());
    action();
    watch_();
  }
  for (const auto& [host, process] : processes_) {
    if (process->next_deadline() <= now_) process->advance(now_);
  }
  watch_();
}

void World::run_for(Duration time) {
  const Instant end = now_ + time;
  for (Instant when = next(); when <= end; when = next()) step(when);
  now_ = end;
}

bool World::run_until(const std::function<bool()>& condition, Duration limit) {
  const Instant end = now_ + limit;
  while (!condition()) {
    const Instant when = next();
    if (when > end) {
      now_ = end;
      return condition();
    }
    step(when);
  }
  return true;
}

void World::carry(const Process& from, const Endpoint& to, ByteView packet) {
  const Duration delay = delays_.packet + random_.between(Duration(0), faults_.jitter);
  at(delay, [this, from = from.host_, source = from.address_, to, bytes = Bytes(packet)] {
    Process* process = at_address(to);
    if (process == nullptr || process->address_ != to || !passes(from, process->host_)) return;
    process->on_datagram(now_, source, bytes);
  });
}

void World::deliver(const std::string& from, const Process::End& to, Bytes bytes) {
  Process* process = living(to.life);
  if (process == nullptr || !passes(from, process->host_) || process->streams_.count(to.link) == 0) return;
  if (damaged_.count({from, process->host_}) == 1) bytes.back() = static_cast<char>(bytes.back() ^ 1);
  process->on_stream_data(now_, to.link, bytes);
}

void World::answer(const std::string& host, std::uint64_t life, CallId id, const HttpRequest& request,
                   Instant deadline) {
  const Error nobody{ErrorCode::Unreachable, "http", "nobody listens"};
  HttpOutcome outcome =
      registry_ != nullptr ? registry_->serve(now_, host, request) : HttpOutcome{tl::unexpected(nobody), {}, false};
  Duration delay = delays_.http + outcome.delay;
  if (outcome.hangs || now_ + delay > deadline) {
    delay = deadline - now_;
    outcome.answer = failure(ErrorCode::Timeout, "http", "no answer in time");
  }
  at(delay, [this, life, id, answer = std::move(outcome.answer)] {
    Process* process = living(life);
    if (process != nullptr && process->calls_.erase(id) == 1) process->on_http(now_, id, answer);
  });
}

bool World::passes(const std::string& a, const std::string& b) const {
  return cuts_.count({a, b}) == 0 && cuts_.count({b, a}) == 0;
}

Process* World::living(std::uint64_t life) const {
  const auto found = lives_.find(life);
  return found == lives_.end() ? nullptr : found->second;
}

Process* World::at_address(const Endpoint& address) const {
  for (const auto& [host, process] : processes_) {
    if (process->address_.address == address.address) return process.get();
  }
  return nullptr;
}

}  // namespace syncer::test
