// SPDX-License-Identifier: Apache-2.0
#include "syncer/replication/loss_guard.h"

#include <gtest/gtest.h>
#include <rapidcheck/gtest.h>

#include <algorithm>
#include <functional>
#include <map>
#include <string>

#include "syncer/base/random.h"

namespace syncer::replication {
namespace {

using std::chrono::seconds;
using Kind = GuardDecision::Kind;

/// A region in miniature, in steps of one second: applications that keep leases, a registry with a canary, and a guard
/// that gets what the registry shows.
class World {
 public:
  struct App {
    std::string service;
    std::string endpoint;
    std::string host;
    Bytes id;          ///< as registered last
    bool cut = false;  ///< it does not reach the registry
    int next_beat = 0;
    int lost_at = -1;  ///< when the registry lost it; -1: it is there
  };
  struct Record {
    std::size_t app = 0;
    int registered = 0;
    int renewed = 0;
  };

  World(std::uint64_t seed, int lease) : random_(seed), lease_(lease) {}

  Random& random() { return random_; }
  int now() const { return now_; }
  int lease() const { return lease_; }
  /// What is held is gone after this.
  int hold() const { return lease_ + 5; }
  int interval() const { return std::max(1, lease_ / 4); }
  bool sick = false;       ///< nothing of the registry can be read
  bool keeps_ids = false;  ///< applications come back under their old ids
  int alarm_at = -1;       ///< when the guard held or restored something
  bool beats = true;       ///< the syncer reaches the registry
  std::map<std::size_t, App> apps;
  std::map<Bytes, Record> registry;
  std::map<Bytes, std::size_t> shown;  ///< elsewhere: id, and its application

  void start(const std::string& service) {
    const std::size_t number = next_app_++;
    const std::string host = "host-" + std::to_string(random_.below(hosts_));
    App app;
    app.service = service;
    app.endpoint = "10.0.0." + std::to_string(number) + ":80";
    app.host = host;
    app.next_beat = now_;
    apps[number] = app;
    enter(number);
  }
  /// Unregistered properly.
  void stop(std::size_t number) {
    registry.erase(apps.at(number).id);
    apps.erase(number);
  }
  void crash(std::size_t number) { apps.erase(number); }
  void wipe() {
    for (auto& [number, app] : apps) app.lost_at = now_;
    registry.clear();
    canary_ = -1;
  }
  void back_up() {
    backup_ = registry;
    backup_canary_ = canary_;
  }
  void restore() {
    registry = backup_;
    canary_ = backup_canary_;
    fell_ = true;
    for (auto& [id, record] : registry) record.renewed = now_;
    for (auto& [number, app] : apps) {
      if (!registry.contains(app.id)) app.lost_at = now_;
    }
  }
  std::vector<std::size_t> of(const std::string& service) const {
    std::vector<std::size_t> numbers;
    for (const auto& [number, app] : apps) {
      if (app.service == service) numbers.push_back(number);
    }
    return numbers;
  }
  std::size_t any() {
    auto it = apps.begin();
    std::advance(it, static_cast<std::ptrdiff_t>(random_.below(apps.size())));
    return it->first;
  }

  void step(const std::function<void()>& check) {
    ++now_;
    beat();
    end_leases();
    if (beats && now_ % 5 == 0) beat_canary();
    look();
    check();
  }
  std::size_t held() const { return guard_.held(); }
  const LossWindow& window() const { return guard_.window(); }

 private:
  void enter(std::size_t number) {
    App& app = apps.at(number);
    if (app.id.empty() || !keeps_ids) app.id = "id-" + std::to_string(next_id_++);
    registry[app.id] = {number, now_, now_};
    app.lost_at = -1;
  }
  void beat() {
    for (auto& [number, app] : apps) {
      if (now_ < app.next_beat) continue;
      app.next_beat += interval();
      if (app.cut) continue;
      const auto record = registry.find(app.id);
      if (record == registry.end()) {
        enter(number);
      } else {
        record->second.renewed = now_;
      }
    }
  }
  void end_leases() {
    for (auto it = registry.begin(); it != registry.end();) {
      if (now_ <= it->second.renewed + lease_) {
        ++it;
        continue;
      }
      const auto app = apps.find(it->second.app);
      if (app != apps.end() && app->second.id == it->first) app->second.lost_at = now_;
      it = registry.erase(it);
    }
    if (canary_ >= 0 && now_ > canary_beat_ + kCanaryLease) canary_ = -1;
  }
  void beat_canary() {
    canary_beat_ = now_;
    if (canary_ < 0) canary_ = now_;
  }
  static Instant at(int second) { return instant(0) + seconds(second); }

