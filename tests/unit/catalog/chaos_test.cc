// SPDX-License-Identifier: Apache-2.0
#include <gtest/gtest.h>

#include "tests/unit/catalog/catalog_world.h"

namespace syncer::catalog {
namespace {

using namespace std::chrono_literals;

/// A few minutes of changes, faults and crashes drawn from one seed; afterwards the registry must hold exactly what
/// is wanted, once.
class Storm {
 public:
  explicit Storm(std::uint64_t seed) : random_(seed) {
    driver_.catalog().region_state(now_, "west", true, true, true);
    world_.center.model().set_listener([this](const mocksc::RegistryChange&) { check_at_most_two(); });
  }

  void blow() {
    for (int i = 0; i < 60; ++i) {
      act(random_.below(10));
      run(now_, random_.between(1ms, 4s), {&driver_}, {&world_});
    }
    world_.center.stop_all(now_);
    driver_.catalog().release_guard(now_, "*");
    run(now_, 90s, {&driver_}, {&world_});
    driver_.catalog().release_guard(now_, "*");
    run(now_, 30s, {&driver_}, {&world_});
  }

  void expect_settled() {
    std::map<std::string, std::string> found;
    for (const auto& [id, endpoint] : world_.copies("west")) {
      EXPECT_TRUE(found.emplace(world_.property(id, "syncer.instance"), endpoint).second) << "copied twice";
    }
    EXPECT_EQ(found, wanted_);
    EXPECT_EQ(exported(), natives_);
    EXPECT_TRUE(driver_.catalog().pending().empty()) << driver_.catalog().pending().front();
    EXPECT_LE(most_, 2U);
  }

 private:
  void act(std::uint64_t what) {
    switch (what) {
      case 0:
      case 1:
      case 2:
        return want_one();
      case 3:
        return release(draw_name());
      case 4:
        return add_native(draw_name());
      case 5:
        return remove_native(draw_name());
      case 6:
        return start_fault();
      case 7:
        return world_.center.stop_all(now_);
      case 8:
        return crash();
      default:
        return expire_one();
    }
  }

  void want_one() {
    const std::string name = draw_name();  // first: the order of arguments is the compiler's choice
    want(name, "rest://9:" + std::to_string(random_.below(3)));
  }

  std::string draw_name() { return "i" + std::to_string(random_.below(6)); }

  void tell(const std::string& name, const std::string& endpoint) {
    const auto record = remote_instance("cart", name, endpoint);
    driver_.catalog().desire(now_, "west", record.service_key, record.service_payload, {1, 1});
    driver_.catalog().desire(now_, "west", record.key, record.payload, {1, 1});
  }
  void want(const std::string& name, const std::string& endpoint) {
    wanted_[name] = endpoint;
    tell(name, endpoint);
  }
  void release(const std::string& name) {
    if (wanted_.erase(name) > 0) driver_.catalog().release(now_, "west", remote_instance("cart", name, "").key);
  }
  void add_native(const std::string& name) {
    natives_.insert("n" + name);
    world_.add(now_, "cart", "n" + name, "rest://1:1");
  }
  void remove_native(const std::string& name) {
    if (natives_.erase("n" + name) > 0) world_.remove(now_, "cart", "n" + name);
  }
  void start_fault() {
    mocksc::Fault fault;
    fault.kind = static_cast<mocksc::FaultKind>(random_.below(5));
    fault.until = now_ + 10s;
    fault.mode = static_cast<mocksc::OutageMode>(random_.below(3));
    fault.latency_max = 800ms;
    fault.rate = {1, 2};
    fault.keep = {1, 2};
    mocksc::Failure failure;
    failure.kind = static_cast<mocksc::Failure::Kind>(random_.below(5));
    failure.hang = 3s;
    fault.failures = {failure};
    world_.center.start(now_, fault);
  }
  void crash() {
    driver_.crash(now_, ++starts_);
    driver_.catalog().region_state(now_, "west", true, false, true);
    for (const auto& [name, endpoint] : wanted_) tell(name, endpoint);
    driver_.catalog().region_state(now_, "west", true, true, true);
  }
  void expire_one() {
    const auto copies = world_.copies("west");
    if (!copies.empty()) world_.center.expire(now_, copies.begin()->first);
  }
  /// Make before break: two for a moment, never more.
  void check_at_most_two() {
    std::map<std::string, std::size_t> count;
    for (const auto& [id, endpoint] : world_.copies("west")) {
      most_ = std::max(most_, ++count[world_.property(id, "syncer.instance")]);
    }
  }
  std::set<std::string> exported() {
    std::set<std::string> ids;
    for (const auto& [key, payload] : driver_.catalog().exported()) {
      const auto record = registry::decode_key(key);
      if (record->kind == registry::RecordKind::Instance) ids.insert(record->id);
    }
    return ids;
  }

  Random random_;
  Instant now_ = instant(1'000'000'000);
  RegistryWorld world_;
  CatalogDriver driver_{catalog_config_of("east"), world_, now_};
  std::map<std::string, std::string> wanted_;
  std::set<std::string> natives_;
  std::uint64_t starts_ = 1;
  std::size_t most_ = 0;
};

TEST(CatalogStorm, EndsWithExactlyWhatIsWanted) {
  for (std::uint64_t seed = 1; seed <= 100; ++seed) {
    SCOPED_TRACE("seed " + std::to_string(seed));
    Storm storm(seed);
    storm.blow();
    storm.expect_settled();
    if (HasFailure()) return;
  }
}

}  // namespace
}  // namespace syncer::catalog
