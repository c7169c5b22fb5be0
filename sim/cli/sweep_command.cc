// SPDX-License-Identifier: Apache-2.0
#include "sim/cli/sweep_command.h"

#include <algorithm>
#include <fstream>
#include <ostream>

#include "sim/cli/play.h"
#include "sim/cli/workers.h"
#include "sim/sweep/measures.h"
#include "sim/sweep/pareto.h"
#include "sim/sweep/variants.h"

namespace sim::cli {
namespace {

constexpr int kUsage = 2;

/// Those asked for, or the file's own; nothing when one cannot be read.
std::optional<std::vector<scenario::Axis>> axes_of(const Arguments& arguments, const scenario::Scenario& scenario,
                                                   std::ostream& err) {
  if (arguments.set.empty()) return scenario.matrix;
  std::vector<scenario::Axis> axes;
  for (const std::string& text : arguments.set) {
    auto axis = sweep::parse_axis(text);
    if (!axis) {
      err << "syncsim: --set " << to_string(axis.error()) << "\n";
      return std::nullopt;
    }
    axes.push_back(std::move(*axis));
  }
  return axes;
}

bool draw(const std::string& file, const std::string& title, const std::vector<sweep::Outcome>& all,
          std::ostream& err) {
  if (file.empty()) return true;
  std::ofstream picture(file);
  picture << sweep::pareto_picture(title, all);
  if (picture.flush()) return true;
  err << "syncsim: " << file << " cannot be written\n";
  return false;
}

}  // namespace

int sweep_settings(const Arguments& arguments, std::ostream& out, std::ostream& err) {
  const auto scenario = load_file(arguments.files.front(), err);
  if (!scenario) return kUsage;
  const auto axes = axes_of(arguments, *scenario, err);
  if (!axes) return kUsage;
  if (axes->empty()) {
    err << "syncsim: " << scenario->file << " has no \"matrix\"; say what varies: --set sync.interval=5s,10s\n";
    return kUsage;
  }
  auto all = sweep::variants(*scenario, *axes, vocabulary());
  if (!all) {
    err << scenario::to_string(all.error());
    return kUsage;
  }
  std::vector<sweep::Outcome> outcomes;
  for (const sweep::Variant& one : *all) {
    outcomes.push_back(
        sweep::outcome_of(one.text, one.values, play_suite(sweep::with_measures(one.scenario), arguments)));
  }
  sweep::mark_best(outcomes);
  out << (arguments.json ? sweep::to_json(outcomes) : sweep::to_text(outcomes));
  if (!draw(arguments.svg, scenario->name, outcomes, err)) return kUsage;
  const auto is_bad = [](const sweep::Outcome& o) { return o.failed > 0; };
  return std::any_of(outcomes.begin(), outcomes.end(), is_bad) ? 1 : 0;
}

}  // namespace sim::cli