  void look() {
    if (sick || !beats) {
      guard_.prove(at(now_), {at(now_), false, {}});
      return follow();
    }
    if (std::exchange(fell_, false)) guard_.went_back(at(now_));
    const bool first = known_.empty() && first_look_;
    for (const auto& [id, record] : registry) {
      const auto known = known_.find(id);
      if (known != known_.end() && known->second == record.registered) {
        guard_.witness(at(now_), id, at(now_));
      } else {
        report(id, record, first);
      }
    }
    report_absences();
    guard_.prove(at(now_), {at(now_), canary_ >= 0, at(canary_)});
    if (canary_ >= 0) first_look_ = false;
    looked_at_ = now_;
    guard_.advance(at(now_));
    follow();
  }
  void report(const Bytes& id, const Record& record, bool first) {
    const auto app = apps.find(record.app);
    Sighting sighting{id, "", {}, "", seconds(lease_), at(now_)};
    if (app != apps.end()) {
      sighting.service = app->second.service;
      sighting.endpoints = {app->second.endpoint};
      sighting.host = app->second.host;
    }
    if (!first) sighting.renewed = at(looked_at_);
    guard_.put(at(now_), sighting);
    known_[id] = record.registered;
    shown[id] = record.app;
  }
  void report_absences() {
    std::vector<LossGuard::Absence> absences;
    for (auto it = known_.begin(); it != known_.end();) {
      if (registry.contains(it->first)) {
        ++it;
        continue;
      }
      absences.push_back({it->first});
      removed_[it->first] = shown.contains(it->first) ? shown.at(it->first) : 0;
      it = known_.erase(it);
    }
    guard_.absent(at(now_), absences);
  }
  void follow() {
    for (const GuardDecision& decision : guard_.take_decisions()) {
      if (decision.kind == Kind::Hold || decision.kind == Kind::Restore) alarm_at = now_;
      if (decision.kind == Kind::Remove) shown.erase(decision.key);
      if (decision.kind == Kind::Restore) shown[decision.key] = removed_.at(decision.key);
    }
  }

  static constexpr int kCanaryLease = 20;

  Random random_;
  int lease_;
  int now_ = 1000;
  std::size_t next_app_ = 1;
  std::size_t next_id_ = 1;
  std::size_t hosts_ = 6;
  int canary_ = 1000;
  int canary_beat_ = 1000;
  std::map<Bytes, Record> backup_;
  int backup_canary_ = 1000;
  bool fell_ = false;
  bool first_look_ = true;
  int looked_at_ = 1000;
  LossGuard guard_{{}};
  std::map<Bytes, int> known_;  // as listed: id, and when it was registered
  std::map<Bytes, std::size_t> removed_;
};

/// Plays days in a world and holds the guard to its promises.
class Days {
 public:
  Days(std::uint64_t seed, int lease, std::size_t services, std::size_t instances) : world_(seed, lease) {
    for (std::size_t s = 0; s < services; ++s) {
      services_.push_back("s" + std::to_string(s));
      const std::size_t count = 1 + world_.random().below(instances);
      for (std::size_t n = 0; n < count; ++n) world_.start(services_.back());
    }
    rest(world_.lease() + 20);
  }

  World& world() { return world_; }

  /// One of the situations in which nothing is lost.
  void ordinary(std::uint64_t which) {
    switch (which % 10) {
      case 0:
        return churn(5);
      case 1:
        return churn(1);
      case 2:
        return many_at_once(20);
      case 3:
        return roll(true);
      case 4:
        return roll(false);
      case 5:
        return blue_green();
      case 6:
        return scale_in();
      case 7:
        return undeploy();
      case 8:
        return flap();
      default:
        return lose_sight();
    }
  }
  /// One of the losses from which the applications come back in time.
  void loss(std::uint64_t which) {
    if (world_.apps.empty()) return;
    world_.keeps_ids = which % 2 == 0;
    switch (which / 2 % 5) {
      case 0:
        return wipe(0);
      case 1:
        return wipe(30);
      case 2:
        return restore();
      case 3:
        return cut_during_churn();
      default:
        return cut(world_.random().below(2) == 0);
    }
  }
  void settle() { rest(2 * world_.hold() + 10); }
  /// Nothing is held any more, and elsewhere is shown what the registry shows.
  void check_settled() {
    RC_ASSERT(world_.held() == 0U);
    RC_ASSERT(world_.shown.size() == world_.registry.size());
    for (const auto& [id, record] : world_.registry) RC_ASSERT(world_.shown.contains(id));
    RC_ASSERT(world_.window().size() == world_.window().live());
  }

