// SPDX-License-Identifier: Apache-2.0
#include "syncer/daemon/reload.h"

namespace syncer::daemon {
namespace {

std::string listed(const std::vector<std::string>& keys) {
  std::string out;
  for (const std::string& key : keys) out += (out.empty() ? "" : ", ") + key;
  return out;
}

}  // namespace

Changes changes_between(const config::DaemonConfig& now, const config::DaemonConfig& fresh) {
  Changes changes;
  for (const auto& [key, value] : fresh.effective) {
    const auto former = now.effective.find(key);
    if (former != now.effective.end() && former->second.text == value.text) continue;
    (key == "log.level" ? changes.applied : changes.need_restart).push_back(key);
  }
  if (now.log_level != fresh.log_level) changes.log_level = fresh.log_level;
  return changes;
}

std::string describe(const Changes& changes) {
  std::string text = "files of certificates and tokens were read again";
  if (!changes.applied.empty()) text += "; changed: " + listed(changes.applied);
  if (!changes.need_restart.empty()) text += "; changed, but only a restart applies: " + listed(changes.need_restart);
  return text;
}

}  // namespace syncer::daemon
