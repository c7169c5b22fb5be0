// SPDX-License-Identifier: Apache-2.0
#include "syncer/cli/ask_commands.h"

#include <unistd.h>

#include <algorithm>
#include <deque>
#include <ostream>
#include <thread>

#include "syncer/admin/status_json.h"
#include "syncer/base/printable.h"
#include "syncer/base/quantity.h"
#include "syncer/cli/event_lines.h"
#include "syncer/cli/reach.h"
#include "syncer/cli/show.h"
#include "syncer/httpio/blocking_stream.h"

namespace syncer::cli {
namespace {

/// A syncer without news sends something every 15 s.
constexpr Duration kPatience = std::chrono::seconds(30);
/// Rows of one page of a long document.
constexpr const char* kRows = "500";
/// Cursor home, and all below it gone.
constexpr const char* kClear = "\x1b[H\x1b[J";

/// A query of those words that are given.
std::string query(std::initializer_list<std::pair<const char*, std::string>> words) {
  std::string text;
  for (const auto& [name, value] : words) {
    if (!value.empty()) text += (text.empty() ? "?" : "&") + std::string(name) + "=" + percent_encode(value);
  }
  return text;
}

Result<void> read(const Arguments& arguments, const std::string& target, const std::function<bool(ByteView)>& take) {
  const auto daemon = reach_daemon(arguments);
  if (!daemon) return tl::unexpected(daemon.error());
  return admin::read_daemon(*daemon, target, kPatience, take);
}

Result<std::string> read_all(const Arguments& arguments, const std::string& target) {
  std::string body;
  const auto done = read(arguments, target, [&](ByteView part) {
    body.append(part);
    return true;
  });
  if (!done) return tl::unexpected(done.error());
  return body;
}

/// All pages as one document.
template <class Report, class Page, class Rows>
int print_pages(const Arguments& arguments, Console console, const Page& page, Rows Report::*rows,
                std::string (*show)(const Report&)) {
  Report all;
  do {
    const auto body = page(all.next);
    auto part = body ? admin::from_json<Report>(*body) : tl::unexpected(body.error());
    if (!part) return complain(console, part.error());
    Rows former = std::move(all.*rows);
    former.insert(former.end(), (*part.*rows).begin(), (*part.*rows).end());
    all = std::move(*part);
    all.*rows = std::move(former);
  } while (!all.next.empty());
  if (arguments.json || !all.problem) console.out << (arguments.json ? admin::to_json(all) : show(all));
  return all.problem ? complain(console, {ErrorCode::Refused, "", *all.problem}) : kOk;
}

/// Below the status of `top`.
Result<std::string> last_events(const Arguments& arguments) {
  constexpr std::size_t kShown = 10;
  std::deque<std::string> last;
  EventLines lines;
  const auto done = read(arguments, "/v1/events?follow=0&level=info", [&](ByteView bytes) {
    for (const std::string& event : lines.feed(bytes)) last.push_back(event_line(event));
    while (last.size() > kShown) last.pop_front();
    return true;
  });
  if (!done) return tl::unexpected(done.error());
  std::string text;
  for (const std::string& line : last) text += line + "\n";
  return text;
}

}  // namespace

int show_explanation(const Arguments& arguments, Console console) {
  const auto body = read_all(arguments, "/v1/explain" + query({{"what", arguments.ask.what}}));
  const int printed = print_document<node::Explanation>(arguments, console, body, explanation_page);
  if (printed != kOk) return printed;
  const auto explanation = admin::from_json<node::Explanation>(*body);
  if (!explanation) return complain(console, explanation.error());
  const auto& regions = explanation->regions;
  // As a search that finds nothing.
  const bool is_known =
      std::any_of(regions.begin(), regions.end(), [](const auto& one) { return !one.instances.empty(); });
  return is_known ? kOk : kFailed;
}

int show_differences(const Arguments& arguments, Console console) {
  const auto body = read_all(arguments, "/v1/diff" + query({{"a", arguments.ask.region}, {"b", arguments.ask.other}}));
  const int printed = print_document<node::DifferenceReport>(arguments, console, body, differences_page);
  if (printed != kOk) return printed;
  const auto report = admin::from_json<node::DifferenceReport>(*body);
  if (!report) return complain(console, report.error());
  // Without the answer of both nothing was compared.
  return report->problems.empty() ? kOk : kFailed;
}

int show_copies(const Arguments& arguments, Console console) {
  const auto page = [&](const std::string& after) {
    return ask(arguments, "GET",
               "/v1/copies" + query({{"region", arguments.ask.region},
                                     {"search", arguments.ask.search},
                                     {"after", after},
                                     {"limit", kRows}}));
  };
  return print_pages<node::CopiesReport>(arguments, console, page, &node::CopiesReport::copies, copies_table);
}

int show_services(const Arguments& arguments, Console console) {
  const auto page = [&](const std::string& after) {
    return ask(arguments, "GET",
               "/v1/services" + query({{"search", arguments.ask.search}, {"after", after}, {"limit", kRows}}));
  };
  return print_pages<node::ServicesReport>(arguments, console, page, &node::ServicesReport::services, services_table);
}

int show_mappings(const Arguments& arguments, Console console) {
  const auto page = [&](const std::string& after) {
    return ask(arguments, "GET",
               "/v1/mappings" + query({{"region", arguments.ask.region},
                                       {"search", arguments.ask.search},
                                       {"after", after},
                                       {"limit", kRows}}));
  };
  return print_pages<node::MappingsReport>(arguments, console, page, &node::MappingsReport::mappings, mappings_page);
}

int show_round_trips(const Arguments& arguments, Console console) {
  const auto body = ask(arguments, "GET", "/v1/rtt" + query({{"about", arguments.ask.what}}));
  return print_document<node::RttReport>(arguments, console, body, round_trips_page);
}

int show_reachability(const Arguments& arguments, Console console) {
  const auto body = read_all(arguments, "/v1/reachability");
  const int printed = print_document<node::ReachabilityReport>(arguments, console, body, reachability_page);
  if (printed != kOk) return printed;
  const auto report = admin::from_json<node::ReachabilityReport>(*body);
  if (!report) return complain(console, report.error());
  bool all_there = true;
  for (const node::ReachabilityRow& member : report->members) {
    if (!member.is_missed()) continue;
    all_there = false;
    console.err << "syncer: member " << printable(member.name) << " counts as " << member.state
                << " and does not answer at " << printable(member.address) << "\n";
  }
  return all_there ? kOk : kUnhealthy;
}

int monitor(const Arguments& arguments, Console console) {
  Arguments following = arguments;
  following.ask.follow = true;
  return show_events(following, console);
}

int show_top(const Arguments& arguments, Console console) {
  const auto interval = parse_duration(arguments.ask.interval);
  if (!interval || *interval < std::chrono::milliseconds(100)) {
    return complain(console, {ErrorCode::Invalid, "--interval", "say a time from 100ms on, such as 2s"});
  }
  const auto count = parse_number(arguments.ask.count.empty() ? "0" : arguments.ask.count, 1'000'000);
  if (!count) return complain(console, {ErrorCode::Invalid, "--count", "say a number"});
  const bool is_terminal = ::isatty(STDOUT_FILENO) != 0;
  for (std::uint64_t pages = 1;; ++pages) {
    const auto body = ask(arguments, "GET", "/v1/status");
    const auto events = last_events(arguments);
    if (!events) return complain(console, events.error());
    if (is_terminal) console.out << kClear;
    const int printed = print_document<node::Status>(arguments, console, body, status_page);
    if (printed != kOk) return printed;
    if (!arguments.json) console.out << "\n" << *events << std::flush;
    if (pages == *count) return kOk;
    std::this_thread::sleep_for(*interval);
  }
}

int show_events(const Arguments& arguments, Console console) {
  const AskArguments& a = arguments.ask;
  EventLines lines;
  const auto take = [&](ByteView bytes) {
    for (const std::string& event : lines.feed(bytes)) {
      console.out << (arguments.json ? event : event_line(event)) << "\n" << std::flush;
    }
    return static_cast<bool>(console.out);
  };
  const std::string words = query({{"kind", a.kinds},
                                   {"region", a.region},
                                   {"level", a.level},
                                   {"after", a.after},
                                   {"follow", a.follow ? "" : "0"}});
  const auto done = read(arguments, "/v1/events" + words, take);
  if (!done) return complain(console, done.error());
  if (!a.follow) return kOk;
  return complain(console, {ErrorCode::Unreachable, "", "the syncer ended the connection"});
}

}  // namespace syncer::cli