 private:
  void rest(int time) {
    for (int i = 0; i < time; ++i) world_.step([] {});
  }
  /// Time in which nothing is lost: nothing is held, and what is gone goes.
  void watch(int time) {
    for (int i = 0; i < time; ++i) {
      world_.step([&] {
        RC_ASSERT(world_.held() == 0U);
        RC_ASSERT(world_.alarm_at < world_.now());
        RC_ASSERT(world_.shown.size() == world_.registry.size());
      });
    }
  }
  const std::string& service() { return services_[world_.random().below(services_.size())]; }

  void churn(int every) {
    for (int i = 0; i < 60; ++i) {
      world_.start(service());
      watch(every);
      world_.stop(world_.any());
      watch(1);
    }
  }
  void many_at_once(int rate) {
    for (int i = 0; i < 30; ++i) {
      for (int n = 0; n < rate; ++n) world_.start(service());
      watch(1);
      for (int n = 0; n < rate; ++n) world_.stop(world_.any());
    }
    watch(1);
  }
  void roll(bool new_first) {
    for (const std::string& name : services_) {
      for (const std::size_t old : world_.of(name)) {
        if (new_first) world_.start(name);
        if (new_first) watch(2);
        world_.stop(old);
        watch(2);
        if (!new_first) world_.start(name);
      }
    }
  }
  void blue_green() {
    std::vector<std::size_t> old;
    for (const auto& [number, app] : world_.apps) old.push_back(number);
    for (const std::size_t number : old) world_.start(world_.apps.at(number).service);
    watch(static_cast<int>(world_.random().below(300)) + 1);
    for (const std::size_t number : old) world_.stop(number);
    watch(world_.hold());
  }
  void scale_in() {
    for (const std::string& name : services_) {
      std::vector<std::size_t> all = world_.of(name);
      all.resize(all.size() / 2);
      for (const std::size_t number : all) world_.stop(number);
    }
    watch(world_.hold());
  }
  /// Half a region and more of two services, gone within half a lease: that looks like a cut, and waits (the price that
  /// docs/architecture.md names). So whoever takes a whole service away does it when no other has just gone.
  void let_others_settle() {
    for (int i = 0; i <= world_.lease() && world_.window().struck() > 0; ++i) watch(1);
    RC_ASSERT(world_.window().struck() == 0U);
  }
  void undeploy() {
    let_others_settle();
    for (const std::size_t number : world_.of(service())) world_.stop(number);
    watch(world_.hold());
  }
  void flap() {
    const std::string name = service();
    let_others_settle();
    for (int i = 0; i < 10; ++i) {
      for (int n = 0; n < 8; ++n) world_.start(name);
      watch(10);
      const std::vector<std::size_t> all = world_.of(name);
      for (std::size_t n = 1; n < all.size(); ++n) world_.stop(all[n]);
      watch(10);
    }
    watch(world_.hold());
  }
  /// The registry cannot be reached from the syncer until the canary's lease ended; the applications do reach it.
  void lose_sight() {
    if (world_.apps.empty()) return;
    world_.beats = false;
    rest(40);
    world_.beats = true;
    rest(5 - world_.now() % 5);
    watch(10);
  }

