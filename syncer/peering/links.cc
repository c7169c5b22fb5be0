// SPDX-License-Identifier: Apache-2.0
#include "syncer/peering/links.h"

#include <algorithm>
#include <utility>

#include "syncer/base/mutation.h"

namespace syncer::peering {
namespace {

/// A dial that takes longer will not succeed.
constexpr Duration kConnectTimeout = std::chrono::seconds(2);
/// Accepted streams whose other side is not known yet: of all, of all but members' hosts, and of one host. More are
/// closed at once.
constexpr std::size_t kMaxUnidentified = 256;
constexpr std::size_t kMaxStrangers = 192;
constexpr std::size_t kMaxOfOneHost = 64;
/// A stream says who it is within this time after it was accepted, and in this many bytes.
constexpr Duration kGreetingTime = std::chrono::seconds(5);
constexpr std::size_t kMaxGreeting = std::size_t{4} << 10U;
/// Unfinished frames of all links together; ordinary ones, a batch each, do not count.
constexpr std::size_t kMaxBuffered = std::size_t{64} << 20U;
constexpr std::size_t kFreeBuffer = std::size_t{128} << 10U;
/// An accepted link on which nothing of use comes is given up after so many times the silence.
constexpr int kUseless = 3;
/// A peer that leaves so many bytes unread is cut off. Windows keep an honest one far below.
constexpr std::size_t kMaxBacklog = std::size_t{8} << 20U;

/// Who cannot open our frames says so in plain; that is for people only.
Error not_understood(Error error, const wire::FrameReader::Frame& frame) {
  const auto message = wire::decode_sync(frame.type, frame.body);
  const auto* refusal = message ? std::get_if<wire::Refuse>(&*message) : nullptr;
  if (refusal != nullptr) error.detail += "; the other end says: " + refusal->reason;
  return error;
}

std::string_view direction(const PeerLink& link) { return link.dialer ? "out" : "in"; }

}  // namespace

Result<std::optional<wire::SyncMessage>> Links::next(PeerLink& link, ByteView& input) {
  while (true) {
    const auto frame = link.reader.next(input);
    if (!frame) return tl::unexpected<Error>(frame.error());
    if (!*frame) return std::nullopt;
    const auto opened = link.stream.read(seal_, (*frame)->type, (*frame)->body);
    if (!opened) return tl::unexpected<Error>(not_understood(opened.error(), **frame));
    if (!*opened) continue;  // a challenge
    auto message = read(link, **opened);
    if (!message) return tl::unexpected<Error>(message.error());
    return std::optional(std::move(*message));
  }
}

/// Of strangers nothing is unpacked.
Result<wire::SyncMessage> Links::read(const PeerLink& link, const wire::PlainFrame& frame) {
  if (frame.type != wire::kPackedType) return wire::decode_sync(frame.type, frame.body);
  if (link.state != PeerLink::State::Up) return failure(ErrorCode::Corrupt, "", "packed frame in a greeting");
  const auto unpacked = wire::unpack_frame(frame.body);
  if (!unpacked) return tl::unexpected<Error>(unpacked.error());
  return wire::decode_sync(unpacked->type, unpacked->body);
}

Links::Traffic Links::traffic(std::string_view region) const {
  const Traffic* known = traffic_.find(region);
  return known == nullptr ? Traffic{} : *known;
}

/// Looked for once a link: that of a region stays where it is until it is forgotten.
Links::Traffic& Links::traffic_of(PeerLink& link) {
  if (link.traffic == nullptr) link.traffic = &traffic_.try_emplace(link.region).first;
  return *link.traffic;
}

void Links::note_received(PeerLink& link, std::size_t bytes) {
  if (!link.region.empty()) traffic_of(link).received += bytes;
}

void Links::note_spared(PeerLink& link, std::size_t bytes) { traffic_of(link).spared += bytes; }

void Links::forget_traffic(std::string_view region) {
  for (auto& [id, link] : links_) {
    if (link.region == region) link.traffic = nullptr;
  }
  traffic_.erase(region);
}

std::optional<LinkId> Links::up(const std::optional<LinkId>& id) const {
  const PeerLink* link = id ? find(*id) : nullptr;
  return link != nullptr && link->state == PeerLink::State::Up ? id : std::nullopt;
}

std::vector<LinkId> Links::ids() const {
  std::vector<LinkId> ids;
  for (const auto& [id, link] : links_) ids.push_back(id);
  return ids;
}

PeerLink& Links::add(Instant now, LinkId id, bool dialer, const Endpoint& address) {
  PeerLink& link = links_.try_emplace(id).first;
  link.id = id;
  link.dialer = dialer;
  link.state = dialer ? PeerLink::State::Connecting : PeerLink::State::Greeting;
  link.address = address;
  link.since = link.last_read = link.last_of_use = now;
  if (dialer) link.stream = wire::SealedStream(wire::Writer::Dialer);
  if (!dialer && !SYNCER_MUTATED("peering.read_all_of_strangers")) link.reader.limit(kMaxGreeting);
  next_silent_ = std::min(next_silent_, expiry(link));
  return link;
}

LinkId Links::dial(Instant now, const std::string& region, const Endpoint& address) {
  PeerLink& link = add(now, next_link_(), true, address);
  link.region = region;
  streams_.connect(link.id, address, Channel::Sync);
  return link.id;
}

void Links::accept(Instant now, LinkId id, const Endpoint& from, const PeerIdentity& identity, bool expected) {
  std::size_t strangers = 0;
  std::size_t of_this_host = 0;
  for (const auto& [other, link] : links_) {
    if (!link.region.empty()) continue;
    ++strangers;
    if (link.address.address == from.address) ++of_this_host;
  }
  const bool full = strangers >= (expected ? kMaxUnidentified : kMaxStrangers);
  if (full || of_this_host >= kMaxOfOneHost) {
    report_drop(now, Refusal::Strangers, "", "too many strangers");
    return streams_.close(id);
  }
  add(now, id, false, from).identity = identity;
  begin(id);
}

void Links::begin(LinkId id) {
  PeerLink& link = *links_.find(id);
  if (!seal_.active()) return;
  streams_.send(link.id, wire::preamble(wire::kSyncProtocol) + link.stream.greet(seal_));
  link.preamble_sent = true;
}

void Links::set_up(Instant now, PeerLink& link, std::string node, std::uint64_t run) {
  link.node = std::move(node);
  link.run = run;
  link.state = PeerLink::State::Up;
  link.last_of_use = now;
  link.reader.limit(wire::kMaxFrame);
  const std::string address = to_string(link.address);
  observe(observer_, now, EventKind::LinkUp, Severity::Info,
          {{"region", link.region}, {"node", link.node}, {"address", address}, {"direction", direction(link)}});
}

bool Links::send(PeerLink& link, ByteView frame) {
  if (!link.preamble_sent) streams_.send(link.id, wire::preamble(wire::kSyncProtocol));
  link.preamble_sent = true;
  const Bytes sealed = seal_.active() ? link.stream.write(seal_, frame) : Bytes();
  const ByteView carried = seal_.active() ? ByteView(sealed) : frame;
  if (!link.region.empty()) {
    Traffic& traffic = traffic_of(link);
    traffic.sent += frame.size();
    traffic.carried += carried.size();
  }
  streams_.send(link.id, carried);
  return streams_.backlog(link.id) <= kMaxBacklog;
}

void Links::send_refusal(PeerLink& link, const wire::Refuse& refusal) {
  const Bytes frame = wire::encode_sync(wire::SyncMessage(refusal));
  if (ready(link)) return static_cast<void>(send(link, frame));
  // To a stranger: not even our names.
  const wire::Refuse nameless{"", "", refusal.reason, false};
  streams_.send(link.id, wire::encode_sync(wire::SyncMessage(nameless)));
}

std::optional<PeerLink> Links::close(Instant now, LinkId id, std::string_view reason) {
  if (contains(id) && !SYNCER_MUTATED("peering.forget_closed_streams")) streams_.close(id);
  return on_closed(now, id, reason);
}

std::optional<PeerLink> Links::on_closed(Instant now, LinkId id, std::string_view reason) {
  std::optional<PeerLink> closed = links_.extract(id);
  if (!closed) return std::nullopt;
  const PeerLink& link = *closed;
  const std::string address = to_string(link.address);
  // A dial that never got through is repeated for ever; only a link that was up is news.
  const Severity severity = link.state == PeerLink::State::Up ? Severity::Warning : Severity::Debug;
  observe(observer_, now, EventKind::LinkDown, severity,
          {{"region", link.region},
           {"node", link.node},
           {"address", address},
           {"direction", direction(link)},
           {"reason", reason}});
  return closed;
}

Instant Links::expiry(const PeerLink& link) const {
  const Instant silent = saturating_add(link.last_read, silence_);
  switch (link.state) {
    case PeerLink::State::Connecting:
      return saturating_add(link.since, std::min(kConnectTimeout, silence_));
    case PeerLink::State::Greeting:
      // Dripping bytes gains nothing.
      return SYNCER_MUTATED("peering.wait_for_drips") ? silent
                                                      : saturating_add(link.since, std::min(kGreetingTime, silence_));
    case PeerLink::State::Up:
      break;
  }
  return link.dialer ? silent : std::min(silent, saturating_add(link.last_of_use, kUseless * silence_));
}

bool Links::hold_too_much(const PeerLink& link) const {
  if (link.reader.buffered() <= kFreeBuffer) return false;
  return buffered() > kMaxBuffered;
}

std::size_t Links::buffered() const {
  std::size_t all = 0;
  for (const auto& [id, link] : links_) all += link.reader.buffered();
  return all;
}

std::vector<LinkId> Links::take_silent(Instant now) {
  std::vector<LinkId> silent;
  if (now < next_silent_) return silent;
  next_silent_ = kNever;
  for (const auto& [id, link] : links_) {
    const Instant expires = expiry(link);
    if (expires <= now)
      silent.push_back(id);
    else
      next_silent_ = std::min(next_silent_, expires);
  }
  return silent;
}

void Links::report_refusal(Instant now, const PeerLink& link, Refusal why, std::string_view region,
                           std::string_view node, std::string_view reason) {
  refusals_.count(why);
  // Each try of a dialer has another port; without it the same refusal is the same event.
  const std::string address = link.dialer ? to_string(link.address) : link.address.host();
  observe(
      observer_, now, EventKind::PeerRefused, Severity::Warning,
      {{"region", region}, {"node", node}, {"address", address}, {"direction", direction(link)}, {"reason", reason}});
}

void Links::report_failed_dial(Instant now, const PeerLink& link, std::string_view reason) {
  const std::string address = to_string(link.address);
  observe(observer_, now, EventKind::DialFailed, Severity::Warning,
          {{"region", link.region}, {"address", address}, {"reason", reason}});
}

void Links::report_drop(Instant now, Refusal why, std::string_view region, std::string_view reason) {
  refusals_.count(why);
  observe(observer_, now, EventKind::FrameDropped, Severity::Warning, {{"region", region}, {"reason", reason}});
}

}  // namespace syncer::peering
