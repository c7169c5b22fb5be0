// SPDX-License-Identifier: Apache-2.0
#include "sim/show/selection.h"

#include <algorithm>

namespace sim::show {

Selection::Selection(const Tables& tables, std::size_t most_packets)
    : tables_(tables),
      kept_(tables.packets.size()),
      packet_numbers_(tables.packets.size()),
      turn_numbers_(tables.turns.size()) {
  mark_what_led_to_something();
  mark_the_rest(most_packets);
  number();
}

void Selection::mark_what_led_to_something() {
  for (const Row& row : tables_.rows) {
    std::uint32_t turn = row.turn;
    while (tables_.turns[turn].cause == Turn::Cause::Message && !kept_[tables_.turns[turn].of]) {
      const std::uint32_t packet = tables_.turns[turn].of;
      kept_[packet] = true;
      turn = tables_.packets[packet].turn;
    }
  }
}

void Selection::mark_the_rest(std::size_t most) {
  auto count = static_cast<std::size_t>(std::count(kept_.begin(), kept_.end(), true));
  for (const bool lost : {true, false}) {
    for (std::size_t i = 0; i < kept_.size() && count < most; ++i) {
      const host::MessageFate fate = tables_.packets[i].fate;
      const bool is_lost = fate != host::MessageFate::Delivered && fate != host::MessageFate::Sent;
      if (kept_[i] || is_lost != lost) continue;
      kept_[i] = true;
      ++count;
    }
  }
}

void Selection::number() {
  std::vector<bool> turns(tables_.turns.size());
  for (const Row& row : tables_.rows) turns[row.turn] = true;
  for (const Label& label : tables_.labels) turns[label.turn] = true;
  for (std::uint32_t i = 0; i < kept_.size(); ++i) {
    if (!kept_[i]) continue;
    packets_.push_back(i);
    packet_numbers_[i] = static_cast<std::uint32_t>(packets_.size());
    turns[tables_.packets[i].turn] = true;
    if (tables_.packets[i].arrived != 0) turns[tables_.packets[i].arrived - 1] = true;
  }
  for (std::uint32_t i = 0; i < turns.size(); ++i) {
    if (!turns[i]) continue;
    turns_.push_back(i);
    turn_numbers_[i] = static_cast<std::uint32_t>(turns_.size());
  }
}

}  // namespace sim::show
