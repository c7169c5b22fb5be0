// SPDX-License-Identifier: Apache-2.0
// What every kind of registry does behind registry/driver.h, on its mock.
#include <gtest/gtest.h>

#include "tests/contract/registry/driver_session.h"

namespace syncer::registry {
namespace {

using namespace std::chrono_literals;

const ServiceKey kCart = DriverSession::kService;

using MakeWorld = std::unique_ptr<RegistryWorld> (*)();

class RegistryContract : public testing::TestWithParam<MakeWorld> {
 protected:
  /// A record as another region of any kind would export it.
  static Bytes record(const std::string& endpoint, Status status = Status::Up, const Metadata& metadata = {},
                      const std::string& kind = "elsewhere") {
    InstanceRecord far;
    far.instance.host_name = "far";
    far.instance.endpoints = {parse_service_endpoint(endpoint)};
    far.instance.status = status;
    far.instance.metadata = metadata;
    far.native.kind = kind;
    return encode_record(far);
  }
  const Entry* native(const std::string& id) const {
    for (const auto& [ref, service] : session.snapshot.services()) {
      const auto found = service.entries.find(id);
      if (found != service.entries.end()) return found->second.entry.get();
    }
    return nullptr;
  }
  EntryId id_of(const std::string& id) const {
    for (const auto& [ref, service] : session.snapshot.services()) {
      if (service.entries.contains(id)) return {ref.space, ref.id, id};
    }
    return {};
  }

