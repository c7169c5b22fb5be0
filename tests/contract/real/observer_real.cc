// SPDX-License-Identifier: Apache-2.0
#include "syncer/daemon/event_log.h"
#include "tests/contract/real/loop_world.h"

namespace contract {
namespace {

/// What the daemon gives its node: counts for the metrics, and a log with the least severity that is asked for.
class RealObserver : public LoopWorld<ObserverHarness> {
 public:
  explicit RealObserver(syncer::Severity least) : log_(least, syncer::config::LogFormat::Json), watch_(log_) {}
  syncer::Observer& observer() override { return watch_; }
  std::uint64_t taken(syncer::EventKind kind) override { return watch_.counts()[static_cast<std::size_t>(kind)]; }

 private:
  syncer::daemon::EventLog log_;
  syncer::daemon::EventCounter watch_;
};

std::unique_ptr<ObserverHarness> talkative() { return std::make_unique<RealObserver>(syncer::Severity::Trace); }
std::unique_ptr<ObserverHarness> silent() { return std::make_unique<RealObserver>(syncer::Severity::Error); }

INSTANTIATE_TEST_SUITE_P(Talkative, ObserverContract, testing::Values(&talkative));
INSTANTIATE_TEST_SUITE_P(Silent, ObserverContract, testing::Values(&silent));

}  // namespace
}  // namespace contract
