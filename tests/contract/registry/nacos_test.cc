// SPDX-License-Identifier: Apache-2.0
// What Nacos demands beyond the contract of every kind.
#include <gtest/gtest.h>

#include "tests/contract/registry/driver_session.h"
#include "tests/contract/registry/nacos_world.h"

namespace syncer::registry {
namespace {

using namespace std::chrono_literals;
using mocksc::nacos::Options;
using mocksc::nacos::Release;

constexpr const char* kCart = "?serviceName=shop@@cart";

Bytes far_record(const std::string& endpoint, const Metadata& metadata = {}) {
  InstanceRecord far;
  far.instance.host_name = "far";
  far.instance.endpoints = {parse_service_endpoint(endpoint)};
  far.instance.metadata = metadata;
  far.native.kind = "elsewhere";
  return encode_record(far);
}

class NacosDriver : public testing::TestWithParam<Release> {
 protected:
  /// A parameter of a registration, of what else it says.
  void add(const std::string& address, const std::string& more = "") {
    EXPECT_EQ(world.ask(now, "POST", std::string("/v1/ns/instance") + kCart + address + more).status, 200);
  }
  std::vector<SharedEntry> natives() {
    session.read();
    std::vector<SharedEntry> found;
    for (const auto& [ref, service] : session.snapshot.services()) {
      for (const auto& [id, seen] : service.entries) {
        if (is_native(*seen.entry) && !service.state.internal && !seen.missing) found.push_back(seen.entry);
      }
    }
    return found;
  }
  InstanceRecord only_native() {
    const auto found = natives();
    EXPECT_EQ(found.size(), 1U);
    return found.size() == 1 ? *decode_record(found.front()->payload) : InstanceRecord{};
  }
  Result<void> remove(const EntryId& entry, const std::string& region = "west", const std::string& instance = "i1") {
    return session.done([&](Driver::Done done) {
      session.driver().remove(now, entry, {region, instance, "", ""}, Urgency::Write, std::move(done));
    });
  }
  /// The instances of the service as the server holds them.
  std::vector<mocksc::nacos::Instance> held() { return world.model().registry().present({"", "shop", "cart"}); }
  bool is_first() const { return GetParam() == Release::V1_4_8; }

