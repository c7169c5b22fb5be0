// SPDX-License-Identifier: Apache-2.0
// load_figures [SAMPLES]: two regions of real processes, and what they do and cost in figures for people. Not a test: a
// machine that is busy with other things gives other figures.
#include <algorithm>
#include <cstdio>
#include <thread>

#include "tests/e2e/kind_figures.h"
#include "tests/e2e/meter.h"
#include "tests/e2e/region.h"
#include "tests/support/pki.h"

namespace e2e {
namespace {

using Clock = std::chrono::steady_clock;
using std::chrono::milliseconds;

double seconds_since(Clock::time_point start) { return std::chrono::duration<double>(Clock::now() - start).count(); }

void print_rest(const char* what, const Meter& meter, const Syncer& syncer, int for_seconds) {
  const long requests = meter.requests();
  const long bytes = meter.bytes();
  const long connections = meter.connections();
  const double cpu = syncer.process.cpu_seconds();
  const auto start = Clock::now();
  idle(seconds(for_seconds));
  const double time = seconds_since(start);
  std::printf("%s, at rest: %.2f requests/s, %.1f kB/s, %.2f %% of a core, %ld connections in %.0f s, read each %s s\n",
              what, static_cast<double>(meter.requests() - requests) / time,
              static_cast<double>(meter.bytes() - bytes) / time / 1000,
              (syncer.process.cpu_seconds() - cpu) / time * 100, meter.connections() - connections, time,
              syncer.status("/registry/read_interval_seconds").c_str());
  std::fflush(stdout);
}

/// Endpoints whose arrival, or going, in a registry is awaited, each since its own moment.
class Awaited {
 public:
  Awaited(const ServiceCenter& sc, bool present) : sc_(sc), present_(present) {}
  void add(const std::string& endpoint) { waiting_.emplace_back(endpoint, Clock::now()); }
  bool look() {
    const auto visible = sc_.endpoints("orders");
    std::erase_if(waiting_, [&](const auto& one) {
      if ((visible.count(one.first) == 1) != present_) return false;
      latencies_.push_back(seconds_since(one.second));
      return true;
    });
    return waiting_.empty();
  }
  void look_for(milliseconds time) {
    const auto end = Clock::now() + time;
    do {
      look();
      idle(milliseconds(4));
    } while (Clock::now() < end);
  }
  void print(const char* what) {
    const bool all = eventually(seconds(60), [&] { return look(); });
    std::sort(latencies_.begin(), latencies_.end());
    const auto at = [&](std::size_t percent) { return latencies_[(latencies_.size() - 1) * percent / 100]; };
    std::printf("%s%s, %zu samples: p50 %.2f s, p99 %.2f s, max %.2f s\n", what, all ? "" : " (NOT ALL)",
                latencies_.size(), at(50), at(99), at(100));
    std::fflush(stdout);
  }

