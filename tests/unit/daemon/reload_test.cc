// SPDX-License-Identifier: Apache-2.0
#include "syncer/daemon/reload.h"

#include <gtest/gtest.h>

namespace syncer::daemon {
namespace {

TEST(Reload, WhatOnlyARestartAppliesIsNamed) {
  config::DaemonConfig now;
  now.effective = {{"log.level", {"info", "default"}}, {"sync.hold", {"2m", "default"}}, {"node", {"a", "--node"}}};
  config::DaemonConfig fresh = now;
  EXPECT_EQ(changes_between(now, fresh), Changes{});
  fresh.effective["log.level"] = {"debug", "f.json:1:2"};
  fresh.effective["sync.hold"] = {"3m", "f.json:2:2"};
  fresh.effective["node"] = {"b", "--node"};
  fresh.log_level = Severity::Debug;
  const Changes changes = changes_between(now, fresh);
  EXPECT_EQ(changes, (Changes{Severity::Debug, {"log.level", "sync.hold"}, {"node"}}));
  EXPECT_NE(describe(changes).find("changed: log.level, sync.hold; changed, but only a restart applies: node"),
            std::string::npos)
      << describe(changes);
}

TEST(Reload, AnotherCertificateIsTakenOverByWhoHasOne) {
  config::DaemonConfig now;
  now.effective = {{"tls.deny-file", {"", "default"}}};
  config::DaemonConfig fresh = now;
  fresh.effective["tls.deny-file"] = {"deny.txt", "f.json:1:2"};
  EXPECT_EQ(changes_between(now, fresh).need_restart, (std::vector<std::string>{"tls.deny-file"}));
  now.node.certificates = fresh.node.certificates = CertificateRule::Required;
  EXPECT_EQ(changes_between(now, fresh).applied, (std::vector<std::string>{"tls.deny-file"}));
}

TEST(Reload, APolicyIsTakenOver) {
  config::DaemonConfig now;
  now.effective = {{"policy", {"", "default"}}};
  config::DaemonConfig fresh = now;
  fresh.effective["policy"] = {"{}", "f.json:1:2"};
  EXPECT_EQ(changes_between(now, fresh), (Changes{{}, {"policy"}, {}}));
}

}  // namespace
}  // namespace syncer::daemon
