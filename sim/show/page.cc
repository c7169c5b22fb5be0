// SPDX-License-Identifier: Apache-2.0
#include "sim/show/page.h"

#include <map>
#include <nlohmann/json.hpp>
#include <utility>

#include "sim/report/summary.h"
#include "sim/scenario/values/topology.h"
#include "sim/show/column.h"
#include "sim/show/run_page.h"
#include "sim/show/selection.h"
#include "sim/show/ways.h"
#include "sim/why/explanation.h"

namespace sim::show {
namespace {

using nlohmann::json;

constexpr std::size_t kMostPackets = 120'000;
constexpr std::size_t kMostWays = 400;

/// Times in the page are microseconds.
std::int64_t micros(Duration d) { return d.count() / 1000; }
std::int64_t micros(syncer::Instant at) { return micros(at.time_since_epoch()); }

json shares(const std::vector<why::Share>& all) {
  json rows = json::array();
  for (const why::Share& share : all) rows.push_back({micros(share.took), share.text});
  return rows;
}

json hops(const std::vector<why::Hop>& all) {
  json rows = json::array();
  for (const why::Hop& hop : all) rows.push_back({micros(hop.from), micros(hop.took), hop.what, shares(hop.because)});
  return rows;
}

/// Makes the page's data of a film, table by table.
class Writer {
 public:
  Writer(const scenario::Scenario& scenario, const scenario::RunResult& result, const Film& film)
      : scenario_(scenario),
        result_(result),
        film_(film),
        tables_(film.tables()),
        names_(scenario.topology),
        selection_(tables_, kMostPackets) {}

  json data(const std::string& text) const {
    json all = head();
    all["text"] = text;
    all["why"] = reasons();
    all["sites"] = sites();
    all["labels"] = labels();
    all["bands"] = bands();
    all["violations"] = violations();
    all["instances"] = instances();
    all["ways"] = ways();
    all["samples"] = samples();
    all["turns"] = turns();
    all["rows"] = rows();
    all["facts"] = facts();
    all["packets"] = packets();
    all["showings"] = showings();
    all["strings"] = tables_.strings.all();
    return all;
  }

 private:
  json head() const {
    return {{"format", 1},
            {"name", scenario_.name},
            {"about", scenario_.about},
            {"file", scenario_.file},
            {"seed", std::to_string(result_.seed)},
            {"verdict", scenario::name(result_.verdict)},
            {"undecided", result_.findings.undecided},
            {"events", result_.events},
            {"duration", micros(result_.simulated)},
            {"replay", report::replay_line(scenario_.file, result_.seed)},
            {"rows_left", tables_.rows_left},
            {"packets_left", tables_.packets_left + tables_.packets.size() - selection_.packets().size()}};
  }

  json reasons() const {
    const auto answer = why::explain(scenario_, result_, film_, {});
    if (!answer) return nullptr;
    return {{"what", answer->headline},
            {"causes", shares(answer->causes)},
            {"hops", hops(answer->hops)},
            {"facts", answer->facts}};
  }

  json sites() const {
    json regions = json::array();
    for (const auto& region : names_.regions()) {
      regions.push_back({{"name", region.name}, {"registry", region.registry}, {"nodes", region.nodes}});
    }
    json kinds = json::array();
    for (const auto& registry : scenario_.topology.registries) kinds.push_back(registry.kind);
    return {{"names", tables_.sites},
            {"nodes", names_.nodes().size()},
            {"registries", names_.registries().size()},
            {"kinds", kinds},
            {"regions", regions}};
  }

  json labels() const {
    json rows = json::array();
    for (const Label& l : tables_.labels) rows.push_back({l.label, l.words, selection_.turn(l.turn) - 1, l.line});
    return rows;
  }

  json bands() const {
    json rows = json::array();
    for (const why::Hindrance& h : film_.hindrances().all()) {
      const syncer::Instant to = std::min(h.to, film_.end());
      if (to > h.from) rows.push_back({micros(h.from), micros(to), static_cast<int>(h.weight), h.text, site_of(h)});
    }
    return rows;
  }

  int site_of(const why::Hindrance& h) const {
    if (h.node) return static_cast<int>(*h.node);
    return h.registry ? static_cast<int>(names_.nodes().size() + *h.registry) : -1;
  }

  json violations() const {
    json rows = json::array();
    for (const scenario::Violation& v : result_.findings.violations) {
      rows.push_back({{"id", v.id}, {"at", micros(v.at)}, {"line", v.place.line}, {"facts", v.facts}});
    }
    return rows;
  }

  json instances() const {
    json rows = json::array();
    for (const Instance& one : tables_.instances) {
      rows.push_back({scenario::instance_name(one.name.instance), one.name.registry, one.name.service});
    }
    return rows;
  }