 private:
  ServiceCenter sc_;
  bool present_;
  std::vector<std::pair<std::string, Clock::time_point>> waiting_;
  std::vector<double> latencies_;
};

std::vector<std::string> unguarded(std::vector<std::string> all) {  // removals that a guard holds have no latency
  all.insert(all.end(), {"--guard.minimum", "100000"});
  return all;
}

std::string endpoint_of(int number) {
  return "rest://10." + std::to_string(number / 60'000) + "." + std::to_string(number / 250 % 240) + "." +
         std::to_string(number % 250) + ":1";
}

void latencies(int samples, const std::vector<std::string>& flags) {
  const Workplace workplace;
  const Registry home({"127.0.0.1:0"}, flags);
  const Registry away({"127.0.0.1:0"}, flags);
  const Syncer east(workplace, unguarded(words("east", home.sc.origin())));
  const Syncer west(workplace, unguarded(words("west", away.sc.origin(), east.gossip)));
  const Registered warm(home.sc, "orders", "rest://10.255.0.1:1");
  eventually(seconds(30), [&] { return warm.visible_in(away.sc); });
  // They stay: a real registry keeps showing what is removed when that is nearly everything.
  for (int i = 0; i < samples / 2; ++i) home.sc.register_instance(warm.service, endpoint_of(100'000 + i));
  eventually(seconds(60), [&] { return away.sc.endpoints("orders").size() > static_cast<std::size_t>(samples / 2); });
  constexpr milliseconds kPause(37);  // spreads them over the phases of the interval
  Awaited arrivals(away.sc, true);
  std::vector<std::string> ids;
  for (int i = 0; i < samples; ++i) {
    ids.push_back(home.sc.register_instance(warm.service, endpoint_of(i)));
    arrivals.add(endpoint_of(i));
    arrivals.look_for(kPause);
  }
  arrivals.print("register to visible");
  Awaited removals(away.sc, false);
  for (int i = 0; i < samples; ++i) {
    home.sc.remove_instance(warm.service, ids[static_cast<std::size_t>(i)]);
    removals.add(endpoint_of(i));
    removals.look_for(kPause);
  }
  removals.print("remove to gone");
}

/// Fills a registry from a few threads; an application's SDK is slower.
void fill(const Registry& registry, int services, int instances_each) {
  std::vector<std::thread> threads;
  constexpr int kThreads = 4;
  for (int t = 0; t < kThreads; ++t) {
    threads.emplace_back([&, t] {
      for (int s = t; s < services; s += kThreads) {
        const std::string id = registry.sc.register_service("service-" + std::to_string(s));
        for (int i = 0; i < instances_each; ++i) registry.sc.register_instance(id, endpoint_of(s * instances_each + i));
      }
    });
  }
  for (std::thread& thread : threads) thread.join();
}

/// Two regions, the first with so many services and instances: how long a cold start takes, and what rest costs.
void load(int services, int instances_each, int rest_seconds) {
  const Workplace workplace;
  const Registry home({"127.0.0.1:0"}, {"--ttl", "1h"});
  const Registry away;
  const Meter home_meter(home.sc.origin());
  const Meter away_meter(away.sc.origin());
  fill(home, services, instances_each);
  const std::string all = std::to_string(services * instances_each);
  const std::string what = std::to_string(services) + " services of " + std::to_string(instances_each);
  const auto start = Clock::now();
  const Syncer east(workplace, unguarded(words("east", home_meter.origin())));
  const Syncer west(workplace, unguarded(words("west", away_meter.origin(), east.gossip)));
  const bool there = eventually(seconds(300), [&] { return west.status("/registry/copies") == all; });
  std::printf("%s, cold start: %s after %.1f s; processor time %.1f s (from), %.1f s (to), %.1f s (its registry)\n",
              what.c_str(), there ? "all there" : "NOT ALL", seconds_since(start), east.process.cpu_seconds(),
              west.process.cpu_seconds(), away.process.cpu_seconds());
  std::fflush(stdout);
  idle(seconds(20));
  print_rest((what + " (its own region)").c_str(), home_meter, east, rest_seconds);
  print_rest((what + " (where the copies are)").c_str(), away_meter, west, rest_seconds);
}

/// Two regions at one level of trust, with a meter before each RPC address.
struct Level {
  Level(const Workplace& workplace, const std::string& level, int number,
        const std::vector<std::vector<std::string>>& trust)
      : name(level),
        east_meter("http://127.0.0.1:" + std::to_string(port(number, 0))),
        west_meter("http://127.0.0.1:" + std::to_string(port(number, 1))),
        east(workplace, all_words("east", home.sc.origin(), "", number, 0, east_meter, trust[0])),
        west(workplace, all_words("west", away.sc.origin(), east.gossip, number, 1, west_meter, trust[1])),
        warm(home.sc, "orders", "rest://10.255.0.1:1") {}

  static int port(int number, int region) { return 38'200 + 2 * number + region; }
  /// The syncer listens where nobody dials it, and tells the others its meter's address.
  static std::vector<std::string> all_words(const std::string& region, const std::string& registry,
                                            const std::string& join, int number, int index, const Meter& meter,
                                            const std::vector<std::string>& trust) {
    auto all = unguarded(words(region + std::to_string(number), registry, join));
    *(std::find(all.begin(), all.end(), "--rpc-addr") + 1) = "127.0.0.1:" + std::to_string(port(number, index));
    all.insert(all.end(), {"--rpc.address", meter.origin().substr(7), "--cluster-name", region});
    all.insert(all.end(), trust.begin(), trust.end());
    return all;
  }
  long bytes() const { return east_meter.bytes() + west_meter.bytes(); }

  std::string name;
  Registry home;
  Registry away;
  Meter east_meter;
  Meter west_meter;
  Syncer east;
  Syncer west;
  Registered warm;
  std::vector<double> visible = {};
};

/// What a key and certificates cost: registrations at each level in turn, then rest.
void trust_levels(int samples, int rest_seconds) {
  const Workplace workplace;
  test::Pki pki;
  pki.write(pki.path("keyring"), "[\"c2VjcmV0IHNlY3JldCBzZWNyZXQgc2VjcmV0IDEyMzQ=\"]");
  const std::vector<std::string> key = {"--gossip.keyring-file", pki.path("keyring")};
  std::vector<std::vector<std::string>> certificates;
  for (const char* region : {"east", "west"}) {
    const auto files = pki.make(test::identity(region));
    certificates.push_back(
        {"--tls.ca-file", files.ca, "--tls.cert-file", files.certificate, "--tls.key-file", files.key});
  }
  auto both = certificates;
  for (auto& one : both) one.insert(one.end(), key.begin(), key.end());
  std::vector<std::unique_ptr<Level>> levels;
  const std::vector<std::pair<const char*, std::vector<std::vector<std::string>>>> kinds = {
      {"open", {{}, {}}}, {"pool key", {key, key}}, {"certificates", certificates}, {"certificates and key", both}};
  for (const auto& [name, trust] : kinds) {
    levels.push_back(std::make_unique<Level>(workplace, name, static_cast<int>(levels.size()), trust));
  }
  for (const auto& level : levels) eventually(seconds(30), [&] { return level->warm.visible_in(level->away.sc); });
  for (int i = 0; i < samples; ++i) {
    for (const auto& level : levels) {
      idle(milliseconds(29 + i % 7 * 31));  // spreads them over the phases of the interval
      const auto start = Clock::now();
      level->home.sc.register_instance(level->warm.service, endpoint_of(i));
      eventually(seconds(30), [&] { return level->away.sc.endpoints("orders").count(endpoint_of(i)) == 1; });
      level->visible.push_back(seconds_since(start));
    }
  }
  idle(seconds(10));
  std::vector<long> before;
  for (const auto& level : levels) before.push_back(level->bytes());
  const auto start = Clock::now();
  idle(seconds(rest_seconds));
  for (std::size_t i = 0; i < levels.size(); ++i) {
    auto& visible = levels[i]->visible;
    std::sort(visible.begin(), visible.end());
    double sum = 0;
    for (const double one : visible) sum += one;
    std::printf(
        "%s: register to visible p50 %.3f s, mean %.3f s, p90 %.3f s (%zu samples); at rest %.0f B/s both ways\n",
        levels[i]->name.c_str(), visible[visible.size() / 2], sum / static_cast<double>(visible.size()),
        visible[visible.size() * 9 / 10], visible.size(),
        static_cast<double>(levels[i]->bytes() - before[i]) / seconds_since(start));
  }
}

}  // namespace
}  // namespace e2e

int main(int argc, char** argv) {
  const std::string word = argc > 1 ? argv[1] : "all";
  const std::vector<std::string> known = {"all", "latency", "rest", "cold", "trust", "kinds", "renewals"};
  if (std::find(known.begin(), known.end(), word) == known.end()) {
    std::fprintf(stderr, "usage: load_figures [all|latency|rest|cold|trust|kinds|renewals] [FLAG OF mocksc]...\n");
    return 2;
  }
  const std::vector<std::string> flags(argv + std::min(argc, 2), argv + argc);
  if (word == "all" || word == "latency") e2e::latencies(300, flags);
  if (word == "all" || word == "rest") e2e::load(4, 5, 60);
  if (word == "all" || word == "rest") e2e::load(10, 1000, 60);
  if (word == "all" || word == "rest") e2e::load(20'000, 1, 60);
  if (word == "all" || word == "cold") e2e::load(100, 500, 30);
  if (word == "all" || word == "trust") e2e::trust_levels(60, 60);
  if (word == "all" || word == "kinds") e2e::kind_pairs(25);  // ten minutes
  if (word == "all" || word == "renewals") e2e::kind_renewals(5000, 60);
  return 0;
}
