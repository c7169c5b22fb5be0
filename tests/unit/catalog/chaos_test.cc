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
    driver_.catalog().region_state(world_.now(), "west", true, true, true);
    world_.center.model().set_listener([this](const mocksc::RegistryChange&) { check_at_most_two(); });
  }

  void blow() {
    for (int i = 0; i < 60; ++i) {
      act(random_.below(10));
      world_.run_for(random_.between(1ms, 4s));
    }
    world_.center.stop_all(world_.now());
    driver_.catalog().release_guard(world_.now(), "*");
    world_.run_for(90s);
    driver_.catalog().release_guard(world_.now(), "*");
    world_.run_for(30s);
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
        return world_.center.stop_all(world_.now());
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
    driver_.catalog().desire(world_.now(), "west", record.service_key, record.service_payload, {1, 1});
    driver_.catalog().desire(world_.now(), "west", record.key, record.payload, {1, 1});
  }
  void want(const std::string& name, const std::string& endpoint) {
    wanted_[name] = endpoint;
    tell(name, endpoint);
  }
  void release(const std::string& name) {
    if (wanted_.erase(name) == 0) return;
    driver_.catalog().release(world_.now(), "west", remote_instance("cart", name, "").key, true);
  }
  void add_native(const std::string& name) {
    natives_.insert("n" + name);
    world_.add("cart", "n" + name, "rest://1:1");
  }
  void remove_native(const std::string& name) {
    if (natives_.erase("n" + name) > 0) world_.remove("cart", "n" + name);
  }
  void start_fault() {
    mocksc::Fault fault;
    fault.kind = static_cast<mocksc::FaultKind>(random_.below(5));
    fault.until = world_.now() + 10s;
    fault.mode = static_cast<mocksc::OutageMode>(random_.below(3));
    fault.latency_max = 800ms;
    fault.rate = {1, 2};
    fault.keep = {1, 2};
    mocksc::Failure failure;
    failure.kind = static_cast<mocksc::Failure::Kind>(random_.below(5));
    failure.hang = 3s;
    fault.failures = {failure};
    world_.center.start(world_.now(), fault);
  }
  void crash() {
    driver_.crash(++starts_);
    driver_.catalog().region_state(world_.now(), "west", true, false, true);
    for (const auto& [name, endpoint] : wanted_) tell(name, endpoint);
    driver_.catalog().region_state(world_.now(), "west", true, true, true);
  }
  void expire_one() {
    const auto copies = world_.copies("west");
    if (!copies.empty()) world_.center.expire(world_.now(), copies.begin()->first);
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
  RegistryWorld world_;
  CatalogDriver driver_{catalog_config_of("east"), world_};
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