  Instant now{10s};
  std::unique_ptr<RegistryWorld> world = GetParam()();
  DriverSession session{*world, now};
};

TEST_P(RegistryContract, ACompleteReadingShowsWhatApplicationsRegistered) {
  const std::string id = world->add(now, {"cart", "rest://10.0.0.1:8080", "UP", {{"zone", "a"}}});
  session.read();
  EXPECT_TRUE(session.cycle().last_complete());
  EXPECT_EQ(session.cycle().problem(), "");
  ASSERT_NE(native(id), nullptr);
  const auto record = decode_record(native(id)->payload);
  ASSERT_TRUE(record) << to_string(record.error());
  ASSERT_EQ(record->instance.endpoints.size(), 1U);
  EXPECT_EQ(to_string(record->instance.endpoints[0]), world->shown_endpoint("rest://10.0.0.1:8080"));
  EXPECT_EQ(record->instance.status, Status::Up);
  Metadata metadata = world->own_metadata();
  metadata["zone"] = "a";
  EXPECT_EQ(record->instance.metadata, metadata);
  EXPECT_NE(session.snapshot.find(world->shown_service(kCart)), nullptr);
}

TEST_P(RegistryContract, APartialOrFailedReadingMakesNothingMissing) {
  const std::string id = world->add(now, {"cart", "rest://10.0.0.1:8080"});
  session.read();
  const Instant broken = now;
  for (const auto fault : {RegistryWorld::Fault::Partial, RegistryWorld::Fault::Error}) {
    world->set_fault(now, fault);
    for (const Change& change : session.read()) EXPECT_NE(change.kind, Change::Kind::NativeMissing);
    ASSERT_TRUE(session.cycle().last_complete());
    EXPECT_LE(*session.cycle().last_complete(), broken);
    EXPECT_NE(session.cycle().problem(), "");
    EXPECT_NE(native(id), nullptr);
  }
}

TEST_P(RegistryContract, AnEntryThatIsGoneIsMissingAndItsAbsenceIsConfirmedById) {
  const std::string id = world->add(now, {"cart", "rest://10.0.0.1:8080"});
  world->add(now, {"cart", "rest://10.0.0.2:8080"});
  session.read();
  const EntryId entry = id_of(id);
  const auto confirm = [&] {
    return session.wait<Confirmation>(
        [&](Driver::Answered<Confirmation> done) { session.driver().confirm(now, entry, std::move(done)); });
  };
  const Confirmation present = confirm();
  EXPECT_EQ(present.presence, Presence::Present);
  ASSERT_NE(present.entry, nullptr);
  EXPECT_EQ(present.entry->id, id);
  EXPECT_EQ(present.entry->registration, native(id)->registration);
  EXPECT_EQ(present.entry->registration != "", world->knows_registrations());
  world->remove(now, id);
  bool missing = false;
  for (const Change& change : session.read()) {
    missing = missing || (change.kind == Change::Kind::NativeMissing && change.entry == entry);
  }
  EXPECT_TRUE(missing);
  EXPECT_EQ(confirm().presence, Presence::Absent);
  world->set_fault(now, RegistryWorld::Fault::Error);
  EXPECT_EQ(confirm().presence, Presence::Unknown);
}

TEST_P(RegistryContract, ACopyOfAForeignRecordCarriesItsMarks) {
  const auto entry = session.put("i1", record("rest://10.0.0.9:80", Status::Up, {{"zone", "b"}}));
  ASSERT_TRUE(entry) << to_string(entry.error());
  session.read();
  ASSERT_EQ(session.copies().size(), 1U);
  const Entry& copy = *session.copies().front();
  EXPECT_EQ(copy.id, entry->id);
  EXPECT_EQ(copy.copy, (CopyMark{"west", "i1", "1.1"}));
  EXPECT_EQ(copy.metadata.at("zone"), "b");
  EXPECT_TRUE(copy.payload.empty());
}

TEST_P(RegistryContract, TheListedCopyIsEqualToItsPlan) {
  const Bytes payload = record("rest://10.0.0.9:80", Status::Down, {{"zone", "b"}});
  ASSERT_TRUE(session.put("i1", payload));
  session.read();
  const auto plan = session.driver().plan("west", "i1", payload);
  const Entry& copy = *session.copies().front();
  EXPECT_TRUE(same_metadata((*plan)->metadata, copy.metadata, false));
  EXPECT_EQ(copy.status, (*plan)->status);
  EXPECT_EQ(copy.lease, (*plan)->lease);
  if (session.driver().traits().chooses_id) {
    EXPECT_EQ(copy.id, (*plan)->id);
  }
  if (session.driver().traits().endpoints_in_place) {
    EXPECT_EQ(copy.endpoints, (*plan)->endpoints);
  }
}

TEST_P(RegistryContract, StatusMetadataAndWhereItCanEndpointsChangeInPlace) {
  const auto entry = session.put("i1", record("rest://10.0.0.9:80"));
  ASSERT_TRUE(entry);
  session.read();
  const bool moves = session.driver().traits().endpoints_in_place;
  const Bytes changed = record(moves ? "rest://10.0.0.8:80" : "rest://10.0.0.9:80", Status::Down, {{"v", "2"}});
  EXPECT_TRUE(session.change(*entry, "i1", changed, Aspect::Status));
  EXPECT_TRUE(session.change(*entry, "i1", changed, Aspect::Properties));
  if (moves) {
    EXPECT_TRUE(session.change(*entry, "i1", changed, Aspect::Endpoints));
  }
  session.read();
  ASSERT_EQ(session.copies().size(), 1U);
  const Entry& copy = *session.copies().front();
  EXPECT_EQ(copy.status, (*session.driver().plan("west", "i1", changed))->status);
  EXPECT_EQ(copy.metadata.at("v"), "2");
  EXPECT_EQ(copy.copy->epoch, "1.2");
  if (moves) {
    EXPECT_EQ(copy.endpoints, std::vector<std::string>{"rest://10.0.0.8:80"});
  }
}

TEST_P(RegistryContract, WhatIsGoneIsNotFoundByEveryWrite) {
  const Bytes payload = record("rest://10.0.0.9:80");
  const auto entry = session.put("i1", payload);
  ASSERT_TRUE(entry);
  const auto remove = [&] {
    return session.done([&](Driver::Done done) {
      session.driver().remove(now, *entry, {"west", "i1", "", ""}, Urgency::Write, std::move(done));
    });
  };
  EXPECT_TRUE(remove());
  EXPECT_EQ(remove().error().code, ErrorCode::NotFound);
  EXPECT_EQ(session.change(*entry, "i1", payload, Aspect::Status).error().code, ErrorCode::NotFound);
  session.read();
  EXPECT_TRUE(session.copies().empty());
}

TEST_P(RegistryContract, LeasesAreRenewedAndALostOneIsReported) {
  std::vector<EntryId> entries;
  for (const char* instance : {"i1", "i2", "i3"}) {
    const auto entry = session.put(instance, record(std::string("rest://10.0.0.9:8") + instance[1]));
    ASSERT_TRUE(entry);
    entries.push_back(*entry);
  }
  std::map<EntryId, Beat> beats;
  const auto renew = [&] {
    beats.clear();
    const std::size_t batch = session.driver().traits().renew_batch;
    for (std::size_t i = 0; i < entries.size(); i += batch) {
      session.driver().renew(now, std::span(entries).subspan(i, std::min(batch, entries.size() - i)),
                             [&](Instant, const EntryId& entry, Beat beat) { beats[entry] = beat; });
    }
    session.settle();
  };
  renew();
  EXPECT_EQ(beats, (std::map<EntryId, Beat>{
                       {entries[0], Beat::Renewed}, {entries[1], Beat::Renewed}, {entries[2], Beat::Renewed}}));
  world->expire(now, entries[1].id);
  renew();
  EXPECT_EQ(beats[entries[0]], Beat::Renewed);
  EXPECT_EQ(beats[entries[1]], Beat::Lost);
  world->set_fault(now, RegistryWorld::Fault::Error);
  renew();
  EXPECT_EQ(beats[entries[0]], Beat::Unknown);
}

TEST_P(RegistryContract, TheCanaryIsShownWithItsMarkAndCanChangeIt) {
  const auto entry = session.wait<Result<EntryId>>([&](Driver::DoneWithId done) {
    session.driver().put_canary(now, {"east", "n1", "run-1", 3}, std::move(done));
  });
  ASSERT_TRUE(entry) << to_string(entry.error());
  const auto mark = [&]() -> Boxed<CanaryMark> {
    session.read();
    const SeenEntry* seen = session.snapshot.entry(*entry);
    return seen == nullptr ? Boxed<CanaryMark>() : seen->entry->canary;
  };
  EXPECT_EQ(mark(), (CanaryMark{"east", "n1", "run-1", 3}));
  EXPECT_TRUE(session.done([&](Driver::Done done) {
    session.driver().change_canary(now, *entry, {"east", "n1", "run-2", 4}, std::move(done));
  }));
  EXPECT_EQ(mark(), (CanaryMark{"east", "n1", "run-2", 4}));
  EXPECT_TRUE(session.snapshot.service(entry->owner())->state.internal);
}

TEST_P(RegistryContract, ARecordOverTheLimitsIsRefusedAloneForGood) {
  const App unfit = world->unfit();
  const auto large = session.put("i1", record(unfit.endpoint, Status::Up, unfit.metadata));
  ASSERT_FALSE(large);
  EXPECT_FALSE(is_outcome_unknown(large.error())) << to_string(large.error());
  EXPECT_TRUE(session.put("i2", record("rest://10.0.0.9:81")));
}

TEST_P(RegistryContract, AnUnansweredWriteLeavesItsOutcomeOpen) {
  ASSERT_TRUE(session.put("i1", record("rest://10.0.0.9:80")));
  world->set_fault(now, RegistryWorld::Fault::Error);
  const auto entry = session.put("i2", record("rest://10.0.0.9:81"));
  ASSERT_FALSE(entry);
  EXPECT_TRUE(is_outcome_unknown(entry.error())) << to_string(entry.error());
}

TEST_P(RegistryContract, ANewProcessFindsTheCopiesByTheirMarksAndPlansTheSame) {
  const Bytes payload = record("rest://10.0.0.9:80");
  const auto entry = session.put("i1", payload);
  ASSERT_TRUE(entry);
  const auto before = session.driver().plan("west", "i1", payload);
  DriverSession next(*world, now);
  next.read();
  ASSERT_EQ(next.copies().size(), 1U);
  EXPECT_EQ(next.copies().front()->copy->instance, "i1");
  const auto after = next.driver().plan("west", "i1", payload);
  EXPECT_EQ((*before)->id, (*after)->id);
  EXPECT_EQ((*before)->metadata, (*after)->metadata);
}

TEST_P(RegistryContract, ReadingTwiceGivesTheSameRecordByteForByte) {
  const std::string id = world->add(now, {"cart", "rest://10.0.0.1:8080?sslEnabled=true", "DOWN", {{"k", "v"}}});
  session.read();
  DriverSession other(*world, now);
  other.read();
  ASSERT_NE(native(id), nullptr);
  EXPECT_EQ(other.snapshot.entry(id_of(id))->entry->payload, native(id)->payload);
}

TEST_P(RegistryContract, WhatIsNoRecordIsRefused) {
  for (const std::string& payload : {std::string(), std::string("{}"), std::string(300'000, 'x')}) {
    const auto plan = session.driver().plan("west", "i1", payload);
    ASSERT_FALSE(plan);
    EXPECT_FALSE(is_outcome_unknown(plan.error()));
  }
}

std::string name_of(const testing::TestParamInfo<MakeWorld>& info) { return info.param()->label(); }

INSTANTIATE_TEST_SUITE_P(Kinds, RegistryContract,
                         testing::Values(make_service_center, make_memory_registry, make_eureka, make_nacos_1,
                                         make_nacos_2, make_nacos_3),
                         name_of);

}  // namespace
}  // namespace syncer::registry