  json ways() const {
    std::map<check::InstanceName, std::size_t> numbers;
    for (std::size_t i = 0; i < tables_.instances.size(); ++i) numbers.emplace(tables_.instances[i].name, i);
    json rows = json::array();
    for (const why::Journey& way : slowest_ways(film_, kMostWays)) {
      const auto number = numbers.find(way.origin);
      if (number == numbers.end()) continue;
      rows.push_back({number->second, way.target, static_cast<int>(way.step), micros(way.from), micros(way.to),
                      way.arrived, why::in_words(names_, way), hops(why::hops_of(names_, film_, way))});
    }
    return rows;
  }

  json samples() const {
    json all = {{"step", micros(tables_.step)}};
    const auto add = [&](const char* name, std::uint64_t Sample::*member) {
      json values = json::array();
      for (const Sample& sample : tables_.samples) values.push_back(sample.*member);
      all[name] = std::move(values);
    };
    add("datagrams", &Sample::datagrams);
    add("segments", &Sample::segments);
    add("requests", &Sample::requests);
    add("bytes", &Sample::bytes);
    add("lost", &Sample::lost);
    add("differing", &Sample::differing);
    add("ghosts", &Sample::ghosts);
    add("copies", &Sample::copies);
    return all;
  }

  json turns() const {
    Column at;
    Column cause;
    for (const std::uint32_t number : selection_.turns()) {
      const Turn& turn = tables_.turns[number];
      const bool packet = turn.cause == Turn::Cause::Message;
      at.put_next(static_cast<std::uint64_t>(micros(turn.at)));
      cause.put((packet ? selection_.packet(turn.of) : turn.of) * std::uint64_t{4} +
                static_cast<std::uint64_t>(turn.cause));
    }
    return {{"count", selection_.turns().size()}, {"at", at.text()}, {"cause", cause.text()}};
  }

  json rows() const {
    Column turn;
    Column who;
    Column what;
    Column subject;
    Column look;
    Column fields;
    for (const Row& row : tables_.rows) {
      turn.put_next(selection_.turn(row.turn) - 1);
      who.put(row.who);
      what.put(row.what);
      subject.put(row.subject);
      look.put(static_cast<std::uint64_t>(row.look));
      fields.put(row.fields);
    }
    return {{"count", tables_.rows.size()}, {"turn", turn.text()}, {"who", who.text()},      {"what", what.text()},
            {"subject", subject.text()},    {"look", look.text()}, {"fields", fields.text()}};
  }

  json facts() const {
    Column key;
    Column value;
    for (const Fact& fact : tables_.facts) {
      key.put(fact.key * std::uint64_t{2} + (fact.is_number ? 1 : 0));
      value.put_signed(fact.value);
    }
    return {{"count", tables_.facts.size()}, {"key", key.text()}, {"value", value.text()}};
  }

  json packets() const {
    Column turn;
    Column took;
    Column from;
    Column to;
    Column kind;
    Column bytes;
    Column words;
    for (const std::uint32_t number : selection_.packets()) {
      const Packet& p = tables_.packets[number];
      const std::uint32_t sent = selection_.turn(p.turn);
      turn.put_next(sent - 1);
      took.put(p.arrived == 0 ? 0 : selection_.turn(p.arrived - 1) - sent + 1);
      from.put(p.from);
      to.put(p.to);
      kind.put(static_cast<std::uint64_t>(p.channel) * 8 + static_cast<std::uint64_t>(p.fate));
      bytes.put(p.bytes);
      words.put(p.words);
    }
    return {{"count", selection_.packets().size()},
            {"turn", turn.text()},
            {"took", took.text()},
            {"from", from.text()},
            {"to", to.text()},
            {"kind", kind.text()},
            {"bytes", bytes.text()},
            {"words", words.text()}};
  }

  json showings() const {
    Column at;
    Column instance;
    Column registry;
    Column state;
    for (const Showing& s : tables_.showings) {
      at.put_next(static_cast<std::uint64_t>(micros(s.at)));
      instance.put(s.instance);
      registry.put(s.registry);
      state.put(static_cast<std::uint64_t>(s.state));
    }
    return {{"count", tables_.showings.size()},
            {"at", at.text()},
            {"instance", instance.text()},
            {"registry", registry.text()},
            {"state", state.text()}};
  }

  const scenario::Scenario& scenario_;
  const scenario::RunResult& result_;
  const Film& film_;
  const Tables& tables_;
  const scenario::Names names_;
  const Selection selection_;
};

}  // namespace

std::string page_data(const scenario::Scenario& scenario, const std::string& text, const scenario::RunResult& result,
                      const Film& film) {
  const std::string all =
      Writer(scenario, result, film).data(text).dump(-1, ' ', false, json::error_handler_t::replace);
  std::string out;
  out.reserve(all.size());
  for (const char c : all) {
    if (c == '<') {
      out += "\\u003c";
    } else {
      out.push_back(c);
    }
  }
  return out;
}

std::string page(const scenario::Scenario& scenario, const std::string& text, const scenario::RunResult& result,
                 const Film& film) {
  constexpr std::string_view kPlace = "{{data}}";
  const std::size_t at = kRunPage.find(kPlace);
  std::string out(kRunPage.substr(0, at));
  out += page_data(scenario, text, result, film);
  return out.append(kRunPage.substr(at + kPlace.size()));
}

}  // namespace sim::show
