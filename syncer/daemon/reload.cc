// SPDX-License-Identifier: Apache-2.0
#include "syncer/daemon/reload.h"

namespace syncer::daemon {
namespace {

std::string listed(const std::vector<std::string>& keys) {
  std::string out;
  for (const std::string& key : keys) out += (out.empty() ? "" : ", ") + key;
  return out;
}

bool has_certificate(const config::DaemonConfig& config) { return config.node.certificates != CertificateRule::Off; }

/// A syncer that has a certificate goes on with another one.
bool is_tls_file(const std::string& key) {
  return key == "tls.ca-file" || key == "tls.cert-file" || key == "tls.key-file" || key == "tls.deny-file";
}

}  // namespace

Changes changes_between(const config::DaemonConfig& now, const config::DaemonConfig& fresh) {
  Changes changes;
  const bool tls_files = has_certificate(now) && has_certificate(fresh);
  for (const auto& [key, value] : fresh.effective) {
    const auto former = now.effective.find(key);
    if (former != now.effective.end() && former->second.text == value.text) continue;
    const bool taken_over = key == "log.level" || node::is_live(key) || (tls_files && is_tls_file(key));
    (taken_over ? changes.applied : changes.need_restart).push_back(key);
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
