// SPDX-License-Identifier: Apache-2.0
#include "tests/e2e/kind_figures.h"

#include <poll.h>

#include <algorithm>
#include <cstdio>
#include <thread>

#include "tests/e2e/meter.h"
#include "tests/e2e/region.h"
#include "tests/e2e/shop.h"

namespace e2e {
namespace {

using Clock = std::chrono::steady_clock;
using std::chrono::milliseconds;

const std::vector<std::string> kKinds = {"servicecenter", "eureka", "nacos"};

double seconds_since(Clock::time_point start) { return std::chrono::duration<double>(Clock::now() - start).count(); }

double p99(std::vector<double> all) {
  if (all.empty()) return 0;
  std::sort(all.begin(), all.end());
  return all[(all.size() - 1) * 99 / 100];
}

/// How long a change takes until callers of a registry see it, seconds.
struct Delays {
  std::vector<double> visible;
  std::vector<double> gone;
};

/// A new instance each time, which stays for a moment.
Delays measure(Shop& from, const Shop& to, const std::string& net, int samples) {
  Delays delays;
  for (int i = 0; i < samples; ++i) {
    const std::string ip = net + std::to_string(i / 250) + "." + std::to_string(i % 250 + 1);
    idle(milliseconds(29 + i % 7 * 31));  // spreads them over the phases of the interval
    auto start = Clock::now();
    from.add(ip);
    if (!eventually(seconds(30), [&] { return to.shows(ip); })) continue;
    delays.visible.push_back(seconds_since(start));
    idle(milliseconds(600 + i % 5 * 41));
    start = Clock::now();
    from.remove(ip);
    if (eventually(seconds(60), [&] { return !to.shows(ip); })) delays.gone.push_back(seconds_since(start));
  }
  return delays;
}

/// What a registry of that kind takes until its own callers see a change.
Delays own_delays(const std::string& kind, int samples) {
  const Registry registry({"127.0.0.1:0"}, prompt_mock(kind));
  const auto shop = make_shop(kind, registry.origins.front());
  shop->add("10.1.0.1");
  eventually(seconds(10), [&] { return shop->shows("10.1.0.1"); });
  return measure(*shop, *shop, "10.2.", samples);
}

struct Line {
  std::string from;
  std::string to;
  Delays delays;
};

/// Both directions between two kinds, each in a world of its own.
Line measure_pair(const std::string& from, const std::string& to, int samples) {
  const Workplace workplace;
  const Registry home({"127.0.0.1:0"}, prompt_mock(from));
  const Registry away({"127.0.0.1:0"}, prompt_mock(to));
  const auto near = make_shop(from, home.origins.front());
  const auto far = make_shop(to, away.origins.front());
  const Syncer east(workplace, words("east", near->address()));
  const Syncer west(workplace, words("west", far->address(), east.gossip));
  near->add("10.1.0.1");
  eventually(seconds(60), [&] { return far->shows("10.1.0.1"); });
  return {from, to, measure(*near, *far, "10.2.", samples)};
}

}  // namespace

void idle(milliseconds time) { ::poll(nullptr, 0, static_cast<int>(time.count())); }

void kind_pairs(int samples) {
  std::printf("%-14s %-14s %7s %12s %9s %12s %9s\n", "from", "to", "samples", "visible p99", "besides", "gone p99",
              "besides");
  std::vector<Delays> own;
  for (const std::string& kind : kKinds) {
    own.push_back(own_delays(kind, samples));
    std::printf("%-14s %-14s %7zu %10.2f s %9s %12.2f s\n", kind.c_str(), "by itself", own.back().gone.size(),
                p99(own.back().visible), "", p99(own.back().gone));
    std::fflush(stdout);
  }
  for (std::size_t from = 0; from < kKinds.size(); ++from) {
    for (std::size_t to = 0; to < kKinds.size(); ++to) {
      const Line line = measure_pair(kKinds[from], kKinds[to], samples);
      // A change waits in the registry that it comes from, then in the one that it goes to.
      const double visible = p99(line.delays.visible);
      const double gone = p99(line.delays.gone);
      std::printf("%-14s %-14s %7zu %10.2f s %7.2f s %10.2f s %7.2f s\n", line.from.c_str(), line.to.c_str(),
                  line.delays.gone.size(), visible, visible - p99(own[from].visible) - p99(own[to].visible), gone,
                  gone - p99(own[from].gone) - p99(own[to].gone));
      std::fflush(stdout);
    }
  }
}

namespace {

void fill(const std::string& origin, int copies) {
  std::vector<std::thread> threads;
  constexpr int kThreads = 4;
  for (int t = 0; t < kThreads; ++t) {
    threads.emplace_back([&, t] {
      for (int i = t; i < copies; i += kThreads) {
        // Fifty instances of a service.
        const auto shop = make_shop("eureka", origin, "service-" + std::to_string(i / 50));
        shop->add("10.3." + std::to_string(i / 250) + "." + std::to_string(i % 250 + 1));
      }
    });
  }
  for (std::thread& thread : threads) thread.join();
}

/// Samples of one kind of event so far.
std::string events_of(const Syncer& syncer, const std::string& event) {
  const auto answer = test::request("GET", "http://" + syncer.metrics, "/metrics");
  const std::string mark = "syncer_events_total{event=\"" + event + "\"} ";
  const std::size_t at = answer ? answer->body.find(mark) : std::string::npos;
  if (at == std::string::npos) return "0";
  return answer->body.substr(at + mark.size(), answer->body.find('\n', at) - at - mark.size());
}

}  // namespace

void kind_renewals(int copies, int rest_seconds) {
  for (const std::string& kind : kKinds) {
    const Workplace workplace;
    // Nothing is evicted there for want of renewals while this lasts.
    std::vector<std::string> patient = prompt_mock("eureka");
    patient.insert(patient.end(), {"--set", "eureka.server.eviction-interval-timer-in-ms=3600000"});
    const Registry home({"127.0.0.1:0"}, patient);
    const Registry away({"127.0.0.1:0"}, prompt_mock(kind));
    fill(home.origins.front(), copies);
    const Meter meter(away.origins.front());
    const Syncer east(workplace, words("east", make_shop("eureka", home.origins.front())->address()));
    const Syncer west(workplace, words("west", make_shop(kind, meter.origin())->address(), east.gossip));
    const bool there =
        eventually(seconds(300), [&] { return west.status("/registry/copies") == std::to_string(copies); });
    idle(seconds(60));
    const long requests = meter.requests();
    const double cpu = west.process.cpu_seconds();
    const auto start = Clock::now();
    idle(seconds(rest_seconds));
    const double time = seconds_since(start);
    std::printf("%d copies in %s%s: %.1f requests/s, %.2f %% of a core, renewals late: %s, lost: %s\n", copies,
                kind.c_str(), there ? "" : " (NOT ALL)", static_cast<double>(meter.requests() - requests) / time,
                (west.process.cpu_seconds() - cpu) / time * 100, events_of(west, "copy.lease_late").c_str(),
                events_of(west, "copy.lease_lost").c_str());
    std::fflush(stdout);
  }
}

}  // namespace e2e
