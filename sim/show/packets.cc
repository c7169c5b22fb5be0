// SPDX-License-Identifier: Apache-2.0
#include "sim/show/packets.h"

#include <algorithm>

#include "syncer/base/bytes.h"
#include "syncer/base/hash.h"
#include "syncer/wire/gossip/message.h"

namespace sim::show {
namespace {

using host::Channel;
using host::MessageFate;
using syncer::ByteView;

/// More than a page can show; what comes later is counted.
constexpr std::size_t kMost = 2'000'000;
constexpr std::size_t kLongestWords = 120;
/// A request that waits longer is never answered, because nobody waits for it any more; of equal packets one that is
/// under way for longer was lost with its connection.
constexpr Duration kLongestWait = std::chrono::seconds(15);
constexpr Duration kUsualWay = std::chrono::milliseconds(800);

std::string_view name_of(syncer::wire::gossip::Type type) {
  using Type = syncer::wire::gossip::Type;
  switch (type) {
    case Type::Ping:
      return "ping";
    case Type::IndirectPing:
      return "ping for another";
    case Type::Ack:
      return "ack";
    case Type::Nack:
      return "nack";
    case Type::Suspect:
      return "suspect";
    case Type::Alive:
      return "alive";
    case Type::Dead:
      return "dead";
    case Type::User:
      return "user";
    default:
      return "other";
  }
}

bool is_answer(const host::Message& message) { return message.from.kind == host::Site::Kind::Registry; }

}  // namespace

/// Datagrams and segments are told apart by what they say. An HTTP message stays where it is in memory while it is
/// under way, and many say nothing (a GET has no body): its place tells it from others.
std::uint64_t Packets::key_of(const host::Message& m, std::uint32_t from, std::uint32_t to) const {
  const std::uint64_t way =
      (std::uint64_t{from} << 32U) | (std::uint64_t{to} << 2U) | static_cast<std::uint64_t>(m.channel);
  if (m.channel != Channel::Http) return syncer::hash64(m.bytes, way);
  const auto place = reinterpret_cast<std::uintptr_t>(m.bytes.data());
  return syncer::hash64(ByteView(reinterpret_cast<const char*>(&place), sizeof place), way);
}

std::string Packets::words_of_datagram(ByteView bytes) {
  syncer::wire::gossip::unpack(bytes, {}, unpacked_);
  std::string words;
  for (const ByteView one : unpacked_.messages) {
    if (one.empty() || words.size() > kLongestWords) break;
    words += (words.empty() ? "" : ", ") +
             std::string(name_of(syncer::wire::gossip::Type{static_cast<std::uint8_t>(one.front())}));
  }
  return words.empty() ? "datagram" : words;
}

void Packets::take_request(std::uint32_t node, const syncer::HttpRequest& request, std::uint32_t turn) {
  const std::string_view target(request.target);
  asked_ = {turn, node, tables_.strings.id(request.method + " " + std::string(target.substr(0, kLongestWords)))};
}

std::uint32_t Packets::words_of(const host::Message& m, std::uint32_t from, std::uint32_t turn) {
  if (m.channel == Channel::Datagram) return tables_.strings.id(words_of_datagram(m.bytes));
  if (m.channel == Channel::Stream) return tables_.strings.id("stream");
  if (is_answer(m)) return tables_.strings.id("answer");
  const bool is_that = asked_ && asked_->turn == turn && asked_->node == from;
  return is_that ? asked_->words : tables_.strings.id("request");
}

std::optional<std::uint32_t> Packets::oldest(std::uint64_t key, syncer::Instant now) {
  const auto found = under_way_.find(key);
  if (found == under_way_.end()) return std::nullopt;
  std::vector<std::uint32_t>& equal = found->second;
  const auto age = [&](std::uint32_t p) { return now - tables_.turns[tables_.packets[p].turn].at; };
  while (equal.size() > 1 && age(equal.front()) > kLongestWait) equal.erase(equal.begin());
  // What is older than a packet usually is was lost with its connection, if a younger one can have arrived instead.
  auto chosen = std::find_if(equal.begin(), equal.end(), [&](std::uint32_t p) { return age(p) < kUsualWay; });
  if (chosen == equal.end()) chosen = equal.begin();
  const std::uint32_t packet = *chosen;
  equal.erase(chosen);
  if (equal.empty()) under_way_.erase(found);
  return packet;
}

std::optional<std::uint32_t> Packets::take(const host::Message& m, std::uint32_t from, std::uint32_t to,
                                           std::uint32_t turn) {
  const std::uint64_t key = key_of(m, from, to);
  const bool ends =
      m.fate == MessageFate::Delivered || m.fate == MessageFate::Overflowed || m.fate == MessageFate::Unreachable;
  if (const auto sent = ends ? oldest(key, tables_.turns[turn].at) : std::nullopt) {
    tables_.packets[*sent].fate = m.fate;
    tables_.packets[*sent].arrived = turn + 1;
    if (m.fate != MessageFate::Delivered) return std::nullopt;
    if (m.channel == Channel::Http && !is_answer(m)) waiting_[{to, from}].push_back({tables_.turns[turn].at, *sent});
    return sent;
  }
  if (m.fate == MessageFate::Delivered) return std::nullopt;  // damaged on its way, or too many to be recorded
  if (tables_.packets.size() >= kMost) {
    ++tables_.packets_left;
    return std::nullopt;
  }
  const auto number = static_cast<std::uint32_t>(tables_.packets.size());
  tables_.packets.push_back(
      {turn, 0, from, to, m.channel, m.fate, static_cast<std::uint32_t>(m.bytes.size()), words_of(m, from, turn)});
  if (m.fate != MessageFate::Sent) return std::nullopt;
  std::vector<std::uint32_t>& equal = under_way_[key];
  if (m.channel == Channel::Http) equal.clear();  // what was there before is over
  equal.push_back(number);
  return std::nullopt;
}

std::optional<std::uint32_t> Packets::answered(std::uint32_t registry, std::uint32_t node, syncer::Instant now) {
  std::deque<Waiting>& waiting = waiting_[{registry, node}];
  while (!waiting.empty() && now - waiting.front().since > kLongestWait) waiting.pop_front();
  if (waiting.empty()) return std::nullopt;
  const std::uint32_t packet = waiting.front().packet;
  waiting.pop_front();
  return packet;
}

}  // namespace sim::show
