// SPDX-License-Identifier: Apache-2.0
#include "syncer/catalog/catalog.h"

#include <algorithm>

#include "syncer/catalog/rooms.h"

namespace syncer::catalog {

Catalog::Catalog(CatalogConfig config, Http& http, Observer& observer, Random random, Instant now,
                 std::function<CallId()> next_call)
    : rooms_(std::make_unique<Rooms>(std::move(config), http, observer, random, now, std::move(next_call))) {}

Catalog::~Catalog() = default;

void Catalog::start(Instant now) { rooms_->last_now = now; }

void Catalog::set_writer(Instant now, std::optional<Epoch> epoch) {
  const bool was = rooms_->epoch.has_value();
  rooms_->epoch = epoch;
  rooms_->last_now = now;
  if (was && epoch) return;  // only the name of our reign changed
  rooms_->begin(now);
  if (!epoch) return;
  rooms_->session->canary.start(now);
  rooms_->session->reader.start(now);
}

bool Catalog::view_complete() const { return rooms_->session->view_complete && rooms_->conflict.empty(); }

std::map<Bytes, Bytes> Catalog::exported() const { return rooms_->session->exporter.exported(); }

std::vector<ExportChange> Catalog::take_exports() {
  if (!rooms_->conflict.empty()) return {};
  return rooms_->session->exporter.take_changes();
}

bool Catalog::knows_registry() const { return rooms_->session->read_once; }

std::map<std::string, Epoch> Catalog::marked_epochs() const {
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

void Catalog::want(Instant now, std::string_view region, const Bytes& key, const Bytes& payload, Epoch epoch) {
  rooms_->last_now = now;
  rooms_->session->copier.want(now, std::string(region), key, payload, epoch);
}

void Catalog::unwant(Instant now, std::string_view region, const Bytes& key) {
  rooms_->last_now = now;
  rooms_->session->copier.unwant(now, std::string(region), key);
}

void Catalog::region_state(Instant now, std::string_view region, bool connected, bool complete, bool sane) {
  rooms_->last_now = now;
  rooms_->regions.set_state(now, region, connected, complete, sane);
}

void Catalog::release_guard(Instant now, std::string_view region) {
  rooms_->last_now = now;
  rooms_->regions.release_guard(now, region);
  if (region == "*" || region == rooms_->config.region) {
    rooms_->session->exporter.release_guard(now, "an operator said so");
  }
}

std::vector<GuardMark> Catalog::guards() const {
  std::vector<GuardMark> marks;
  const auto& own = rooms_->session->exporter.guard();
  if (own.frozen()) marks.push_back(mark_of(GuardSide::Sender, rooms_->config.region, own));
  rooms_->regions.add_guards(marks);
  return marks;
}

void Catalog::take_over_guards(Instant now, const std::vector<GuardMark>& marks) {
  for (const GuardMark& mark : marks) {
    if (mark.side == GuardSide::Receiver)
      rooms_->regions.take_over_guard(now, mark);
    else if (mark.region == rooms_->config.region)
      rooms_->session->exporter.take_over_guard(now, mark);
  }
}

void Catalog::on_http(Instant now, CallId call, Result<HttpResponse> answer) {
  if (!rooms_->session->calls.on_http(now, call, answer)) return;
  rooms_->pump(now);
  rooms_->advance(now);
}

void Catalog::resume_writes(Instant now) { rooms_->session->calls.resume(now); }

void Catalog::advance(Instant now) { rooms_->advance(now); }

Instant Catalog::next_deadline() const { return rooms_->next_deadline(); }

const std::string& Catalog::conflict() const { return rooms_->conflict; }

bool Catalog::sane() const { return rooms_->sane; }

void Catalog::withdraw(Instant now) {
  if (rooms_->leaving) return;
  rooms_->leaving = true;
  if (rooms_->epoch) rooms_->session->canary.withdraw(now);
  rooms_->look_at_canary();
}

bool Catalog::withdrawn() const { return rooms_->leaving && (!rooms_->epoch || rooms_->session->canary.withdrawn()); }

}  // namespace syncer::catalog
