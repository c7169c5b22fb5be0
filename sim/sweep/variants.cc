// SPDX-License-Identifier: Apache-2.0
#include "sim/sweep/variants.h"

#include <algorithm>

#include "sim/scenario/language/writer.h"

namespace sim::sweep {
namespace {

using scenario::Axis;
using scenario::ConfigBlock;

syncer::Error wrong(const std::string& text, const std::string& why) { return {syncer::ErrorCode::Invalid, text, why}; }

std::string name_of(const Axis& axis) { return (axis.who.text == "all" ? "" : axis.who.text + ":") + axis.set; }

std::vector<std::string> split(const std::string& text) {
  std::vector<std::string> parts;
  for (std::size_t from = 0;;) {
    const std::size_t comma = text.find(',', from);
    parts.push_back(text.substr(from, comma - from));
    if (comma == std::string::npos) return parts;
    from = comma + 1;
  }
}

/// The values of combination number `n`, the last axis fastest.
std::vector<std::string> values_of(const std::vector<Axis>& axes, std::size_t n) {
  std::vector<std::string> values(axes.size());
  for (std::size_t i = axes.size(); i-- > 0;) {
    values[i] = axes[i].to[n % axes[i].to.size()];
    n /= axes[i].to.size();
  }
  return values;
}

}  // namespace

syncer::Result<Axis> parse_axis(const std::string& text) {
  const std::size_t equals = text.find('=');
  if (equals == std::string::npos)
    return tl::unexpected(wrong(text, "wants KEY=VALUE,VALUE or SELECTOR:KEY=VALUE,VALUE"));
  Axis axis;
  const std::string name = text.substr(0, equals);
  const std::size_t colon = name.rfind(':');
  if (colon != std::string::npos) axis.who.text = name.substr(0, colon);
  axis.set = name.substr(colon == std::string::npos ? 0 : colon + 1);
  axis.to = split(text.substr(equals + 1));
  for (const std::string& value : axis.to) {
    if (value.empty()) return tl::unexpected(wrong(text, "a value is empty"));
  }
  if (axis.set.empty() || axis.who.text.empty()) return tl::unexpected(wrong(text, "names no setting"));
  return axis;
}

scenario::Parsed with_settings(const scenario::Scenario& scenario, std::vector<ConfigBlock> settings,
                               const scenario::Vocabulary& vocabulary) {
  scenario::Scenario changed = scenario;
  changed.matrix.clear();
  for (ConfigBlock& block : settings) {
    // The file's own blocks of the same selector are one with it: a selector is a key, and stands once.
    const auto same = [&](const ConfigBlock& b) { return b.who == block.who; };
    const auto found = std::find_if(changed.config.begin(), changed.config.end(), same);
    scenario::Settings all;
    if (found != changed.config.end()) {
      for (const scenario::Pair& pair : found->settings.pairs) {
        const auto newer = [&](const scenario::Pair& p) { return p.key == pair.key; };
        const auto& given = block.settings.pairs;
        if (std::none_of(given.begin(), given.end(), newer)) all.pairs.push_back(pair);
      }
      changed.config.erase(found);
    }
    all.pairs.insert(all.pairs.end(), block.settings.pairs.begin(), block.settings.pairs.end());
    changed.config.push_back({block.place, block.who, std::move(all)});
  }
  return scenario::parse(scenario.file, scenario::to_json(changed), vocabulary);
}

tl::expected<std::vector<Variant>, std::vector<scenario::Diagnostic>> variants(const scenario::Scenario& scenario,
                                                                               const std::vector<Axis>& axes,
                                                                               const scenario::Vocabulary& vocabulary) {
  std::size_t count = 1;
  for (const Axis& axis : axes) count *= axis.to.size();
  std::vector<Variant> all;
  for (std::size_t n = 0; n < count; ++n) {
    Variant variant;
    variant.values = values_of(axes, n);
    std::vector<ConfigBlock> settings;
    for (std::size_t i = 0; i < axes.size(); ++i) {
      settings.push_back({axes[i].place, axes[i].who, {{{axes[i].set, variant.values[i]}}}});
      variant.text += (i == 0 ? "" : " ") + name_of(axes[i]) + "=" + variant.values[i];
    }
    if (axes.empty()) {
      variant.scenario = scenario;
    } else {
      scenario::Parsed made = with_settings(scenario, std::move(settings), vocabulary);
      if (!made) return tl::unexpected(std::move(made.error()));
      variant.scenario = std::move(*made);
      variant.scenario.name += " [" + variant.text + "]";
    }
    all.push_back(std::move(variant));
  }
  return all;
}

}  // namespace sim::sweep
