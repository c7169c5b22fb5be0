// SPDX-License-Identifier: Apache-2.0
#include "syncer/membership/swim.h"

#include <gtest/gtest.h>

#include "tests/unit/membership/recorder.h"

namespace syncer::membership {
namespace {

using std::chrono::milliseconds;
using std::chrono::seconds;

const ByteView kVersions("\x01\x05\x02\x02\x05\x05", 6);
const Endpoint kStranger = Endpoint::v4(192, 0, 2, 66, 4444);

Endpoint member_address(std::uint8_t number) { return Endpoint::v4(10, 0, 0, number, 7946); }

/// A core named "me" that knows "m2" and "m3", with nothing left to tell.
class SwimTest : public testing::Test {
 protected:
  void make(Options options) {
    options.encode = recorder_.encoder();
    swim_ = std::make_unique<Swim>("me", std::move(options), Random(3), now_);
    swim_->start(now_, member_address(1), "", out_);
    alive("m2", 1, 2);
    alive("m3", 1, 3);
    out_.clear();
  }
  void alive(const std::string& node, std::uint64_t incarnation, std::uint8_t number) {
    swim_->receive(now_, kStranger, Alive{incarnation, node, member_address(number), "", kVersions}, out_);
  }
  /// The receivers of messages of that type.
  std::vector<Endpoint> receivers(const std::string& type) const {
    std::vector<Endpoint> all;
    for (const auto& packet : out_.packets()) {
      if (recorder_.decode(out_.part(packet.first)).type == type) all.push_back(packet.to);
    }
    return all;
  }

