// SPDX-License-Identifier: Apache-2.0
#include "sim/show/selection.h"

#include <gtest/gtest.h>

namespace sim::show {
namespace {

using Numbers = std::vector<std::uint32_t>;

/// Turn 0 sends packet 0, whose arrival in turn 1 sends packet 1, whose arrival in turn 2 somebody reports something.
/// Packets 2 and 3, of turn 3, led to nothing: one arrived in turn 4, one was lost.
Tables chain() {
  Tables tables;
  tables.turns.resize(5);
  tables.turns[1].cause = tables.turns[2].cause = tables.turns[4].cause = Turn::Cause::Message;
  tables.turns[2].of = 1;
  tables.turns[4].of = 2;
  const auto add = [&](std::uint32_t turn, std::uint32_t arrived, host::MessageFate fate) {
    tables.packets.push_back({turn, arrived, 0, 1, host::Channel::Datagram, fate, 10, 0});
  };
  add(0, 2, host::MessageFate::Delivered);
  add(1, 3, host::MessageFate::Delivered);
  add(3, 5, host::MessageFate::Delivered);
  add(3, 0, host::MessageFate::Lost);
  tables.rows.push_back({2, 1, 0, 0, Row::Look::Info, 0, 0});
  return tables;
}

TEST(Selection, AlwaysKeepsWhatLedToSomething) {
  const Tables tables = chain();
  const Selection selection(tables, 0);
  EXPECT_EQ(selection.packets(), (Numbers{0, 1}));
  EXPECT_EQ(selection.turns(), (Numbers{0, 1, 2}));
  EXPECT_EQ(selection.packet(1), 2U);
  EXPECT_EQ(selection.packet(2), 0U);
  EXPECT_EQ(selection.turn(3), 0U);
}

TEST(Selection, PrefersWhatWasLostToWhatArrivedInVain) {
  const Tables tables = chain();
  EXPECT_EQ(Selection(tables, 3).packets(), (Numbers{0, 1, 3}));
  EXPECT_EQ(Selection(tables, 4).packets(), (Numbers{0, 1, 2, 3}));
  EXPECT_EQ(Selection(tables, 4).turns(), (Numbers{0, 1, 2, 3, 4}));
}

}  // namespace
}  // namespace sim::show