  Instant now{10s};
  NacosWorld world{GetParam()};
  DriverSession session{world, now};
};

TEST_P(NacosDriver, StateIsReadFromTheCatalogAndNotFromListsThatProtect) {
  world.ask(now, "POST",
            std::string(is_first() ? "/v1" : "/v2") +
                "/ns/service?serviceName=cart&groupName=shop&ephemeral=true&protectThreshold=0.9");
  add("&ip=10.0.0.1&port=80", "&healthy=false");
  EXPECT_EQ(only_native().instance.status, Status::Down);
  add("&ip=10.0.0.1&port=80", "&enabled=false");
  EXPECT_EQ(only_native().instance.status, Status::OutOfService);
  add("&ip=10.0.0.1&port=80");
  EXPECT_EQ(only_native().instance.status, Status::Up);
}

TEST_P(NacosDriver, AnInstanceThatStopsBeatingIsDownBeforeItIsGone) {
  add("&ip=10.0.0.1&port=80");
  session.read();
  now += 20s;
  EXPECT_EQ(only_native().instance.status, Status::Down);
  now += 20s;
  EXPECT_TRUE(natives().empty());
}

TEST_P(NacosDriver, WeightAndClusterTravelInTheNativePartAndTheLeaseDoesNot) {
  add("&ip=10.0.0.1&port=80",
      "&weight=2.5&clusterName=C1&metadata=" + percent_encode(R"({"a":"b","preserved.ip.delete.timeout":"6000"})"));
  const InstanceRecord record = only_native();
  EXPECT_EQ(record.native.kind, "nacos");
  EXPECT_EQ(record.native.content, R"({"cluster":"C1","weight":"2.5"})");
  EXPECT_EQ(record.instance.metadata, (Metadata{{"a", "b"}}));
  EXPECT_EQ(record.instance.lease, 6U);
  EXPECT_EQ(record.instance.weight, 250U);
  world.ask(now, "DELETE", std::string("/v1/ns/instance") + kCart + "&ip=10.0.0.1&port=80&clusterName=C1");
  session.read();
  ASSERT_TRUE(session.put("i1", encode_record(record)));
  ASSERT_EQ(held().size(), 1U);
  EXPECT_EQ(held()[0].cluster, "C1");
  EXPECT_EQ(held()[0].weight, 2.5);
  EXPECT_EQ(held()[0].metadata.at("preserved.ip.delete.timeout"), "120000");
}

TEST_P(NacosDriver, AnOrdinaryInstanceNeedsNoNativePart) {
  add("&ip=10.0.0.1&port=80");
  EXPECT_EQ(only_native().native.content, "");
}

TEST_P(NacosDriver, ACopyNeverTakesAnApplicationsAddress) {
  add("&ip=10.0.0.9&port=80", "&metadata=mine=1");
  session.read();
  const auto seen = session.put("i1", far_record("rest://10.0.0.9:80"));
  ASSERT_FALSE(seen);
  EXPECT_EQ(seen.error().code, ErrorCode::Refused);
  EXPECT_NE(seen.error().detail.find("in use by an instance of this region"), std::string::npos);
  // One that no reading has shown yet is asked for.
  add("&ip=10.0.0.8&port=80", "&metadata=mine=1");
  now += 2s;
  EXPECT_EQ(session.put("i2", far_record("rest://10.0.0.8:80")).error().code, ErrorCode::Refused);
  for (const auto& instance : held()) EXPECT_TRUE(instance.metadata.contains("mine"));
}

TEST_P(NacosDriver, ACopyThatAnApplicationTookOverIsLostAndTheApplicationStays) {
  const auto entry = session.put("i1", far_record("rest://10.0.0.9:80"));
  ASSERT_TRUE(entry);
  session.read();
  add("&ip=10.0.0.9&port=80", "&metadata=version=1.0.0");
  bool lost = false;
  bool seen = false;
  for (const Change& change : session.read()) {
    lost = lost || (change.kind == Change::Kind::CopyMissing && change.entry == *entry);
    seen = seen || (change.kind == Change::Kind::NativeSeen && change.entry == *entry);
  }
  EXPECT_TRUE(lost);
  EXPECT_TRUE(seen);
  const auto removed = remove(*entry);
  ASSERT_FALSE(removed);
  EXPECT_EQ(removed.error().code, ErrorCode::NotFound);
  EXPECT_EQ(held().size(), 1U);
  const auto change = session.change(*entry, "i1", far_record("rest://10.0.0.9:80"), Aspect::Properties);
  EXPECT_EQ(change.error().code, ErrorCode::NotFound);
  EXPECT_FALSE(held()[0].metadata.contains("syncer.region"));
}

TEST_P(NacosDriver, AnApplicationWhoseAddressACopyTookIsMissing) {
  add("&ip=10.0.0.9&port=80", "&metadata=version=1.0.0");
  session.read();
  world.ask(now, "DELETE", std::string("/v1/ns/instance") + kCart + "&ip=10.0.0.9&port=80");
  add("&ip=10.0.0.9&port=80",
      "&metadata=" + percent_encode(R"({"version":"1.0.0","syncer.region":"west","syncer.instance":"i1"})"));
  bool missing = false;
  for (const Change& change : session.read()) missing = missing || change.kind == Change::Kind::NativeMissing;
  EXPECT_TRUE(missing);
}

TEST_P(NacosDriver, OfTwoRegionsWithOneAddressTheLowerNameHasIt) {
  ASSERT_TRUE(session.put("i1", far_record("rest://10.0.0.9:80"), "1.1", "west"));
  session.read();
  EXPECT_EQ(session.put("i2", far_record("rest://10.0.0.9:80"), "1.1", "xanadu").error().code, ErrorCode::Refused);
  const auto lower = session.put("i3", far_record("rest://10.0.0.9:80"), "1.1", "east");
  ASSERT_TRUE(lower) << to_string(lower.error());
  session.read();
  ASSERT_EQ(session.copies().size(), 1U);
  EXPECT_EQ(session.copies()[0]->copy->region, "east");
}

TEST_P(NacosDriver, ACopyThatAnotherOneTookOverIsNotThereToBeRemoved) {
  const auto former = session.put("i1", far_record("rest://10.0.0.9:80"), "1.1", "west");
  session.read();
  ASSERT_TRUE(session.put("i1", far_record("rest://10.0.0.9:80"), "1.1", "east"));
  // At once, when a server may still show the time before, and later.
  for (int i = 0; i < 2; ++i) {
    const auto removed = remove(*former, "west", "i1");
    ASSERT_FALSE(removed);
    EXPECT_EQ(removed.error().code, ErrorCode::NotFound);
    session.read();
    ASSERT_EQ(held().size(), 1U);
    EXPECT_EQ(session.copies()[0]->copy->region, "east");
  }
  EXPECT_TRUE(remove(*former, "east", "i1"));
  EXPECT_TRUE(held().empty());
}

TEST_P(NacosDriver, ACopyBesideItsTwinOfAConnectionIsRefused) {
  mocksc::nacos::Instance twin;
  twin.ip = "10.0.0.9";
  twin.port = 80;
  twin.holder = mocksc::nacos::Holder::Connection;
  ASSERT_TRUE(world.model().registry().put(now, {"", "shop", "cart"}, twin, "sdk"));
  EXPECT_EQ(natives().size(), 1U);
  EXPECT_EQ(session.put("i1", far_record("rest://10.0.0.9:80")).error().code, ErrorCode::Refused);
  EXPECT_EQ(held().size(), 1U);
}

/// Lists tell the twins in any order.
void register_beside_a_copy(Release release, bool connections_first) {
  Options options;
  options.release = release;
  options.connections_first = connections_first;
  NacosWorld world(options);
  Instant now{10s};
  DriverSession session(world, now);
  const auto copy = session.put("i1", far_record("rest://10.0.0.9:80"));
  ASSERT_TRUE(copy);
  session.read();
  ASSERT_EQ(session.copies().size(), 1U);
  mocksc::nacos::Instance twin;
  twin.ip = "10.0.0.9";
  twin.port = 80;
  twin.metadata = {{"version", "1.0.0"}};
  twin.holder = mocksc::nacos::Holder::Connection;
  ASSERT_TRUE(world.model().registry().put(now, {"", "shop", "cart"}, twin, "sdk"));
  session.read();
  const SeenEntry* seen = session.snapshot.entry(*copy);
  ASSERT_NE(seen, nullptr);
  EXPECT_TRUE(is_native(*seen->entry));
  world.ask(now, "PUT", std::string("/v1/ns/instance/beat") + kCart + "&ip=10.0.0.9&port=80");
  EXPECT_TRUE(session.read().empty()) << "nothing flaps";
  EXPECT_TRUE(session.copies().empty());
  now += 130s;
  session.read();
  ASSERT_EQ(world.model().registry().present({"", "shop", "cart"}).size(), 1U) << "the copy's lease is over";
  EXPECT_TRUE(is_native(*session.snapshot.entry(*copy)->entry));
}

TEST_P(NacosDriver, AnInstanceOfAConnectionBesideACopyAloneIsShown) { register_beside_a_copy(GetParam(), false); }

TEST_P(NacosDriver, AnInstanceOfAConnectionBeforeACopyAloneIsShown) { register_beside_a_copy(GetParam(), true); }

TEST_P(NacosDriver, WhatAnOperatorSaysOfACopyIsLeftAlone) {
  const auto entry = session.put("i1", far_record("rest://10.0.0.9:80"));
  ASSERT_TRUE(entry);
  now += 2s;
  // A 1.x server has the operator say everything again.
  std::string metadata;
  const std::vector<mocksc::nacos::Instance> before = held();
  for (const auto& [key, value] : before[0].metadata) metadata += (metadata.empty() ? "" : ",") + key + "=" + *value;
  const HttpResponse answer = world.ask(now, "PUT",
                                        std::string("/v1/ns/instance") + kCart +
                                            "&ip=10.0.0.9&port=80&enabled=false&metadata=" + percent_encode(metadata));
  ASSERT_EQ(answer.status, 200) << answer.body;
  session.read();
  ASSERT_EQ(session.copies().size(), 1U);
  EXPECT_FALSE(held()[0].enabled);
  EXPECT_EQ(session.copies()[0]->status, "UP");
}

TEST_P(NacosDriver, OneServiceWithTwoVersionsIsTwoForOthers) {
  add("&ip=10.0.0.1&port=80", "&metadata=version=1.0.0");
  add("&ip=10.0.0.2&port=80", "&metadata=version=2.0.0");
  add("&ip=10.0.0.3&port=80", "&metadata=version=newest");
  EXPECT_EQ(natives().size(), 3U);
  for (const char* version : {"1.0.0", "2.0.0", "0.0.1"})
    EXPECT_NE(session.snapshot.find({"", "", "shop", "cart", version}), nullptr) << version;
}

TEST_P(NacosDriver, WhatDoesNotFitIsCutAndTheCopySaysSo) {
  const Bytes payload = far_record("rest://10.0.0.9:80", {{"small", "1"}, {"large", std::string(20'000, 'x')}});
  ASSERT_TRUE(session.put("i1", payload));
  session.read();
  ASSERT_EQ(session.copies().size(), 1U);
  const Metadata& metadata = session.copies()[0]->metadata;
  EXPECT_EQ(metadata.at("small"), "1");
  EXPECT_FALSE(metadata.contains("large"));
  EXPECT_EQ(metadata.at("syncer.cut"), "metadata large");
  EXPECT_TRUE(same_metadata((*session.driver().plan("west", "i1", payload))->metadata, metadata, false));
}

TEST_P(NacosDriver, ACopyThatIsNotUpGetsNoTraffic) {
  for (const Status status : {Status::Down, Status::Starting, Status::OutOfService, Status::Testing, Status::Up}) {
    InstanceRecord far = *decode_record(far_record("rest://10.0.0.9:80"));
    far.instance.status = status;
    ASSERT_TRUE(session.put("i1", encode_record(far)));
    EXPECT_EQ(held()[0].enabled, status == Status::Up);
    session.read();
    EXPECT_EQ(session.copies()[0]->status, (*session.driver().plan("west", "i1", encode_record(far)))->status);
  }
}

TEST_P(NacosDriver, ACopyMovesNoInstanceOutOfItsCluster) {
  add("&ip=10.0.0.9&port=80", "&clusterName=C9");
  session.read();
  EXPECT_EQ(session.put("i1", far_record("rest://10.0.0.9:80")).error().code, ErrorCode::Refused);
  EXPECT_EQ(held()[0].cluster, "C9");
}

TEST_P(NacosDriver, AnotherToolsCopiesAreNobodysOwn) {
  add("&ip=10.0.0.1&port=80", "&metadata=sourceClusterId=zk1");
  EXPECT_TRUE(natives().empty());
  EXPECT_EQ(session.put("i1", far_record("rest://10.0.0.1:80")).error().code, ErrorCode::Refused);
}

TEST_P(NacosDriver, TheCanaryShowsWhetherTheServerRemembers) {
  const auto registration = [&](std::uint64_t count) {
    const auto entry = session.wait<Result<EntryId>>([&](Driver::DoneWithId done) {
      session.driver().put_canary(now, {"east", "n1", "run-1", count}, std::move(done));
    });
    EXPECT_TRUE(entry);
    session.read();
    return session.snapshot.entry(*entry)->entry->registration;
  };
  const std::string first = registration(1);
  EXPECT_NE(first, "");
  EXPECT_EQ(registration(2), first);
  now += 2s;
  world.model().restart(now);
  EXPECT_NE(registration(3), first);
}

TEST_P(NacosDriver, ServicesOfOtherKindsKeepTheirName) {
  ASSERT_TRUE(session.put("i1", far_record("rest://10.0.0.9:80")));  // of a version that no metadata says
  session.read();
  ASSERT_NE(session.snapshot.find(DriverSession::kService), nullptr);
  EXPECT_EQ(held()[0].metadata.at("version"), "1.0.0");
  EXPECT_FALSE(session.copies()[0]->metadata.contains("version"));
}

/// Of a pool with a key, once there is one.
MarkSeal seal_of(const bool& has_key) {
  return {[&has_key] { return has_key; }, [](ByteView text) { return "signed:" + std::string(text); },
          [](ByteView text, std::string_view signature) {
            return signature == "signed:" + std::string(text) ? Proof::Current : Proof::None;
          }};
}
const bool kHasKey = true;

/// It has the lease that it wants. Marks with the lease of copies are a syncer's: see the next ones.
TEST_P(NacosDriver, AMarkThatNobodyOfThePoolSignedIsAnApplicationsOwnWord) {
  const MarkSeal seal = seal_of(kHasKey);
  DriverSession sealed(world, now, {}, seal);
  const auto entry = sealed.put("i1", far_record("rest://10.0.0.9:80"));
  ASSERT_TRUE(entry) << to_string(entry.error());
  add("&ip=10.0.0.8&port=80",
      "&metadata=" + percent_encode(R"({"version":"1.0.0","syncer.region":"west","syncer.instance":"i2"})"));
  sealed.read();
  ASSERT_EQ(sealed.copies().size(), 1U);
  EXPECT_EQ(sealed.copies()[0]->copy->instance, "i1");
  EXPECT_NE(sealed.copies()[0]->copy->seal, "");
  // What it says is its own: its address is not to be had.
  EXPECT_EQ(sealed.put("i2", far_record("rest://10.0.0.8:80")).error().code, ErrorCode::Refused);
}

TEST_P(NacosDriver, TheFirstKeyMakesNoCopyAnApplicationsInstance) {
  bool has_key = false;
  const MarkSeal seal = seal_of(has_key);
  DriverSession sealed(world, now, {}, seal);
  const auto entry = sealed.put("i1", far_record("rest://10.0.0.9:80"));
  ASSERT_TRUE(entry);
  ASSERT_TRUE(sealed.put("i2", far_record("rest://10.0.0.8:80")));
  sealed.read();
  has_key = true;
  EXPECT_TRUE(sealed.read().empty()) << "nobody came and nobody went";
  ASSERT_EQ(sealed.copies().size(), 2U);
  EXPECT_FALSE(seal.believes(*sealed.copies()[0]->copy, sealed.copies()[0]->id));
  // It is signed where it stands, and by nobody else.
  EXPECT_EQ(sealed.put("i3", far_record("rest://10.0.0.9:80"), "1.1", "aaa").error().code, ErrorCode::Refused);
  ASSERT_TRUE(sealed.put("i1", far_record("rest://10.0.0.9:80")));
  ASSERT_TRUE(sealed.change({entry->space, entry->service, "DEFAULT#10.0.0.8#80"}, "i2",
                            far_record("rest://10.0.0.8:80"), Aspect::Properties));
  sealed.read();
  ASSERT_EQ(sealed.copies().size(), 2U);
  for (const Entry* copy : sealed.copies()) EXPECT_TRUE(seal.believes(*copy->copy, copy->id));
}

TEST_P(NacosDriver, MarksThatAreNotWholeAreAnApplicationsOwnWordWhateverItsLease) {
  add("&ip=10.0.0.8&port=80",
      "&metadata=" +
          percent_encode(R"({"version":"1.0.0","syncer.region":"west","syncer.epoch":"1.1",)"
                         R"("preserved.heart.beat.timeout":"90000","preserved.ip.delete.timeout":"120000"})"));
  const MarkSeal seal = seal_of(kHasKey);
  DriverSession sealed(world, now, {}, seal);
  sealed.read();
  EXPECT_TRUE(sealed.copies().empty());
  EXPECT_EQ(natives().size(), 1U);
}

TEST_P(NacosDriver, ACopyThatNobodyOfThePoolSignedIsNobodysToRemove) {
  ASSERT_TRUE(session.put("i1", far_record("rest://10.0.0.9:80")));
  now += 2s;
  const MarkSeal seal = seal_of(kHasKey);
  DriverSession sealed(world, now, {}, seal);
  sealed.read();
  ASSERT_EQ(sealed.copies().size(), 1U);
  const Entry& copy = *sealed.copies()[0];
  const EntryId entry{"", copy.service, copy.id};
  const auto removed = sealed.done([&](Driver::Done done) {
    sealed.driver().remove(now, entry, {"west", "i1", "", ""}, Urgency::Write, std::move(done));
  });
  ASSERT_FALSE(removed);
  EXPECT_EQ(removed.error().code, ErrorCode::NotFound);
  EXPECT_EQ(held().size(), 1U);
}

TEST_P(NacosDriver, WhatIsNotThereIsNoSignOfTrouble) {
  const std::uint64_t before = session.calls().writes_per_second();
  for (int i = 0; i < 50; ++i)
    ASSERT_TRUE(session.put("i" + std::to_string(i), far_record("rest://10.0.0.9:" + std::to_string(i + 1000))));
  EXPECT_GE(session.calls().writes_per_second(), before);
  now += 2s;
  for (int i = 0; i < 4; ++i) {
    const EntryId gone{"", "shop@@cart", "DEFAULT#10.0.0.7#" + std::to_string(i + 1)};
    const auto answer = session.wait<Confirmation>(
        [&](const Driver::Answered<const Confirmation&>& done) { session.driver().confirm(now, gone, done); });
    EXPECT_EQ(answer.presence, Presence::Absent);
  }
  EXPECT_FALSE(session.addresses().down()) << session.addresses().problem();
  EXPECT_EQ(session.addresses().problem(), "");
}

TEST_P(NacosDriver, ALargeRegistryIsReadLessOften) {
  for (int i = 0; i < 4000; ++i) {
    mocksc::nacos::Instance instance;
    instance.ip = "10.0." + std::to_string(i / 200) + "." + std::to_string(i % 200);
    instance.port = 80;
    instance.metadata = {{"some", std::string(200, 'x')}};
    ASSERT_TRUE(world.model().registry().put(now, {"", "shop", "cart"}, instance, "app"));
  }
  session.read();
  EXPECT_LE(session.cycle().interval(), 500ms) << "at first everything is waited for";
  session.settle_cycle();
  session.read();
  EXPECT_GE(session.cycle().interval(), 2s);
  EXPECT_LE(session.cycle().interval(), 8s);
}

INSTANTIATE_TEST_SUITE_P(Releases, NacosDriver, testing::Values(Release::V1_4_8, Release::V2_5_1, Release::V3_0_3),
                         [](const auto& info) { return "R" + std::to_string(static_cast<int>(info.param) + 1); });

TEST(NacosLogin, TokensAreAskedForRenewedAndReplacedOnce) {
  Options options;
  options.user = "nacos";
  options.password = "secret word";
  options.token_life = 100s;
  NacosWorld world(options);
  Instant now{10s};
  RegistrySettings settings;
  settings.user = options.user;
  settings.password = options.password;
  DriverSession session(world, now, settings);
  session.read();
  EXPECT_EQ(session.cycle().problem(), "");
  now += 10s;  // not so soon that the server would be asked in vain
  world.model().revoke_tokens();
  session.read();
  EXPECT_EQ(session.cycle().problem(), "");
  now += 95s;  // renewed before it ends
  session.read();
  EXPECT_EQ(session.cycle().problem(), "");
}

TEST(NacosLogin, AWrongPasswordIsAnOutage) {
  Options options;
  options.user = "nacos";
  options.password = "right";
  NacosWorld world(options);
  Instant now{10s};
  RegistrySettings settings;
  settings.user = options.user;
  settings.password = "wrong";
  DriverSession session(world, now, settings);
  session.read();
  EXPECT_NE(session.cycle().problem().find("403"), std::string::npos) << session.cycle().problem();
  EXPECT_FALSE(session.cycle().last_complete());
}

}  // namespace
}  // namespace syncer::registry
