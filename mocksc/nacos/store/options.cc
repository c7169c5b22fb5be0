// SPDX-License-Identifier: Apache-2.0
#include "mocksc/nacos/store/options.h"

#include <array>
#include <utility>

namespace mocksc::nacos {
namespace {

constexpr std::array<std::pair<Release, std::string_view>, 3> kReleases = {
    {{Release::V1_4_8, "1.4.8"}, {Release::V2_5_1, "2.5.1"}, {Release::V3_0_3, "3.0.3"}}};

}  // namespace

std::string_view name(Release release) { return kReleases.at(static_cast<std::size_t>(release)).second; }

syncer::Result<Release> parse_release(std::string_view text) {
  for (const auto& [release, number] : kReleases) {
    if (number == text) return release;
  }
  return syncer::failure(syncer::ErrorCode::Invalid, "release",
                         "\"" + std::string(text) + "\" is none of 1.4.8, 2.5.1 and 3.0.3");
}

}  // namespace mocksc::nacos