  /// Each application that was shown is shown all the time, once.
  void guarded(int time) {
    for (int i = 0; i < time; ++i) {
      world_.step([&] {
        std::map<std::size_t, int> copies;
        for (const auto& [id, number] : world_.shown) ++copies[number];
        for (const auto& [number, app] : world_.apps) RC_ASSERT(copies[number] == 1);
      });
    }
  }
  void wipe(int sick) {
    world_.wipe();
    world_.sick = sick > 0;
    guarded(sick);
    world_.sick = false;
    guarded(world_.lease());
    settle();
  }
  void restore() {
    world_.back_up();
    for (int i = 0; i < 10; ++i) world_.start(service());
    watch(10);
    world_.restore();
    guarded(world_.lease());
    settle();
  }
  /// All applications, or at least half of them, lose their registry for longer than their leases, and come back
  /// within one more. What went before the wave could be recognised is shown again then.
  void cut(bool all) {
    std::size_t count = 0;
    std::size_t services = 0;
    for (const std::string& name : services_) {
      if (!all && 2 * count >= world_.apps.size()) break;
      const auto numbers = world_.of(name);
      for (const std::size_t number : numbers) world_.apps.at(number).cut = true;
      count += numbers.size();
      services += numbers.empty() ? 0 : 1;
    }
    const bool is_wave = count >= 6 && services >= 2;
    rest(world_.lease() + world_.interval() + 2);
    for (auto& [number, app] : world_.apps) app.cut = false;
    if (is_wave) guarded(world_.interval() + 1);
    if (is_wave) RC_ASSERT(world_.held() == 0U);
    settle();
  }
  /// The same beside a few services that the cut does not touch, and that others leave and enter meanwhile. Once all
  /// are back, whoever leaves goes at once.
  void cut_during_churn() {
    std::vector<std::size_t> churned;
    const std::size_t population = 2 + world_.apps.size() / 3;
    for (std::size_t i = 0; i < population; ++i) {
      world_.start("churned-" + std::to_string(world_.random().below(4)));
      churned.push_back(world_.apps.rbegin()->first);
    }
    rest(world_.lease() + 1);
    for (auto& [number, app] : world_.apps) app.cut = !app.service.starts_with("churned-");
    const int outage = world_.lease() + world_.interval() + 2;
    for (int i = 0; i < outage; ++i) {
      if (i % 2 == 0) turn_over(churned);
      rest(1);
    }
    for (auto& [number, app] : world_.apps) app.cut = false;
    rest(world_.interval() + 2);
    for (int i = 0; i < 5; ++i) {
      const Bytes id = world_.apps.at(churned.front()).id;
      turn_over(churned);
      rest(1);
      RC_ASSERT(!world_.shown.contains(id));
    }
    for (const std::size_t number : churned) world_.stop(number);
    settle();
  }
  /// The first one goes, and another one comes.
  void turn_over(std::vector<std::size_t>& churned) {
    world_.stop(churned.front());
    churned.erase(churned.begin());
    world_.start("churned-" + std::to_string(world_.random().below(4)));
    churned.push_back(world_.apps.rbegin()->first);
  }

  World world_;
  std::vector<std::string> services_;
};

Days draw_days(int max_instances) {
  const auto seed = *rc::gen::arbitrary<std::uint64_t>();
  const int lease = *rc::gen::element(20, 60, 120, 180);
  const auto services = *rc::gen::inRange<std::size_t>(1, 10);
  const auto instances = *rc::gen::inRange<std::size_t>(1, static_cast<std::size_t>(max_instances));
  return {seed, lease, services, instances};
}

RC_GTEST_PROP(LossGuard, IsQuietOnOrdinaryDays, ()) {
  Days days = draw_days(12);
  const auto situations = *rc::gen::container<std::vector<std::uint8_t>>(3, rc::gen::inRange<std::uint8_t>(0, 10));
  for (const std::uint8_t which : situations) days.ordinary(which);
  days.settle();
  days.check_settled();
}

RC_GTEST_PROP(LossGuard, LetsASmallRegionStop, ()) {
  Days days = draw_days(2);
  World& world = days.world();
  while (world.apps.size() > 5) world.stop(world.any());
  days.settle();
  const int alarm = world.alarm_at;
  for (int i = 0; i < 10; ++i) {
    if (!world.apps.empty()) world.stop(world.any());
    world.step([&] { RC_ASSERT(world.shown.size() == world.registry.size()); });
  }
  RC_ASSERT(world.alarm_at == alarm);
}

RC_GTEST_PROP(LossGuard, KeepsWhatComesBackWithinItsLease, ()) {
  Days days = draw_days(12);
  const auto losses = *rc::gen::container<std::vector<std::uint8_t>>(2, rc::gen::inRange<std::uint8_t>(0, 10));
  for (const std::uint8_t which : losses) {
    days.loss(which);
    days.check_settled();
  }
}

RC_GTEST_PROP(LossGuard, DistinguishesOrdinaryDaysFromLosses, ()) {
  Days days = draw_days(12);
  const auto mixed = *rc::gen::container<std::vector<std::uint8_t>>(4, rc::gen::inRange<std::uint8_t>(0, 20));
  for (const std::uint8_t which : mixed) {
    if (which < 10) {
      days.ordinary(which);
    } else {
      days.loss(which - 10U);
    }
    days.settle();
    days.check_settled();
  }
}

}  // namespace
}  // namespace syncer::replication
