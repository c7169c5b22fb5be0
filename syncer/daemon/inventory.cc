// SPDX-License-Identifier: Apache-2.0
#include "syncer/daemon/inventory.h"

namespace syncer::daemon {

void add_inventory(admin::AdminApi& api, Sources from) {
  api.copies = [from](const catalog::CopyQuery& query) { return from.node.copies(from.loop.now(), query); };
  api.services = [from](const std::string& search, const std::string& after, std::size_t limit) {
    return from.node.services(search, after, limit);
  };
  api.explain = [from](const std::string& what) { return from.inquiries.explain(from.loop.now(), what); };
  api.differences = [from](const std::string& a, const std::string& b) {
    return from.inquiries.differences(from.loop.now(), a, b);
  };
  api.history = [from] { return from.history.report(); };
  api.config = [from] {
    node::ConfigReport report;
    for (const auto& [key, value] : from.config.effective) {
      report.keys.push_back({key, node::without_credentials(value.text), value.origin});
    }
    return report;
  };
}

}  // namespace syncer::daemon
