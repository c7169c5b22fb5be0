// SPDX-License-Identifier: Apache-2.0
#include "mocksc/servicecenter/fault/fault.h"

#include <array>

#include "mocksc/servicecenter/fault/words.h"

namespace mocksc {
namespace {

constexpr std::array<std::string_view, 8> kKinds = {"outage",       "slow",       "fail",  "list_empty",
                                                    "list_partial", "stale_read", "limit", "lease_freeze"};
constexpr std::array<std::string_view, 3> kModes = {"refuse", "hang", "reset"};

template <class Enum, std::size_t N>
syncer::Result<Enum> parse(std::string_view what, std::string_view text, const std::array<std::string_view, N>& words) {
  for (std::size_t i = 0; i < N; ++i) {
    if (words[i] == text) return static_cast<Enum>(i);
  }
  return syncer::failure(syncer::ErrorCode::Invalid, "", unknown_word(what, text, {words.begin(), words.end()}));
}

}  // namespace

std::string_view name(FaultKind kind) { return kKinds[static_cast<std::size_t>(kind)]; }
std::string_view name(OutageMode mode) { return kModes[static_cast<std::size_t>(mode)]; }

syncer::Result<FaultKind> parse_fault_kind(std::string_view text) { return parse<FaultKind>("fault", text, kKinds); }
syncer::Result<OutageMode> parse_outage_mode(std::string_view text) { return parse<OutageMode>("mode", text, kModes); }

}  // namespace mocksc
