// SPDX-License-Identifier: Apache-2.0
#include "syncer/admin/event_feed.h"

#include <algorithm>
#include <utility>

#include "syncer/base/mutation.h"

namespace syncer::admin {
namespace {

/// Each has a connection, and a listener has 64 of these.
constexpr std::size_t kMostReaders = 32;
/// Places that are left to operators.
constexpr std::size_t kOperatorsReaders = 8;
/// Bytes that are given to a connection at once.
constexpr std::size_t kPart = 32U << 10U;

std::string missing(std::uint64_t count) {
  return R"({"event":"events.missed","count":)" + std::to_string(count) + "}";
}

}  // namespace

class EventFeed::Reader final : public httpio::BodyStream {
 public:
  Reader(EventFeed& feed, EventFilter filter, std::uint64_t after, bool follow)
      : feed_(feed),
        filter_(std::move(filter)),
        at_(feed.ring_.knows(after) ? after : feed.ring_.first() - 1),
        reads_on_(after > 0),
        follow_(follow) {
    feed_.readers_.push_back(this);
  }
  ~Reader() override { std::erase(feed_.readers_, this); }
  Reader(const Reader&) = delete;
  Reader& operator=(const Reader&) = delete;

  std::optional<Bytes> take() override {
    const EventRing& ring = feed_.ring_;
    Bytes out;
    while (const KeptEvent* event = ring.next(at_)) {
      if (out.size() >= kPart) return out;
      const std::uint64_t missed = event->id - at_ - 1;
      if (missed > 0 && reads_on_) out += "data: " + missing(missed) + "\n\n";
      at_ = event->id;
      reads_on_ = true;
      if (filter_.matches(*event)) out += "id: " + std::to_string(at_) + "\ndata: " + to_json(*event) + "\n\n";
    }
    if (out.empty() && !follow_) return std::nullopt;
    return out;
  }
  Bytes pulse() override { return ":\n\n"; }
  void too_slow() override { ++feed_.dropped_; }
  void notice() const { wake(); }

 private:
  EventFeed& feed_;
  const EventFilter filter_;
  std::uint64_t at_;  ///< the last event that was looked at
  bool reads_on_;     ///< what is missing after that was missed
  const bool follow_;
};

void EventFeed::add(KeptEvent event) {
  ring_.add(std::move(event));
  for (const Reader* reader : readers_) reader->notice();
}

Result<std::shared_ptr<httpio::BodyStream>> EventFeed::read(EventFilter filter, std::uint64_t after, bool follow) {
  const bool for_all = filter.is_public && !SYNCER_MUTATED("admin.give_all_places_to_strangers");
  const std::size_t most = for_all ? kMostReaders - kOperatorsReaders : kMostReaders;
  if (readers_.size() >= most)
    return failure(ErrorCode::Refused, "", "there are " + std::to_string(most) + " readers of events already");
  return std::make_shared<Reader>(*this, std::move(filter), after, follow);
}

}  // namespace syncer::admin
