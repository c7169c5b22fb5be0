// SPDX-License-Identifier: Apache-2.0
#include "mocksc/servicecenter/store/options.h"

#include <array>
#include <string>
#include <utility>

namespace mocksc {
namespace {

constexpr std::array<std::pair<Release, std::string_view>, 5> kReleases = {{{Release::V1_3_0, "1.3.0"},
                                                                            {Release::V1_4_8, "1.4.8"},
                                                                            {Release::V2_0_0, "2.0.0"},
                                                                            {Release::V2_1_0, "2.1.0"},
                                                                            {Release::V2_2_0, "2.2.0"}}};

}  // namespace

Lags Lags::none() {
  const syncer::Duration zero{0};
  return {zero, zero, zero, zero, {0, 1}, false};
}

std::string_view name(Release release) {
  for (const auto& [known, text] : kReleases) {
    if (known == release) return text;
  }
  return "";
}

syncer::Result<Release> parse_release(std::string_view text) {
  std::string all;
  for (const auto& [known, number] : kReleases) {
    if (number == text) return known;
    all += (all.empty() ? "" : ", ") + std::string(number);
  }
  return syncer::failure(syncer::ErrorCode::Unsupported, "",
                         "unknown release \"" + std::string(text) + "\"; known: " + all);
}

}  // namespace mocksc
