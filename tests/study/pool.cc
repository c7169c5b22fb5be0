// SPDX-License-Identifier: Apache-2.0
#include "tests/study/pool.h"

#include <algorithm>
#include <cmath>
#include <utility>

#include "syncer/wire/gossip/message.h"
#include "syncer/wire/gossip/stream.h"

namespace study {

namespace gossip = syncer::wire::gossip;
using syncer::membership::StreamRequest;
using syncer::membership::Swim;

namespace {

constexpr std::uint16_t kPort = 7946;
/// About what Linux's default receive buffer (208 KiB) holds of small packets.
constexpr std::size_t kSocketBuffer = 256;

}  // namespace

Pool::Pool(std::size_t members, Options options, NetworkModel network, std::uint64_t seed)
    : random_(seed), network_(network), hosts_(members) {
  options.encode = [](const syncer::membership::Message& m, Bytes& out) { gossip::encode(m, out); };
  for (std::size_t i = 0; i < members; ++i) {
    hosts_[i].swim = std::make_unique<Swim>(name(i), options, random_.stream(i), now_);
    hosts_[i].swim->start(now_, address(i), "", out_);
    flush(i);
    plan_wake(i);
  }
}

Endpoint Pool::address(std::size_t i) {
  return Endpoint::v4(10, 0, static_cast<std::uint8_t>(i / 256), static_cast<std::uint8_t>(i % 256), kPort);
}

std::size_t Pool::member_at(const Endpoint& e) {
  const Bytes bytes = e.octets();
  return static_cast<std::uint8_t>(bytes[2]) * std::size_t{256} + static_cast<std::uint8_t>(bytes[3]);
}

void Pool::acquaint() {
  std::vector<Bytes> states;
  for (std::size_t i = 0; i < size(); ++i) states.push_back(state_of(i));
  for (std::size_t i = 0; i < size(); ++i) {
    for (const Bytes& state : states) merge(i, state);
  }
  run_until([&] { return quiet(); }, std::chrono::minutes(5));
}

bool Pool::quiet() const {
  return std::all_of(hosts_.begin(), hosts_.end(), [](const Host& h) { return !h.running || h.swim->queue().empty(); });
}

void Pool::run_for(Duration d) {
  run_until([] { return false; }, d);
}

bool Pool::run_until(const std::function<bool()>& condition, Duration limit) {
  const Instant end = now_ + limit;
  while (!condition()) {
    if (events_.empty() || events_.top().at > end) {
      now_ = end;
      return condition();
    }
    now_ = events_.top().at;
    const Task task = events_.top().task;
    events_.pop();
    task();
  }
  return true;
}

State Pool::state(std::size_t observer, std::size_t about) const {
  const auto* m = member(observer).members().find(name(about));
  return m != nullptr ? m->state : State::Dead;
}

const Bytes& Pool::meta(std::size_t observer, std::size_t about) const {
  static const Bytes kNothing;
  const auto* m = member(observer).members().find(name(about));
  return m != nullptr ? m->meta : kNothing;
}

void Pool::update_meta(std::size_t i, Bytes meta) {
  hosts_[i].swim->update_meta(now_, std::move(meta), out_);
  flush(i);
  plan_wake(i);
}

void Pool::set_illness(std::size_t i, Illness illness) {
  Host& h = hosts_[i];
  h.illness = illness;
  if (illness != Illness::None) return;
  for (const Task& task : std::exchange(h.outbox, {})) task();
  for (const Task& task : std::exchange(h.inbox, {})) arrive(i, task);
  plan_wake(i);
}

Duration Pool::draw_delay() {
  if (!network_.exponential) return network_.delay;
  const double uniform = static_cast<double>((random_.next() >> 11U) + 1) * 0x1p-53;
  const double mean = std::chrono::duration<double, std::milli>(network_.delay).count();
  return std::chrono::milliseconds(static_cast<std::int64_t>(-mean * std::log(uniform)));
}

void Pool::depart(std::size_t from, Task task) {
  Host& h = hosts_[from];
  if (h.illness == Illness::None)
    task();
  else
    h.outbox.push_back(std::move(task));
}

void Pool::arrive(std::size_t to, Task task) {
  Host& h = hosts_[to];
  if (!h.running) return;
  if (h.illness == Illness::None) {
    task();
    flush(to);
    plan_wake(to);
  } else if (h.inbox.size() < kSocketBuffer) {
    h.inbox.push_back(std::move(task));
  }
}

void Pool::plan_wake(std::size_t i) {
  Host& h = hosts_[i];
  if (!h.running || h.illness == Illness::Stopped) return;
  const Instant next = std::max(now_, h.swim->next_deadline());
  if (next >= h.wake) return;
  h.wake = next;
  after(next - now_, [this, i, next] {
    if (hosts_[i].wake == next) wake(i);
  });
}

void Pool::wake(std::size_t i) {
  Host& h = hosts_[i];
  h.wake = syncer::kNever;
  if (!h.running || h.illness == Illness::Stopped) return;
  if (now_ >= h.swim->next_deadline()) h.swim->advance(now_, out_);
  flush(i);
  plan_wake(i);
}

void Pool::flush(std::size_t i) {
  for (const auto& packet : out_.packets()) {
    gossip::PacketBuilder builder(packet.count);
    for (std::uint32_t part = 0; part < packet.count; ++part) builder.add(out_.part(packet.first + part));
    send(i, packet.to, builder.finish(keys_, packet.protocol >= 5, nullptr));
  }
  for (const StreamRequest& request : out_.streams) open(i, request);
  if (on_change_) {
    for (const Change& change : out_.changes) on_change_(i, change);
  }
  out_.clear();
}

void Pool::send(std::size_t from, const Endpoint& to, Bytes packet) {
  depart(from, [this, from, to, packet = std::move(packet)] {
    ++packets_;
    bytes_ += packet.size();
    if (random_.hits(network_.loss)) return;
    after(draw_delay(), [this, from, to, packet] {
      const std::size_t i = member_at(to);
      arrive(i, [this, i, from, packet] { receive(i, address(from), packet); });
    });
  });
}

void Pool::receive(std::size_t to, const Endpoint& from, const Bytes& packet) {
  gossip::unpack(packet, keys_, unpacked_);
  for (const ByteView part : unpacked_.messages) {
    syncer::membership::Message message;
    if (gossip::decode(part, message) == gossip::Drop::None) hosts_[to].swim->receive(now_, from, message, out_);
  }
}

void Pool::open(std::size_t from, const StreamRequest& request) {
  depart(from, [this, from, request] {
    const std::size_t to = member_at(request.to);
    const bool exchange = request.kind == StreamRequest::Kind::Exchange;
    const Bytes message = exchange ? state_of(from) : Bytes(40, 'p');
    ++packets_;
    bytes_ += message.size();
    // The first bytes of a stream arrive after a round trip for the connection.
    after(3 * network_.delay, [this, from, to, request, message, exchange] {
      arrive(to, [this, from, to, request, message, exchange] {
        if (now_ >= request.deadline) return;
        if (exchange) return answer_exchange(from, to, message, request.deadline);
        after(network_.delay, [this, from, request] {
          arrive(from, [this, from, request] {
            if (now_ < request.deadline) hosts_[from].swim->stream_contact(request.seq);
          });
        });
      });
    });
  });
}

void Pool::answer_exchange(std::size_t from, std::size_t to, const Bytes& message, Instant deadline) {
  const Bytes answer = state_of(to);
  ++packets_;
  bytes_ += answer.size();
  merge(to, message);
  after(network_.delay, [this, from, answer, deadline] {
    arrive(from, [this, from, answer, deadline] {
      if (now_ < deadline) merge(from, answer);
    });
  });
}

Bytes Pool::state_of(std::size_t i) {
  Bytes message;
  gossip::encode_exchange(hosts_[i].swim->entries(), false, "", message);
  return message;
}

void Pool::merge(std::size_t i, const Bytes& message) {
  gossip::StreamMessage read;
  if (gossip::decode_stream(message, read) != gossip::Drop::None) return;
  hosts_[i].swim->merge(now_, std::get<gossip::Exchange>(read).entries, false, out_);
  flush(i);
  plan_wake(i);
}

}  // namespace study