  Recorder recorder_;
  Instant now_ = instant(1'000'000'000'000);
  Outputs out_;
  std::unique_ptr<Swim> swim_;
};

TEST_F(SwimTest, AnswersAPingWhereItCameFromWhateverItNames) {
  make(lan_profile());
  const Endpoint victim = Endpoint::v4(203, 0, 113, 9, 53);
  swim_->receive(now_, kStranger, Ping{7, "me", victim, "x"}, out_);
  EXPECT_EQ(receivers("ack"), std::vector<Endpoint>{kStranger});
}

TEST_F(SwimTest, AnswersAMemberAtItsOwnAddress) {
  make(lan_profile());
  swim_->receive(now_, kStranger, Ping{7, "me", member_address(2), "m2"}, out_);
  EXPECT_EQ(receivers("ack"), std::vector<Endpoint>{member_address(2)});
}

TEST_F(SwimTest, BelievesWhoItMeetsAtItsOwnAddressMoreThanRumours) {
  make(lan_profile());
  alive("m2", 9, 66);  // a rumour about somebody who is known is none
  EXPECT_EQ(swim_->members().find("m2")->address, member_address(2));
  alive("m4", 9, 66);  // one about somebody who is not, is believed at first
  EXPECT_EQ(swim_->members().find("m4")->address, member_address(66));
  swim_->meet(now_, Alive{1, "m4", member_address(4), "", kVersions}, out_);
  EXPECT_EQ(swim_->members().find("m4")->address, member_address(4));
  EXPECT_EQ(swim_->members().find("m4")->incarnation, 9U) << "no incarnation goes back";
  EXPECT_EQ(swim_->members().find("m4")->state, State::Alive);
  alive("m5", 9, 66);
  swim_->receive(now_, member_address(2), Suspect{9, "m5", "m2"}, out_);
  swim_->meet(now_, Alive{1, "m5", member_address(5), "", kVersions}, out_);
  EXPECT_EQ(swim_->members().find("m5")->incarnation, 10U) << "a suspicion is outbid";
  EXPECT_EQ(swim_->members().find("m5")->state, State::Alive);
  swim_->meet(now_, Alive{1, "me", member_address(5), "", kVersions}, out_);
  EXPECT_EQ(swim_->members().find("me")->address, member_address(1)) << "nobody else is us";
}

TEST_F(SwimTest, RelaysOnlyToMembers) {
  make(lan_profile());
  EXPECT_EQ(swim_->receive(now_, kStranger, IndirectPing{7, kStranger, "ghost", true, {}, ""}, out_),
            Received::UnknownTarget);
  EXPECT_EQ(swim_->receive(now_, kStranger, IndirectPing{7, kStranger, "m2", true, {}, ""}, out_),
            Received::UnknownTarget);
  EXPECT_TRUE(receivers("ping").empty());
}

TEST_F(SwimTest, RelaysAPingAndBringsTheAnswerBack) {
  make(lan_profile());
  swim_->receive(now_, member_address(3), IndirectPing{7, member_address(2), "m2", true, {}, ""}, out_);
  ASSERT_EQ(receivers("ping"), std::vector<Endpoint>{member_address(2)});
  const std::uint32_t seq = recorder_.decode(out_.part(out_.packets()[0].first)).seq;
  out_.clear();
  EXPECT_EQ(swim_->receive(now_, member_address(2), Ack{seq, {}}, out_), Received::Handled);
  EXPECT_EQ(receivers("ack"), std::vector<Endpoint>{member_address(3)});
  EXPECT_EQ(swim_->receive(now_, member_address(2), Ack{seq, {}}, out_), Received::UnknownAck);
}

TEST_F(SwimTest, SaysSoWhenTheTargetOfARelayIsSilent) {
  make(lan_profile());
  swim_->receive(now_, member_address(3), IndirectPing{7, member_address(2), "m2", true, {}, ""}, out_);
  out_.clear();
  swim_->advance(now_ + milliseconds(499), out_);
  EXPECT_TRUE(receivers("nack").empty());
  swim_->advance(now_ + milliseconds(500), out_);
  EXPECT_EQ(receivers("nack"), std::vector<Endpoint>{member_address(3)});
}

TEST_F(SwimTest, RelaysABoundedNumberAtOnce) {
  make(lan_profile());
  const IndirectPing request{7, member_address(2), "m2", true, {}, ""};
  for (int i = 0; i < 256; ++i) ASSERT_EQ(swim_->receive(now_, kStranger, request, out_), Received::Handled);
  EXPECT_EQ(swim_->receive(now_, kStranger, request, out_), Received::RelaysBusy);
}

TEST_F(SwimTest, BelievesNoLeapOfAnIncarnation) {
  make(syncer_profile());
  alive("m2", 4'000'000'000, 2);
  swim_->receive(now_, kStranger, Suspect{4'000'000'000, "m2", "x"}, out_);
  swim_->receive(now_, kStranger, Suspect{4'000'000'000, "me", "x"}, out_);
  EXPECT_EQ(swim_->members().find("m2")->incarnation, 1U);
  EXPECT_EQ(swim_->members().find("m2")->state, State::Alive);
  EXPECT_EQ(swim_->members().find("me")->incarnation, 1U);
}

constexpr std::uint64_t kLeap = 1U << 20U;

TEST_F(SwimTest, BelievesOneLeapOfAMemberAtATime) {
  make(syncer_profile());
  const auto number = [&](std::uint64_t incarnation) {
    alive("m2", incarnation, 2);
    return swim_->members().find("m2")->incarnation;
  };
  EXPECT_EQ(number(1 + kLeap), 1 + kLeap);
  EXPECT_EQ(number(1 + 2 * kLeap), 1 + kLeap) << "it has not heard of the first";
  swim_->receive(now_, kStranger, Suspect{1 + 2 * kLeap, "m2", "x"}, out_);
  swim_->receive(now_, kStranger, Dead{1 + 2 * kLeap, "m2", "x"}, out_);
  EXPECT_EQ(swim_->members().find("m2")->state, State::Alive);
  EXPECT_EQ(number(2 + kLeap), 2 + kLeap) << "it outbids it";
  std::uint64_t last = 2 + kLeap;
  for (int i = 0; i < 4096; ++i) last = number(last + 1024);
  EXPECT_LE(last, 2 + 2 * kLeap) << "nor do many small steps go further";
  now_ += seconds(5);
  EXPECT_EQ(number(last + kLeap), last + kLeap);
}

/// A suspect that outbid elsewhere what is not known here speaks under a number that is too far for now.
TEST_F(SwimTest, BuriesNoSuspectThatSpokeUnderAFarNumber) {
  make(syncer_profile());
  alive("m4", 1, 4);
  const auto suspect = [&](std::string_view name, unsigned from) {
    swim_->receive(now_, kStranger, Suspect{1 + kLeap, name, "x"}, out_);
    alive(std::string(name), 1 + 2 * kLeap, from);
    EXPECT_EQ(swim_->members().find(name)->state, State::Suspect);
    EXPECT_EQ(swim_->members().find(name)->incarnation, 1 + kLeap);
  };
  suspect("m2", 2);
  suspect("m4", 9);  // of another address that is no word of it
  const Instant deadline = swim_->members().find("m2")->suspicion->deadline();
  for (; now_ <= deadline; now_ += milliseconds(100)) swim_->advance(now_, out_);
  EXPECT_EQ(swim_->members().find("m2")->state, State::Alive);
  EXPECT_EQ(swim_->members().find("m2")->incarnation, 1 + 2 * kLeap);
  EXPECT_EQ(swim_->members().find("m4")->state, State::Dead);
}

TEST_F(SwimTest, OutbidsWhatIsSaidOfItselfHoweverFarItLeaps) {
  make(syncer_profile());
  const auto mine = [&] { return swim_->members().find("me")->incarnation; };
  swim_->receive(now_, kStranger, Alive{3 * kLeap, "me", member_address(1), "lie", kVersions}, out_);
  EXPECT_EQ(mine(), 3 * kLeap + 1);
  swim_->receive(now_, kStranger, Suspect{1ULL << 31U, "me", "x"}, out_);
  EXPECT_EQ(mine(), (1ULL << 31U) + 1);
  swim_->receive(now_, kStranger, Dead{(1ULL << 31U) + 2 * kLeap, "me", "x"}, out_);
  EXPECT_EQ(mine(), (1ULL << 31U) + 1) << "the rest of the numbers goes step by step";
  swim_->receive(now_, kStranger, Dead{(1ULL << 31U) + kLeap, "me", "x"}, out_);
  EXPECT_EQ(mine(), (1ULL << 31U) + kLeap + 1);
}

TEST_F(SwimTest, TakesNoNewcomerWhoseNumbersAreUsedUp) {
  make(syncer_profile());
  alive("m4", (1ULL << 31U) + 1, 4);
  EXPECT_EQ(swim_->members().find("m4"), nullptr);
  EXPECT_EQ(out_.refusals, std::vector<std::string_view>{"incarnation_jump"});
  alive("m4", 1ULL << 31U, 4);
  EXPECT_NE(swim_->members().find("m4"), nullptr);
  make(lan_profile());
  alive("m4", kMaxIncarnation, 4);
  EXPECT_NE(swim_->members().find("m4"), nullptr) << "as the reference does";
}

TEST_F(SwimTest, BelievesAMemberItselfWhateverItsNumber) {
  make(syncer_profile());
  const auto hear = [&](const std::string& node, std::uint64_t incarnation, std::uint8_t number, ByteView meta) {
    const Alive account{incarnation, node, member_address(number), meta, kVersions};
    swim_->hear_itself(now_, account, out_);
    return swim_->members().find(node);
  };
  EXPECT_EQ(hear("m2", 2, 2, "new")->incarnation, 1U) << "the rules do without";
  EXPECT_EQ(hear("m2", 3 * kLeap, 66, "lie")->meta, "") << "not where it is";
  EXPECT_EQ(hear("m2", 3 * kLeap, 2, "new")->incarnation, 3 * kLeap);
  EXPECT_EQ(hear("m2", kMaxIncarnation, 2, "newer")->meta, "newer");
  EXPECT_EQ(hear("m2", 7, 2, "newest")->meta, "newest") << "it cannot outbid what others say of it";
  EXPECT_EQ(hear("m2", 7, 2, "newest")->incarnation, kMaxIncarnation) << "no incarnation goes back";
  swim_->receive(now_, kStranger, Suspect{kMaxIncarnation, "m2", "x"}, out_);
  EXPECT_EQ(hear("m2", 7, 2, "newest")->state, State::Alive);
  EXPECT_NE(hear("m4", kMaxIncarnation, 4, ""), nullptr);
  EXPECT_EQ(hear("m5", 5, 5, ""), nullptr);
  EXPECT_EQ(hear("me", kMaxIncarnation, 1, "lie")->meta, "");
}

TEST_F(SwimTest, TakesABoundedNumberOfMembers) {
  Options options = lan_profile();
  options.max_members = 4;
  make(options);
  for (std::uint8_t i = 4; i < 20; ++i) alive("m" + std::to_string(i), 1, i);
  EXPECT_EQ(swim_->members().size(), 4U);
}

TEST_F(SwimTest, SaysWhyItDoesNotBelieveWhatIsSaid) {
  Options options = syncer_profile();
  options.max_members = 3;
  options.allowed = {{member_address(0), 120}};
  options.alive_filter = [](const Alive& said) { return said.node != "unwanted"; };
  make(options);
  const auto refusals = [&](const Message& message) {
    out_.clear();
    swim_->receive(now_, kStranger, message, out_);
    return out_.refusals;
  };
  using Reasons = std::vector<std::string_view>;
  const ByteView invalid_versions("\x05\x01\x02\x02\x05\x05", 6);
  EXPECT_EQ(refusals(Alive{2, "m2", member_address(2), "", invalid_versions}), Reasons{"vsn_invalid"});
  EXPECT_EQ(refusals(Alive{2, "m2", member_address(2), "", ByteView("\x01\x05", 2)}), Reasons{"vsn_short"});
  EXPECT_EQ(refusals(Alive{2, "m2", member_address(2), Bytes(513, 'm'), kVersions}), Reasons{"meta_too_large"});
  EXPECT_EQ(refusals(Alive{2, "unwanted", member_address(9), "", kVersions}), Reasons{"vetoed"});
  EXPECT_EQ(refusals(Alive{1, "m4", Endpoint::v4(10, 1, 0, 4, 7946), "", kVersions}), Reasons{"address_not_allowed"});
  EXPECT_EQ(refusals(Alive{1, "m4", member_address(4), "", kVersions}), Reasons{"too_many_members"});
  EXPECT_EQ(refusals(Alive{4'000'000'000, "m2", member_address(2), "", kVersions}), Reasons{"incarnation_jump"});
  EXPECT_EQ(refusals(Suspect{4'000'000'000, "m2", "x"}), Reasons{"incarnation_jump"});
  EXPECT_EQ(refusals(Dead{4'000'000'000, "m2", "x"}), Reasons{"incarnation_jump"});
  EXPECT_EQ(refusals(Alive{1, "m2", member_address(2), "", kVersions}), Reasons{}) << "old news is no offence";
  EXPECT_EQ(refusals(Suspect{0, "m2", "x"}), Reasons{});

  const Entry strange{"m2", member_address(2), "", 1, 17, kVersions};
  out_.clear();
  swim_->merge(now_, {&strange, 1}, false, out_);
  EXPECT_EQ(out_.refusals, Reasons{"bad_state"});
}

TEST_F(SwimTest, ChecksTheVersionsOfEveryEntryOfAnExchange) {
  make(lan_profile());
  const auto merge = [&](State state, ByteView versions) {
    const std::vector<Entry> entries = {{"m2", member_address(2), "", 2, 0, kVersions},
                                        {"m3", member_address(3), "", 1, static_cast<std::int64_t>(state), versions}};
    return swim_->merge(now_, entries, false, out_);
  };
  for (const State state : {State::Alive, State::Suspect, State::Dead, State::Left}) {
    EXPECT_EQ(merge(state, ByteView("\x06\x07\x06\x02\x05\x05", 6)), Merge::Incompatible) << name(state);
    EXPECT_EQ(merge(state, ByteView("\x01\x05\x02\x06\x07\x06", 6)), Merge::Incompatible) << name(state);
    EXPECT_EQ(merge(state, {}), Merge::Incompatible) << name(state);
  }
  EXPECT_EQ(swim_->members().find("m2")->incarnation, 1U) << "a refused exchange changes nothing";
  // What the gone could understand restricts no member: their range leaves out the version 2 that we speak.
  EXPECT_EQ(merge(State::Alive, ByteView("\x03\x05\x03\x02\x05\x05", 6)), Merge::Incompatible);
  EXPECT_EQ(merge(State::Dead, ByteView("\x03\x05\x03\x02\x05\x05", 6)), Merge::Merged);
}

TEST_F(SwimTest, GossipsOnItsTicksAlsoAfterASilence) {
  make(lan_profile());
  swim_->advance(now_ + seconds(1), out_);
  for (Instant t = now_; t < now_ + seconds(20); t += milliseconds(10)) swim_->advance(t, out_);
  ASSERT_TRUE(swim_->queue().empty());
  now_ += seconds(20);
  alive("m2", 9, 2);
  const Instant first = swim_->next_deadline();
  EXPECT_GE(first, now_);
  EXPECT_LE(first, now_ + milliseconds(200));
}

TEST_F(SwimTest, WaitsLongerForAMemberThatIsFar) {
  Options options = lan_profile();
  options.adapt_probe_timeout = true;
  make(options);
  const auto probe = [&](Duration answer_after) {
    Instant t = now_;
    for (out_.clear(); receivers("ping").empty(); t += milliseconds(1)) swim_->advance(t, out_);
    const std::uint32_t seq = recorder_.decode(out_.part(out_.packets().back().first)).seq;
    now_ = t + answer_after;
    swim_->receive(now_, kStranger, Ack{seq, {}}, out_);
  };
  for (int i = 0; i < 4; ++i) probe(milliseconds(220));
  Instant t = now_;
  for (out_.clear(); receivers("ping").empty(); t += milliseconds(1)) swim_->advance(t, out_);
  const Instant sent = t - milliseconds(1);
  for (; receivers("indirect_ping").empty(); t += milliseconds(1)) swim_->advance(t, out_);
  EXPECT_GE(t - milliseconds(1) - sent, milliseconds(660));
}

}  // namespace
}  // namespace syncer::membership
