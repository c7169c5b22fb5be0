// SPDX-License-Identifier: Apache-2.0
#include "syncer/peering/links.h"

#include <algorithm>
#include <utility>

namespace syncer::peering {
namespace {

/// A dial that takes longer will not succeed.
constexpr Duration kConnectTimeout = std::chrono::seconds(2);
/// Accepted streams whose other side is not known yet; more are closed at once.
constexpr std::size_t kMaxUnidentified = 256;
/// A peer that leaves so many bytes unread is cut off. Windows keep an honest one far below.
constexpr std::size_t kMaxBacklog = std::size_t{8} << 20U;

std::string_view direction(const PeerLink& link) { return link.dialer ? "out" : "in"; }

}  // namespace

Result<std::optional<wire::SyncMessage>> PeerLink::next(ByteView& input) {
  const auto frame = reader.next(input);
  if (!frame) return tl::unexpected<Error>(frame.error());
  if (!*frame) return std::nullopt;
  auto message = wire::decode_sync((*frame)->type, (*frame)->body);
  if (!message) return tl::unexpected<Error>(message.error());
  return std::optional(std::move(*message));
}

PeerLink* Links::find(LinkId id) {
  const auto it = links_.find(id);
  return it == links_.end() ? nullptr : &it->second;
}

const PeerLink* Links::find(LinkId id) const {
  const auto it = links_.find(id);
  return it == links_.end() ? nullptr : &it->second;
}

std::vector<LinkId> Links::ids() const {
  std::vector<LinkId> ids;
  for (const auto& [id, link] : links_) ids.push_back(id);
  return ids;
}

PeerLink& Links::add(Instant now, LinkId id, bool dialer, const Endpoint& address) {
  PeerLink& link = links_[id];
  link.id = id;
  link.dialer = dialer;
  link.state = dialer ? PeerLink::State::Connecting : PeerLink::State::Greeting;
  link.address = address;
  link.last_read = now;
  next_silent_ = std::min(next_silent_, expiry(link));
  return link;
}

LinkId Links::dial(Instant now, const std::string& region, const Endpoint& address) {
  PeerLink& link = add(now, next_link_(), true, address);
  link.region = region;
  streams_.connect(link.id, address);
  return link.id;
}

void Links::accept(Instant now, LinkId id, const Endpoint& from) {
  const auto unidentified =
      std::count_if(links_.begin(), links_.end(), [](const auto& entry) { return entry.second.region.empty(); });
  if (static_cast<std::size_t>(unidentified) >= kMaxUnidentified) {
    report_drop(now, "", "too many strangers");
    return streams_.close(id);
  }
  add(now, id, false, from);
}

void Links::set_up(Instant now, PeerLink& link, std::string node, std::uint64_t run) {
  link.node = std::move(node);
  link.run = run;
  link.state = PeerLink::State::Up;
  const std::string address = to_string(link.address);
  observe(observer_, now, EventKind::LinkUp, Severity::Info,
          {{"region", link.region}, {"node", link.node}, {"address", address}, {"direction", direction(link)}});
}

bool Links::send(PeerLink& link, ByteView frame) {
  if (!link.preamble_sent) streams_.send(link.id, wire::preamble(wire::kSyncProtocol));
  link.preamble_sent = true;
  streams_.send(link.id, frame);
  return streams_.backlog(link.id) <= kMaxBacklog;
}

std::optional<PeerLink> Links::close(Instant now, LinkId id, std::string_view reason) {
  if (contains(id)) streams_.close(id);
  return on_closed(now, id, reason);
}

std::optional<PeerLink> Links::on_closed(Instant now, LinkId id, std::string_view reason) {
  auto node = links_.extract(id);
  if (node.empty()) return std::nullopt;
  PeerLink& link = node.mapped();
  const std::string address = to_string(link.address);
  // A dial that never got through is repeated for ever; only a link that was up is news.
  const Severity severity = link.state == PeerLink::State::Up ? Severity::Warning : Severity::Debug;
  observe(observer_, now, EventKind::LinkDown, severity,
          {{"region", link.region},
           {"node", link.node},
           {"address", address},
           {"direction", direction(link)},
           {"reason", reason}});
  return std::move(link);
}

Instant Links::expiry(const PeerLink& link) const {
  const bool dialling = link.state == PeerLink::State::Connecting;
  return saturating_add(link.last_read, dialling ? std::min(kConnectTimeout, silence_) : silence_);
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

void Links::report_refusal(Instant now, const PeerLink& link, std::string_view region, std::string_view node,
                           std::string_view reason) {
  const std::string address = to_string(link.address);
  observe(
      observer_, now, EventKind::PeerRefused, Severity::Warning,
      {{"region", region}, {"node", node}, {"address", address}, {"direction", direction(link)}, {"reason", reason}});
}

void Links::report_failed_dial(Instant now, const PeerLink& link, std::string_view reason) {
  const std::string address = to_string(link.address);
  observe(observer_, now, EventKind::DialFailed, Severity::Warning,
          {{"region", link.region}, {"address", address}, {"reason", reason}});
}

void Links::report_drop(Instant now, std::string_view region, std::string_view reason) {
  observe(observer_, now, EventKind::FrameDropped, Severity::Warning, {{"region", region}, {"reason", reason}});
}

}  // namespace syncer::peering
