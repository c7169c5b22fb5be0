// SPDX-License-Identifier: Apache-2.0
#include "tests/study/grid.h"

#include <cstdlib>
#include <fstream>
#include <nlohmann/json.hpp>

namespace study {

std::vector<GridRow> read_grid() {
  const char* dir = std::getenv("SYNCER_CONFORMANCE_DIR");
  std::ifstream file(std::string(dir != nullptr ? dir : SYNCER_CONFORMANCE_DIR) + "/membership/gossip_grid.json");
  if (!file) return {};
  const auto document = nlohmann::json::parse(file);
  std::vector<GridRow> rows;
  for (const auto& r : document.at("rows")) {
    const auto& bounds = r.at("bounds");
    const auto ms = [&](const auto& value) { return std::chrono::milliseconds(value.template get<std::int64_t>()); };
    const int repeat = document.at("parameters").at("repeat_multiplier");
    rows.push_back({r.at("name"), r.at("members"), r.at("loss_percent"), ms(r.at("mean_delay_ms")),
                    bounds.at("periods_to_spread").template get<int>() / repeat, ms(bounds.at("sweep_timeout_ms")),
                    ms(bounds.at("observe_until_ms"))});
  }
  return rows;
}

}  // namespace study
