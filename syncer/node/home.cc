// SPDX-License-Identifier: Apache-2.0
#include "syncer/node/home.h"

#include <algorithm>

#include "syncer/node/home_rooms.h"

namespace syncer::node {

Home::Home(HomeConfig config, Http& http, Observer& observer, Random random, Instant now,
           std::function<CallId()> next_call)
    : rooms_(std::make_unique<Rooms>(std::move(config), http, observer, random, now, std::move(next_call))) {}

Home::~Home() = default;

void Home::start(Instant now) { rooms_->last_now = now; }

void Home::set_writer(Instant now, std::optional<Epoch> epoch) {
  const bool was = rooms_->epoch.has_value();
  rooms_->epoch = epoch;
  rooms_->last_now = now;
  if (was && epoch) return;  // only the name of our reign changed
  rooms_->begin(now);
  if (!epoch) return;
  rooms_->session->canary.start(now);
  rooms_->session->reader.start(now);
}

bool Home::view_complete() const { return rooms_->session->view_complete && rooms_->conflict.empty(); }

std::map<Bytes, Bytes> Home::exported() const { return rooms_->session->exporter.exported(); }

std::vector<ExportChange> Home::take_exports() {
  if (!rooms_->conflict.empty()) return {};
  return rooms_->session->exporter.take_changes();
}

bool Home::knows_registry() const { return rooms_->session->read_once; }

std::map<std::string, Epoch> Home::marked_epochs() const {
  std::map<std::string, Epoch> epochs;
  for (const auto& [ref, service] : rooms_->session->view.services()) {
    for (const auto& [id, seen] : service.instances) {
      const auto& mark = seen.document->copy;
      const auto epoch = mark ? parse_epoch(mark->epoch) : std::nullopt;
      if (epoch) epochs[mark->region] = std::max(epochs[mark->region], *epoch);
    }
  }
  return epochs;
}

void Home::want(Instant now, std::string_view region, const Bytes& key, const Bytes& payload, Epoch epoch) {
  rooms_->last_now = now;
  rooms_->session->copier.want(now, std::string(region), key, payload, epoch);
}

void Home::unwant(Instant now, std::string_view region, const Bytes& key) {
  rooms_->last_now = now;
  rooms_->session->copier.unwant(now, std::string(region), key);
}

void Home::region_state(Instant now, std::string_view region, bool connected, bool complete, bool sane) {
  rooms_->last_now = now;
  rooms_->regions.set_state(now, region, connected, complete, sane);
}

void Home::release_guard(Instant now, std::string_view region) {
  rooms_->last_now = now;
  rooms_->regions.release_guard(now, region);
  if (region == "*" || region == rooms_->config.region) {
    rooms_->session->exporter.release_guard(now, "an operator said so");
  }
}

std::vector<GuardMark> Home::guards() const {
  std::vector<GuardMark> marks;
  const auto& own = rooms_->session->exporter.guard();
  if (own.frozen()) marks.push_back(mark_of(GuardSide::Sender, rooms_->config.region, own));
  rooms_->regions.add_guards(marks);
  return marks;
}

void Home::take_over_guards(Instant now, const std::vector<GuardMark>& marks) {
  for (const GuardMark& mark : marks) {
    if (mark.side == GuardSide::Receiver)
      rooms_->regions.take_over_guard(now, mark);
    else if (mark.region == rooms_->config.region)
      rooms_->session->exporter.take_over_guard(now, mark);
  }
}

void Home::on_http(Instant now, CallId call, Result<HttpResponse> answer) {
  if (!rooms_->session->calls.on_http(now, call, answer)) return;
  rooms_->pump(now);
  rooms_->advance(now);
}

void Home::resume_writes(Instant now) { rooms_->session->calls.resume(now); }

void Home::advance(Instant now) { rooms_->advance(now); }

Instant Home::next_deadline() const { return rooms_->next_deadline(); }

const std::string& Home::conflict() const { return rooms_->conflict; }

bool Home::sane() const { return rooms_->sane; }

void Home::withdraw(Instant now) {
  if (rooms_->leaving) return;
  rooms_->leaving = true;
  if (rooms_->epoch) rooms_->session->canary.withdraw(now);
  rooms_->look_at_canary();
}

bool Home::withdrawn() const { return rooms_->leaving && (!rooms_->epoch || rooms_->session->canary.withdrawn()); }

}  // namespace syncer::node
