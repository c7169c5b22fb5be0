// SPDX-License-Identifier: Apache-2.0
#include "sim/check/expectation.h"

#include <algorithm>

#include "sim/host/world.h"
#include "syncer/base/quantity.h"

namespace sim::check {
namespace {

std::string at_text(Instant t) { return syncer::to_string(t.time_since_epoch()); }

class EventuallyHolds : public Expectation {
 public:
  EventuallyHolds(const EvaluationContext& context, const scenario::Expectation& source,
                  const scenario::Eventually& form)
      : Expectation(context, source), form_(form) {}

  void look(Instant now, bool changed) override {
    if (decided_) return;
    const auto start = at(form_.after);
    if (!start || now < *start) return;
    const bool late = now > *start + form_.within;
    if (!late && (changed || !entered_) && context_.evaluate(form_.predicate)) {
      decided_ = true;
      took_ = now - *start;
    } else if (late) {
      fail(*start);
    }
    entered_ = true;
  }

  void finish(Instant now, scenario::Findings& findings) override {
    const auto start = at(form_.after);
    if (!decided_ && start && now >= *start + form_.within) fail(*start);
    if (!decided_) undecided(findings, start ? "the run ended before its time was over" : "\"after\" never came");
    if (took_) findings.timings.push_back({source_.id, form_.within, {*took_}});
  }

 private:
  void fail(Instant start) {
    decided_ = true;
    std::vector<std::string> facts = {"did not come true between " + at_text(start) + " and " +
                                      at_text(start + form_.within)};
    for (std::string& reason : context_.ledger->explain(2)) facts.push_back(std::move(reason));
    violated(std::move(facts));
  }

  const scenario::Eventually& form_;
  bool entered_ = false;
  bool decided_ = false;
  std::optional<Duration> took_;
};

/// Always and never: the predicate has one value throughout a window, but for stretches of `grace`.
class Throughout : public Expectation {
 public:
  Throughout(const EvaluationContext& context, const scenario::Expectation& source,
             const scenario::Predicate& predicate, bool wanted, const scenario::Moment& from,
             const scenario::Moment& until, Duration grace)
      : Expectation(context, source),
        predicate_(predicate),
        wanted_(wanted),
        from_(from),
        until_(until),
        grace_(grace) {}

  void look(Instant now, bool changed) override {
    if (done_) return;
    const auto from = at(from_);
    if (!from || now < *from) return;
    const auto until = at(until_);
    if (until && now > *until) {
      judge(*until);
      done_ = true;
      return;
    }
    judge(now);
    if (changed || !entered_) note(now, context_.evaluate(predicate_) == wanted_);
    entered_ = true;
    judge(now);
  }

  void finish(Instant now, scenario::Findings& findings) override {
    if (!done_) judge(now);
    if (!at(from_)) undecided(findings, "\"from\" never came");
  }

 private:
  void note(Instant now, bool good) {
    if (good)
      broken_since_.reset();
    else if (!broken_since_)
      broken_since_ = now;
  }

  void judge(Instant now) {
    if (!broken_since_ || now - *broken_since_ < grace_ || done_) return;
    done_ = true;
    const std::string word = wanted_ ? "false" : "true";
    std::vector<std::string> facts = {"was " + word + " from " + at_text(*broken_since_) + " to " + at_text(now) +
                                      (grace_ > Duration::zero() ? ", grace is " + syncer::to_string(grace_) : "")};
    for (std::string& reason : context_.ledger->explain(2)) facts.push_back(std::move(reason));
    violated(std::move(facts));
  }

  const scenario::Predicate& predicate_;
  bool wanted_;
  const scenario::Moment& from_;
  const scenario::Moment& until_;
  Duration grace_;
  bool entered_ = false;
  bool done_ = false;
  std::optional<Instant> broken_since_;
};

class KeepsUntil : public Expectation {
 public:
  KeepsUntil(const EvaluationContext& context, const scenario::Expectation& source, const scenario::Keeps& form)
      : Expectation(context, source), form_(form) {}

  void look(Instant now, bool changed) override {
    if (decided_) return;
    const auto start = at(form_.after);
    if (!start || now < *start || !(changed || !entered_ || now > *start + form_.within)) return;
    entered_ = true;
    if (context_.evaluate(form_.until)) {
      decided_ = true;
      took_ = now - *start;
    } else if (now > *start + form_.within) {
      fail("what it waits for did not come within " + syncer::to_string(form_.within));
    } else if (!context_.evaluate(form_.keeps)) {
      fail("became false at " + at_text(now) + ", before what it waits for came");
    }
  }

