// SPDX-License-Identifier: Apache-2.0
#include "syncer/registry/absences.h"

#include <gtest/gtest.h>
#include <rapidcheck/gtest.h>

#include <map>
#include <set>

namespace syncer::registry {
namespace {

using std::chrono::milliseconds;
using std::chrono::seconds;

/// A driver whose confirmations are answered when a test says so. Nothing else of it is used.
class Confirming : public Driver {
 public:
  void confirm(Instant, const EntryId& entry, Answered<const Confirmation&> done) override {
    open[entry] = std::move(done);
  }
  void answer(Instant now, const EntryId& entry, Presence presence) {
    const auto done = std::move(open.extract(entry).mapped());
    done(now, {presence});
  }
  std::map<EntryId, Answered<const Confirmation&>> open;

  const Traits& traits() const override { return traits_; }
  void poll(Instant) override {}
  void distrust(const ServiceRef&) override {}
  void dropped(const EntryId&) override {}
  void probe(Instant, const std::string&, Answered<bool>) override {}
  void follow(Instant, const ServiceRef&) override {}
  bool caught_up() const override { return true; }
  bool is_mirrored(const ServiceKey&) const override { return false; }
  Result<SharedPlan> plan(const std::string&, const std::string&, ByteView) override { return none(); }
  const ServiceRef* prepare(Instant, const ServiceKey&, const CopyPlan&) override { return nullptr; }
  std::string problem(const ServiceKey&) const override { return {}; }
  void reconsider(Instant, const ServiceKey&) override {}
  void unprepare(const ServiceKey&) override {}
  void allow_writes(Instant, bool) override {}
  std::vector<std::string> problems() const override { return {}; }
  void put(Instant now, const ServiceRef&, const CopyWrite&, DoneWithId done) override { done(now, none()); }
  void change(Instant now, const EntryId&, const CopyWrite&, Aspect, Done done) override { done(now, none()); }
  void remove(Instant now, const EntryId&, const CopyMark&, Urgency, Done done) override { done(now, none()); }
  void renew(Instant, std::span<const EntryId>, BeatSink) override {}
  void put_canary(Instant now, const CanaryMark&, DoneWithId done) override { done(now, none()); }
  void change_canary(Instant now, const EntryId&, const CanaryMark&, Done done) override { done(now, none()); }
  void advance(Instant) override {}
  Instant next_deadline() const override { return kNever; }

 private:
  static tl::unexpected<Error> none() { return failure(ErrorCode::Unsupported, "", "not here"); }
  Traits traits_;
};

struct Silent : Observer {
  bool wants(Severity) const override { return false; }
  void on_event(const Event&) override {}
};

EntryId entry(int number) { return {"space", "service", "i" + std::to_string(number)}; }

TEST(Absences, AreReportedWithWhatVanishedWithThemAndWaitForNoOthers) {
  Confirming driver;
  Silent silent;
  Absences absences(driver, silent);
  Instant now{seconds(1)};
  for (const int first : {1, 2}) absences.suspect(now, entry(first));
  absences.advance(now);
  now += milliseconds(100);
  absences.suspect(now, entry(3));
  absences.advance(now);
  driver.answer(now, entry(1), Presence::Absent);
  EXPECT_TRUE(absences.take_confirmed(now).empty()) << "its companion is still being asked for";
  driver.answer(now, entry(2), Presence::Absent);
  EXPECT_EQ(absences.take_confirmed(now), (std::vector<EntryId>{entry(1), entry(2)}));
  driver.answer(now, entry(3), Presence::Absent);
  EXPECT_EQ(absences.take_confirmed(now), std::vector<EntryId>{entry(3)});
  EXPECT_EQ(absences.open(), 0U);
}

TEST(Absences, WaitASecondForTheirCompanionsAndNoLonger) {
  Confirming driver;
  Silent silent;
  Absences absences(driver, silent);
  const Instant now{seconds(1)};
  for (const int number : {1, 2}) absences.suspect(now, entry(number));
  absences.advance(now);
  driver.answer(now, entry(1), Presence::Absent);
  EXPECT_EQ(absences.next_deadline(), now + seconds(1));
  EXPECT_TRUE(absences.take_confirmed(now + milliseconds(999)).empty());
  EXPECT_EQ(absences.take_confirmed(now + seconds(1)), std::vector<EntryId>{entry(1)});
}

/// Whatever comes in which order: only what the registry called absent is reported, once, and nothing is forgotten.
RC_GTEST_PROP(Absences, AreExactlyWhatTheRegistryConfirms, ()) {
  Confirming driver;
  Silent silent;
  Absences absences(driver, silent);
  Instant now{seconds(1)};
  std::set<EntryId> confirmed;
  const int steps = *rc::gen::inRange(0, 80);
  for (int i = 0; i < steps; ++i) {
    now += milliseconds(*rc::gen::inRange(0, 700));
    const EntryId one = entry(*rc::gen::inRange(0, 6));
    const int what = *rc::gen::inRange(0, 4);
    if (what == 0) absences.suspect(now, one);
    if (what == 1 && !driver.open.contains(one)) {
      absences.clear(one);
      confirmed.erase(one);
    }
    absences.advance(now);
    if (what >= 2 && driver.open.contains(one)) {
      const Presence presence = *rc::gen::element(Presence::Absent, Presence::Present, Presence::Unknown);
      driver.answer(now, one, presence);
      if (presence == Presence::Absent) confirmed.insert(one);
    }
    for (const EntryId& gone : absences.take_confirmed(now)) RC_ASSERT(confirmed.erase(gone) == 1U);
    RC_ASSERT(confirmed.empty() || absences.next_deadline() <= now + seconds(1));
  }
  for (int i = 0; i < 6; ++i) {
    if (driver.open.contains(entry(i))) driver.answer(now, entry(i), Presence::Unknown);
  }
  for (const EntryId& gone : absences.take_confirmed(now)) RC_ASSERT(confirmed.erase(gone) == 1U);
  RC_ASSERT(confirmed.empty());
}

}  // namespace
}  // namespace syncer::registry
