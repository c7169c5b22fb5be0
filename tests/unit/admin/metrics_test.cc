// SPDX-License-Identifier: Apache-2.0
#include "syncer/admin/metrics.h"

#include <gtest/gtest.h>
#include <unistd.h>

#include <cstdlib>
#include <fstream>
#include <regex>
#include <set>
#include <sstream>

#include "syncer/admin/label.h"

namespace syncer::admin {
namespace {

node::Status some_status() {
  node::Status status;
  status.ready = true;
  status.members = {{"a", "", "", "", "alive", 1, {}}, {"b", "", "", "", "alive", 1, {}}};
  node::RegionStatus region;
  region.region = "east \"1\"\n";
  region.link.link_up = true;
  region.link.last_heard = std::chrono::milliseconds(1500);
  status.regions = {region};
  status.registry.copies = 42;
  status.registry.rejected = 2;
  status.group =
      cluster::GroupStatus{true, "a", 3, 7, 1, {{"a", "0a", "", "leader", 7, 0}, {"b", "0b", "", "joining"}}};
  status.gossip_datagrams = {{"in", 12}, {"out", 13}};
  status.gossip_dropped = {{"wrong_node", 7}};
  status.sync_refused = {{"newcomer", 5}};
  status.cluster_refused = {{"rival", 3}};
  return status;
}

TEST(Metrics, ANameFromTheNetworkBreaksNoScrape) {
  EXPECT_EQ(label_value("caf\xc3\xa9 \"1\"\n"), "caf\xc3\xa9 \\\"1\\\"\\n");
  EXPECT_EQ(label_value("a\x1b[2J\r\x7f"), "a\\\\x1b[2J\\\\x0d\\\\x7f");
  EXPECT_EQ(label_value("\xff\xc0\x80"), "\\\\xff\\\\xc0\\\\x80") << "no UTF-8";
  EXPECT_EQ(label_value("\xed\xa0\x80"), "\\\\xed\\\\xa0\\\\x80") << "half of a surrogate pair";
  EXPECT_EQ(label_value("\xe2\x82"), "\\\\xe2\\\\x82") << "cut off";
  EXPECT_EQ(label_value("\xf0\x9f\x98\x80"), "\xf0\x9f\x98\x80");
  EXPECT_EQ(label_value("a\\b"), "a\\\\b");
  EXPECT_NE(label_value("\\x01"), label_value("\x01")) << "the same sample twice would fail the scrape";
}

TEST(Metrics, ValuesOfTheStatusAreThere) {
  EventCounts events{};
  events[static_cast<std::size_t>(EventKind::LinkUp)] = 3;
  const std::string text = metrics_text(some_status(), events, {"1.0", "abc", std::chrono::seconds(2)});
  for (const char* line :
       {"syncer_ready 1\n", "syncer_members{state=\"alive\"} 2\n", "syncer_registry_copies 42\n",
        "syncer_gossip_dropped_total{reason=\"wrong_node\"} 7\n", "syncer_sync_refused_total{reason=\"newcomer\"} 5\n",
        "syncer_cluster_refused_total{reason=\"rival\"} 3\n",
        "syncer_region_last_heard_seconds{region=\"east \\\"1\\\"\\n\"} 1.500\n",
        "syncer_events_total{event=\"link.up\"} 3\n", "syncer_uptime_seconds 2.000\n", "syncer_registry_rejected 2\n",
        "syncer_gossip_datagrams_total{dir=\"in\"} 12\n", "syncer_gossip_datagrams_total{dir=\"out\"} 13\n",
        "syncer_election_term 3\n", "syncer_group_term 3\n", "syncer_voter_up{voter=\"a\"} 1\n",
        "syncer_voter_up{voter=\"b\"} 0\n", "syncer_voter_lag{voter=\"a\"} 0\n",
        "syncer_build_info{version=\"1.0\",commit=\"abc\"} 1\n"}) {
    EXPECT_NE(text.find(line), std::string::npos) << line << "\nin\n" << text;
  }
}

TEST(Metrics, EveryLineFollowsTheTextFormatAndEveryMetricIsDescribedOnce) {
  std::istringstream lines(metrics_text(some_status(), EventCounts{}, {"1.0", "abc", {}}));
  const std::regex comment("# (HELP|TYPE) (syncer|process)_[a-z_]+ .+");
  const std::regex sample("syncer_[a-z_]+(\\{([a-z]+=\"([^\"\\\\]|\\\\.)*\",?)+\\})? [0-9.]+");
  std::set<std::string> described;
  std::string line;
  while (std::getline(lines, line)) {
    EXPECT_TRUE(std::regex_match(line, line[0] == '#' ? comment : sample)) << line;
    EXPECT_TRUE(line.rfind("# TYPE ", 0) != 0 || described.insert(line).second) << line;
  }
}

TEST(Metrics, WhatIsMeasuredIsThereFromTheStart) {
  Measures measures;
  measures.set_regions({{"east", true}});
  MetricsContext context{"1.0", "abc", {}, &measures, ProcessFigures{1.5, 4096, 8192, 7, 1024, 1000}, 2};
  std::string text = metrics_text(some_status(), EventCounts{}, context);
  for (const char* line :
       {"syncer_convergence_seconds_bucket{origin=\"east\",le=\"30\"} 0\n",
        "syncer_convergence_seconds_count{origin=\"east\"} 0\n",
        "syncer_registry_requests_total{op=\"get\",code=\"200\"} 0\n", "syncer_guard_pending{side=\"sender\"} 0\n",
        "syncer_leader_changes_total 0\n", "syncer_events_total{event=\"guard.tripped\"} 0\n", "process_open_fds 7\n",
        "syncer_event_readers_dropped_total 2\n"}) {
    EXPECT_NE(text.find(line), std::string::npos) << line << "\nin\n" << text;
  }
  measures.note_convergence("east", std::chrono::milliseconds(1200));
  measures.note_request("get", "503", std::chrono::milliseconds(7));
  text = metrics_text(some_status(), EventCounts{}, context);
  for (const char* line : {"syncer_convergence_seconds_bucket{origin=\"east\",le=\"1\"} 0\n",
                           "syncer_convergence_seconds_bucket{origin=\"east\",le=\"2.5\"} 1\n",
                           "syncer_convergence_seconds_bucket{origin=\"east\",le=\"+Inf\"} 1\n",
                           "syncer_convergence_seconds_sum{origin=\"east\"} 1.200000\n",
                           "syncer_sync_duration_seconds_sum{region=\"east\"} 1.200000\n",
                           "syncer_registry_requests_total{op=\"get\",code=\"503\"} 1\n",
                           "syncer_registry_request_duration_seconds_count{op=\"get\"} 1\n"}) {
    EXPECT_NE(text.find(line), std::string::npos) << line << "\nin\n" << text;
  }
  node::Status follower = some_status();
  follower.group->leads = false;
  text = metrics_text(follower, EventCounts{}, context);
  EXPECT_EQ(text.find("syncer_convergence_seconds_bucket"), std::string::npos);
  EXPECT_EQ(text.find("syncer_guard_pending{"), std::string::npos);
}

TEST(Metrics, TheSystemSaysSomethingOfThisProcess) {
  const ProcessFigures figures = read_process_figures();
  EXPECT_GT(figures.resident_bytes, 1U << 20U);
  EXPECT_GT(figures.open_descriptors, 2U);
  EXPECT_GE(figures.most_descriptors, figures.open_descriptors);
  EXPECT_GT(figures.start_time, 1.6e9);
}

TEST(Metrics, PrometheusFindsNothingToComplainAbout) {
  if (std::system("command -v promtool > /dev/null 2>&1") != 0) GTEST_SKIP() << "promtool is not installed";
  Measures measures;
  measures.set_regions({{"east", true}, {"we\"st\\", true}});
  measures.note_convergence("east", std::chrono::seconds(2));
  const std::string path = testing::TempDir() + "syncer-metrics-" + std::to_string(::getpid());
  std::ofstream(path) << metrics_text(some_status(), EventCounts{},
                                      {"1.0", "abc", std::chrono::seconds(2), &measures, read_process_figures(), 1});
  EXPECT_EQ(std::system(("promtool check metrics < " + path + " >&2").c_str()), 0);
  ::unlink(path.c_str());
}

TEST(Metrics, WhatIsNotKnownHasNoSample) {
  const std::string text = metrics_text(some_status(), EventCounts{}, {"1.0", "abc", {}});
  EXPECT_EQ(text.find("syncer_voter_lag{voter=\"b\"}"), std::string::npos) << text;
  node::Status alone;
  const std::string none = metrics_text(alone, EventCounts{}, {"1.0", "abc", {}});
  EXPECT_NE(none.find("# TYPE syncer_region_link_up gauge"), std::string::npos) << none;
  EXPECT_EQ(none.find("syncer_region_link_up{"), std::string::npos) << none;
  EXPECT_EQ(none.find("syncer_group"), std::string::npos) << none;
  EXPECT_NE(none.find("# TYPE syncer_election_term gauge"), std::string::npos) << none;
  EXPECT_EQ(none.find("\nsyncer_election_term "), std::string::npos) << "nobody is elected in single mode";
}

TEST(Metrics, AFollowerHasNoSamplesOfItsLeadersWork) {
  node::Status follower = some_status();
  follower.group->leads = false;
  const std::string text = metrics_text(follower, EventCounts{}, {"1.0", "abc", {}});
  EXPECT_NE(text.find("# TYPE syncer_registry_reachable gauge"), std::string::npos) << text;
  for (const char* sample : {"\nsyncer_registry_reachable ", "\nsyncer_registry_copies ", "\nsyncer_region_link_up{"}) {
    EXPECT_EQ(text.find(sample), std::string::npos) << sample << " in\n" << text;
  }
  EXPECT_NE(text.find("\nsyncer_group_term 3\n"), std::string::npos) << text;
}

TEST(Metrics, ARegionThatWasNeverHeardHasNoAge) {
  node::Status status = some_status();
  status.regions[0].link.last_heard.reset();
  const std::string text = metrics_text(status, EventCounts{}, {"1.0", "abc", {}});
  EXPECT_NE(text.find("# TYPE syncer_region_last_heard_seconds gauge"), std::string::npos) << text;
  EXPECT_EQ(text.find("syncer_region_last_heard_seconds{"), std::string::npos) << text;
}

TEST(Metrics, EachProblemHasASample) {
  node::Status status = some_status();
  status.regions[0].link.problem = "nothing was ever heard of it";
  status.starting = "the registry was not read completely yet";
  const std::string text = metrics_text(status, EventCounts{}, {"1.0", "abc", {}});
  EXPECT_NE(text.find("syncer_problem{cause=\"starting\",about=\"\"} 1\n"), std::string::npos) << text;
  EXPECT_NE(text.find("syncer_problem{cause=\"region_not_connected\",about=\"east \\\"1\\\"\\n\"} 1\n"),
            std::string::npos)
      << text;
}

TEST(Metrics, EachSideOfABridgeHasALabelAndEachMetricOneHead) {
  const std::vector<SideMetrics> sides = {{"site", some_status(), {}}, {"site-bridge", some_status(), {}}};
  const std::string text = metrics_text(sides, {"1.0", "abc", {}});
  EXPECT_NE(text.find("\nsyncer_ready{side=\"site\"} "), std::string::npos) << text;
  EXPECT_NE(text.find("\nsyncer_ready{side=\"site-bridge\"} "), std::string::npos) << text;
  EXPECT_NE(text.find("\nsyncer_build_info{version="), std::string::npos) << "of the process";
  const std::size_t head = text.find("# TYPE syncer_ready gauge");
  EXPECT_EQ(text.find("# TYPE syncer_ready gauge", head + 1), std::string::npos) << "the format wants one";
}

}  // namespace
}  // namespace syncer::admin
