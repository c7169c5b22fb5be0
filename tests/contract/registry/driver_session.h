// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <optional>
#include <string>
#include <utility>
#include <vector>

#include "syncer/registry/calls.h"
#include "syncer/registry/poll_cycle.h"
#include "tests/contract/registry/registry_world.h"

namespace syncer::registry {

/// One driver on one registry, with an owner that exports everything and desires nothing.
class DriverSession : public DriverOwner {
 public:
  /// What put() and change() write copies of.
  static inline const ServiceKey kService{"", "", "shop", "cart", "1.0.0"};
  explicit DriverSession(RegistryWorld& world, Instant& now, RegistrySettings settings = {},
                         const MarkSeal& marks = kOpenMarks)
      : world_(world), now_(now), http_(world), settings_(std::move(settings)) {
    settings_.kind = world.kind();
    http_.set_sink([this](Instant at, CallId id, Result<HttpResponse> answer) { calls_.on_http(at, id, answer); });
    driver_ = world.factory()({settings_, calls_, cycle_, snapshot, *this, observer_, Random(1), marks});
    driver_->allow_writes(now, true);
  }
  ~DriverSession() override { calls_.forget_all(); }

  bool exports(const ServiceKey&) const override { return true; }
  void attachments_read(Instant, const ServiceKey&, const Attachments&) override {}
  Attachments desired_attachments(const ServiceKey&) const override { return {}; }
  void preparation_changed(Instant, const ServiceKey&) override {}

  Driver& driver() { return *driver_; }
  /// Times that something of the registry was found wanting.
  int refusals() const { return observer_.count; }
  const PollCycle& cycle() const { return cycle_; }
  const Calls& calls() const { return calls_; }
  const Addresses& addresses() const { return addresses_; }

  /// Lets everything that is under way come to an end.
  void settle() {
    for (int i = 0; i < 50 && !http_.idle(); ++i) {
      now_ += std::chrono::milliseconds(1);
      http_.step(now_);
      driver_->advance(now_);
    }
  }
  /// Two readings: a kind may learn of a service in one and of its entries in the next.
  std::vector<Change> read() {
    for (int i = 0; i < 2; ++i) {
      now_ += traits_lag();
      look();
    }
    return snapshot.take_changes();
  }
  /// From now on reading may be spared.
  void settle_cycle() { cycle_.settle(); }
  /// One reading, at this moment.
  void look() {
    cycle_.start(now_);
    cycle_.begin(now_);
    driver_->poll(now_);
    cycle_.close(now_);
    settle();
  }
  template <class T, class Begin>
  T wait(Begin begin) {
    std::optional<T> answer;
    begin([&](Instant, const T& value) { answer = value; });
    settle();
    return std::move(answer).value();
  }
  Result<void> done(const std::function<void(Driver::Done)>& begin) { return wait<Result<void>>(begin); }

  const ServiceRef* prepared(const CopyPlan& plan) {
    for (int i = 0; i < 10; ++i) {
      if (const ServiceRef* where = driver_->prepare(now_, kService, plan)) return where;
      settle();
    }
    return nullptr;
  }
  /// Registers a copy as a syncer does.
  Result<EntryId> put(const std::string& instance, const Bytes& payload, const std::string& epoch = "1.1",
                      const std::string& region = "west") {
    const auto plan = driver_->plan(region, instance, payload);
    if (!plan) return tl::make_unexpected(plan.error());
    const ServiceRef* where = prepared(**plan);
    if (where == nullptr) return failure(ErrorCode::Conflict, "prepare", driver_->problem(kService));
    return wait<Result<EntryId>>([&](Driver::DoneWithId answer) {
      driver_->put(now_, *where, {kService, **plan, payload, epoch}, std::move(answer));
    });
  }
  Result<void> change(const EntryId& entry, const std::string& instance, const Bytes& payload, Aspect aspect) {
    const auto plan = driver_->plan("west", instance, payload);
    const std::string epoch = "1.2";
    now_ += driver_->traits().change_gap;  // as its owner waits
    return done([&](Driver::Done answer) {
      driver_->change(now_, entry, {kService, **plan, payload, epoch}, aspect, std::move(answer));
    });
  }
  std::vector<const Entry*> copies() const {
    std::vector<const Entry*> found;
    for (const auto& [ref, service] : snapshot.services()) {
      for (const auto& [id, seen] : service.entries) {
        if (seen.entry->copy) found.push_back(seen.entry.get());
      }
    }
    return found;
  }

  Snapshot snapshot;

 private:
  struct RefusalCount : NoEvents {
    bool wants(Severity severity) const override { return severity != Severity::Debug; }
    void on_event(const Event& event) override { count += event.kind == EventKind::RegistryRefusal ? 1 : 0; }
    int count = 0;
  };

  Duration traits_lag() const { return std::max<Duration>(driver_->traits().read_lag, std::chrono::seconds(1)); }

  RegistryWorld& world_;
  Instant& now_;
  DirectHttp http_;
  RefusalCount observer_;
  RegistrySettings settings_;
  Addresses addresses_{settings_.addresses, observer_};
  Calls calls_{settings_, {}, http_, addresses_, [this] { return http_.next_call(); }};
  PollCycle cycle_{settings_, observer_};
  std::unique_ptr<Driver> driver_;
};

}  // namespace syncer::registry