  void finish(Instant, scenario::Findings& findings) override {
    if (!decided_) undecided(findings, "the run ended before its time was over");
    if (took_) findings.timings.push_back({source_.id, form_.within, {*took_}});
  }

 private:
  void fail(const std::string& why) {
    decided_ = true;
    violated({why});
  }

  const scenario::Keeps& form_;
  bool entered_ = false;
  bool decided_ = false;
  std::optional<Duration> took_;
};

/// Everything that differed, or came to differ, is equal again within the time; what the applications do later is
/// timed. With "settle" as its beginning that is the demand on a core after all faults.
class IsConverged : public Expectation {
 public:
  IsConverged(const EvaluationContext& context, const scenario::Expectation& source, const scenario::Converged& form)
      : Expectation(context, source), form_(form) {}

  void look(Instant now, bool changed) override {
    if (decided_) return;
    const auto start = at(form_.after);
    if (!start || now < *start) return;
    if (among_.empty()) choose();
    const Instant deadline = *start + form_.within;
    if ((changed || !entered_) && now <= deadline && context_.ledger->differing(among_) == 0) {
      decided_ = true;
      took_ = now - *start;
    } else if (now > deadline) {
      fail(deadline);
    }
    entered_ = true;
  }

  void finish(Instant now, scenario::Findings& findings) override {
    const auto start = at(form_.after);
    if (!decided_ && start && now >= *start + form_.within) fail(*start + form_.within);
    if (!decided_) undecided(findings, start ? "the run ended before its time was over" : "\"after\" never came");
    scenario::Timing timing{source_.id, form_.within, {}};
    for (const check::Timing& t : context_.ledger->timings()) {
      if (start && t.from >= *start && among_[t.origin.registry] && among_[t.target]) timing.took.push_back(t.took);
    }
    if (timing.took.empty() && took_) timing.took.push_back(*took_);
    findings.timings.push_back(std::move(timing));
  }

 private:
  void choose() {
    among_.assign(context_.run->world.registries(), false);
    const std::string& text = form_.what.text == "core" && context_.run->scenario.settle
                                  ? context_.run->scenario.settle->core.text
                                  : form_.what.text;
    const auto sites =
        scenario::resolve({text}, context_.run->names, context_.run->captures, syncer::Random(context_.run->seed));
    for (const RegistryIndex r : scenario::registries_of(sites)) among_[r] = true;
  }

  void fail(Instant deadline) {
    decided_ = true;
    std::vector<std::string> facts = {"by " + at_text(deadline) + " " +
                                      std::to_string(context_.ledger->differing(among_)) + " instances still differ"};
    for (std::string& reason : context_.ledger->explain(3)) facts.push_back(std::move(reason));
    violated(std::move(facts));
  }

  const scenario::Converged& form_;
  std::vector<bool> among_;
  bool entered_ = false;
  bool decided_ = false;
  std::optional<Duration> took_;
};

class InOrder : public Expectation {
 public:
  InOrder(const EvaluationContext& context, const scenario::Expectation& source, const scenario::Order& form)
      : Expectation(context, source), form_(form) {}

  void look(Instant, bool) override {}
  void finish(Instant now, scenario::Findings& findings) override {
    Instant last{};
    for (const std::string& label : form_.labels) {
      const auto when = context_.run->timeline.at({label, {}});
      if (!when || *when > now) {
        undecided(findings, "\"" + label + "\" never came");
        return;
      }
      if (*when < last)
        violated({"\"" + label + "\" came at " + at_text(*when) + ", before its predecessor at " + at_text(last)});
      last = *when;
    }
  }

 private:
  const scenario::Order& form_;
};

}  // namespace

std::unique_ptr<Expectation> follow(const EvaluationContext& context, const scenario::Expectation& source) {
  if (const auto* form = std::get_if<scenario::Eventually>(&source.form)) {
    return std::make_unique<EventuallyHolds>(context, source, *form);
  }
  if (const auto* form = std::get_if<scenario::Always>(&source.form)) {
    return std::make_unique<Throughout>(context, source, form->predicate, true, form->from, form->until, form->grace);
  }
  if (const auto* form = std::get_if<scenario::Never>(&source.form)) {
    return std::make_unique<Throughout>(context, source, form->predicate, false, form->from, form->until, form->grace);
  }
  if (const auto* form = std::get_if<scenario::Keeps>(&source.form))
    return std::make_unique<KeepsUntil>(context, source, *form);
  if (const auto* form = std::get_if<scenario::Converged>(&source.form)) {
    return std::make_unique<IsConverged>(context, source, *form);
  }
  if (const auto* form = std::get_if<scenario::Order>(&source.form))
    return std::make_unique<InOrder>(context, source, *form);
  return nullptr;
}

}  // namespace sim::check
