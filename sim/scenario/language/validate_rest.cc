// SPDX-License-Identifier: Apache-2.0
#include <algorithm>
#include <set>

#include "sim/scenario/language/validate.h"
#include "syncer/base/nearest.h"

namespace sim::scenario {
namespace {

void validate_known(const Draft& draft, const std::string& word, const std::vector<std::string_view>& known,
                    const Cursor& at, std::string_view what) {
  if (known.empty() || std::find(known.begin(), known.end(), word) != known.end()) return;
  draft.reader.refuse(at, "there is no " + std::string(what) + " \"" + word + "\"" + syncer::did_you_mean(word, known));
}

/// The checks of an expectation's form.
class Form {
 public:
  Form(const Draft& draft, Cursor at) : draft_(draft), at_(std::move(at)) {}

  void operator()(const Eventually& f) const { length(f.within); }
  void operator()(const Keeps& f) const { length(f.within); }
  void operator()(const Converged& f) const {
    length(f.within);
    const bool core = f.what.text == "core";
    if (core && !draft_.scenario.settle) draft_.reader.refuse(at_.at("converged"), "\"core\" wants a \"settle\"");
  }
  void operator()(const Metric& f) const {
    validate_known(draft_, f.metric, draft_.vocabulary.metrics, at_.at("metric"), "metric");
    if (!f.p50 && !f.p99 && !f.max && !f.mean && !f.count) {
      draft_.reader.refuse(at_, "wants at least one bound: p50, p99, max, mean or count");
    }
  }
  void operator()(const Order& f) const {
    if (f.labels.size() < 2) draft_.reader.refuse(at_.at("order"), "wants two labels or more");
    for (std::size_t i = 0; i < f.labels.size(); ++i) {
      const auto& events = draft_.scenario.events;
      const bool known = std::any_of(events.begin(), events.end(), [&](const Event& e) { return e.id == f.labels[i]; });
      if (!known) draft_.reader.refuse(at_.at("order").element(i), "there is no event \"" + f.labels[i] + "\"");
    }
  }
  template <class F>
  void operator()(const F&) const {}

 private:
  void length(Duration within) const {
    if (within <= Duration::zero()) draft_.reader.refuse(at_.at("within"), "wants a time above zero");
  }

  const Draft& draft_;
  Cursor at_;
};

void validate_expectations(const Draft& draft) {
  std::set<std::string> ids;
  const auto& all = draft.scenario.expect;
  for (std::size_t i = 0; i < all.size(); ++i) {
    const Cursor at = draft.item("expect", i);
    if (!ids.insert(all[i].id).second) draft.reader.refuse(at.at("id"), "\"" + all[i].id + "\" is taken already");
    std::visit(Form(draft, at), all[i].form);
  }
}

void validate_times(const Draft& draft) {
  const Scenario& s = draft.scenario;
  if (s.duration <= Duration::zero()) draft.reader.refuse(draft.top("duration"), "wants a time above zero");
  if (s.runs == 0 || s.runs > 1'000'000) draft.reader.refuse(draft.top("runs"), "wants 1 to 1000000");
  if (s.seed.list.empty()) draft.reader.refuse(draft.top("seed"), "wants at least one seed");
  if (s.seed.list.size() > 1 && s.runs > 1) {
    draft.reader.refuse(draft.top("runs"), "a list of seeds is its own number of runs");
  }
  if (s.settle && s.settle->within + s.settle->quiet >= s.duration) {
    draft.reader.refuse(draft.top("settle"), "\"within\" and \"quiet\" leave nothing of the duration before them");
  }
}

void validate_chaos(const Draft& draft, const Chaos& c, const Cursor& at) {
  if (c.families.empty()) draft.reader.refuse(at.at("families"), "wants at least one kind of fault");
  validate_delay(draft, c.every, at.at("every"));
}

}  // namespace

void validate_rest(const Draft& draft) {
  const Scenario& s = draft.scenario;
  validate_times(draft);
  validate_expectations(draft);
  for (std::size_t i = 0; i < s.chaos.size(); ++i) validate_chaos(draft, s.chaos[i], draft.item("chaos", i));
  for (std::size_t i = 0; i < s.relax.size(); ++i) {
    const Cursor at = draft.item("relax", i).at("invariant");
    validate_known(draft, s.relax[i].invariant, draft.vocabulary.invariants, at, "invariant");
  }
}

}  // namespace sim::scenario
