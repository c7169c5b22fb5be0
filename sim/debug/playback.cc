// SPDX-License-Identifier: Apache-2.0
#include "sim/debug/playback.h"

#include <limits>

#include "sim/check/judge.h"
#include "sim/host/kernel.h"

namespace sim::debug {
namespace {

using host::EventCode;

std::string_view name_of(host::MessageFate fate) {
  static constexpr std::string_view kNames[] = {"sent",       "delivered", "lost",       "blocked by a partition",
                                                "overflowed", "too big",   "unreachable"};
  return kNames[static_cast<std::size_t>(fate)];
}

std::string_view name_of(host::Channel channel) {
  static constexpr std::string_view kNames[] = {"datagram", "stream", "http"};
  return kNames[static_cast<std::size_t>(channel)];
}

/// Whom the subject of a queued event names.
enum class Subject : std::uint8_t { Nobody, Node, Registry };

Subject subject_of(EventCode code) {
  switch (code) {
    case EventCode::Wake:
    case EventCode::ProcessorFree:
    case EventCode::Supervise:
    case EventCode::StopLimit:
    case EventCode::DiskDone:
    case EventCode::DatagramArrived:
    case EventCode::AnswerArrived:
    case EventCode::CallDeadline:
      return Subject::Node;
    case EventCode::RequestArrived:
    case EventCode::RequestRetry:
    case EventCode::AnswerReady:
    case EventCode::RegistryWake:
      return Subject::Registry;
    default:
      return code >= EventCode::WorkDatagram ? Subject::Node : Subject::Nobody;
  }
}

}  // namespace

/// Hears what one event does.
class Playback::Observer : public report::Trace {
 public:
  explicit Observer(Playback& owner)
      : report::Trace(owner.names_, [&owner](report::TraceLine&& l) { owner.take(std::move(l), true); }),
        owner_(owner) {}

  void on_registry_change(host::RegistryIndex registry, const host::RegistryChange& change) override {
    owner_.moment_.wrote.push_back(registry);
    report::Trace::on_registry_change(registry, change);
  }

  void on_message(const host::Message& m) override {
    std::string text = std::string(name_of(m.channel)) + " to " + name_at(m.to) + " " + std::string(name_of(m.fate)) +
                       ", " + std::to_string(m.bytes.size()) + " bytes";
    owner_.take({owner_.world().now(), name_at(m.from), std::move(text)}, false);
  }
  bool wants_messages() const override { return true; }

  void after_event(syncer::Instant) override { owner_.moment_.acted = owner_.world().acted(); }
  bool wants_after_event() const override { return true; }

 private:
  std::string name_at(host::Site site) const {
    const bool node = site.kind == host::Site::Kind::Node;
    if (node && site.index >= owner_.names_.nodes().size()) return "a stranger";
    return node ? owner_.names_.nodes()[site.index].name : owner_.names_.registries()[site.index];
  }

  Playback& owner_;
};

Playback::Playback(const scenario::Scenario& scenario, std::uint64_t seed)
    : scenario_(scenario), seed_(seed), names_(scenario.topology) {
  start();
}

Playback::~Playback() = default;

void Playback::start() {
  player_.reset();
  moment_ = {};
  history_.clear();
  result_ = {};
  ended_ = false;
  observer_ = std::make_unique<Observer>(*this);
  recorder_ = std::make_unique<why::Recorder>(check::make_judge(scenario_));
  scenario::RunOptions options;
  options.probe = observer_.get();
  options.capture = {0, std::numeric_limits<std::uint64_t>::max()};
  player_ = std::make_unique<scenario::Player>(scenario_, seed_, *recorder_, options);
}

void Playback::take(report::TraceLine&& line, bool keep) {
  if (keep) history_.push_back(line);
  moment_.lines.push_back(std::move(line));
}

bool Playback::step() {
  if (ended_) return false;
  moment_ = {};
  const std::size_t labels = recorder_->labels().size();
  ended_ = !player_->step();
  if (ended_) result_ = player_->finish();
  moment_.at = world().now();
  for (std::size_t i = labels; i < recorder_->labels().size(); ++i) {
    moment_.labels.push_back(recorder_->labels()[i].first);
  }
  moment_.violations = violations().size();
  if (!ended_) describe();
  return !ended_;
}

void Playback::describe() {
  const engine::TraceEntry& entry = world().record().captured().back();
  const auto code = static_cast<EventCode>(entry.kind);
  moment_.event = std::string(host::name(code));
  const Subject subject = subject_of(code);
  if (subject == Subject::Registry) moment_.event += " at " + names_.registries()[entry.site];
  if (subject != Subject::Node) return;
  moment_.event += " at " + (entry.site < names_.nodes().size() ? names_.nodes()[entry.site].name : "a stranger");
}

void Playback::rewind(std::uint64_t event) {
  start();
  while (this->event() < event && step()) {
  }
}

const std::vector<scenario::Violation>& Playback::violations() const {
  return ended_ ? result_.findings.violations : recorder_->violations();
}

}  // namespace sim::debug
