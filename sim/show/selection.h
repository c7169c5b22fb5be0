// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <cstdint>
#include <vector>

#include "sim/show/tables.h"

namespace sim::show {

/// What of a recorded run goes into a page, where not everything can. Reports and labels all do; of packets first those
/// that had a consequence, or that led to one that had, then those that were lost, then the others.
class Selection {
 public:
  Selection(const Tables& tables, std::size_t most_packets);

  /// Numbers of the packets that are kept, in order.
  const std::vector<std::uint32_t>& packets() const { return packets_; }
  /// Numbers of the turns that something kept refers to, in order.
  const std::vector<std::uint32_t>& turns() const { return turns_; }
  /// The number in the page, counted from 1; 0 for what is left out.
  std::uint32_t packet(std::uint32_t number) const { return packet_numbers_[number]; }
  std::uint32_t turn(std::uint32_t number) const { return turn_numbers_[number]; }

 private:
  void mark_what_led_to_something();
  void mark_the_rest(std::size_t most);
  void number();

  const Tables& tables_;
  std::vector<bool> kept_;
  std::vector<std::uint32_t> packets_;
  std::vector<std::uint32_t> turns_;
  std::vector<std::uint32_t> packet_numbers_;
  std::vector<std::uint32_t> turn_numbers_;
};

}  // namespace sim::show
