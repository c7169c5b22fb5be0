// SPDX-License-Identifier: Apache-2.0
#include "syncer/cli/command_table.h"

#include <algorithm>
#include <array>

namespace syncer::cli {
namespace {

using A = AskArguments;

/// "import west".
std::string flow_of(const A& words) { return words.region.empty() ? words.what : words.what + " " + words.region; }

std::vector<TableOption> flow_options() {
  return {{"flow", "export or import", &A::what, nullptr, true, nullptr, {"export", "import"}},
          {"region", "only this region's", &A::region}};
}

std::vector<TableCommand> asking() {
  return {
      {"",
       "explain",
       "follow instances through every region: seen, filtered by which rule, exported, sent, acknowledged,\n"
       "wanted, written or rejected or held, renewed. Other regions are asked over the link",
       Task::Explain,
       {{"what", "name of a service, id of an instance or of a copy", &A::what, nullptr, true}}},
      {"",
       "diff",
       "show what one region shows and the other does not, and why",
       Task::Diff,
       {{"a", "a region", &A::region, nullptr, true}, {"b", "another region", &A::other, nullptr, true}}},
      {"",
       "copies",
       "list the copies of other regions' instances here",
       Task::Copies,
       {{"--region", "only copies of this region", &A::region},
        {"--search", "only those with this text in service or instance", &A::search}}},
      {"",
       "services",
       "list the services here: own instances and copies",
       Task::Services,
       {{"--search", "only those with this text in their name", &A::search}}},
      {"",
       "mappings",
       "list under which name each service of other regions is shown here, and ours there: as they are, renamed\n"
       "by a policy, or not at all; which rule or rewriting does it, and which policies are in force",
       Task::Mappings,
       {{"--region", "only this other region", &A::region},
        {"--search", "only those with this text in either name", &A::search}}},
      {"",
       "rtt",
       "show round trips that are measured all the time: of probes to members, and on the links with regions",
       Task::Rtt,
       {{"about", "only this member or region", &A::what}}},
      {"", "reachability",
       "ask every member of the pool now whether it is there, up to three times in 3 s. Exit code 4 when\n"
       "one does not answer that counts as there",
       Task::Reachability},
      {"",
       "top",
       "show status and last events again and again",
       Task::Top,
       {{"--interval", "time between two pages", &A::interval, nullptr, false, "2s"},
        {"--count", "end after so many pages", &A::count}}},
      {"",
       "events",
       "show what happened: the last events that the syncer keeps (some thousand), and with\n"
       "--follow those that come. With --output json one JSON object a line",
       Task::Events,
       {{"-f,--follow", "go on with what happens", nullptr, &A::follow},
        {"--kind", "only these: \"guard\" for guard.*, or whole names, parted by commas", &A::kinds},
        {"--region", "only what is about this region", &A::region},
        {"--level",
         "from this severity on: info, warning or error",
         &A::level,
         nullptr,
         false,
         nullptr,
         {"info", "warning", "error"}},
        {"--after", "only what came after the event with this id", &A::after}}},
      {"",
       "monitor",
       "show what happened and what happens, line by line, until it is interrupted: \"events --follow\"",
       Task::Monitor,
       {{"--kind", "only these: \"guard\" for guard.*, or whole names, parted by commas", &A::kinds},
        {"--region", "only what is about this region", &A::region},
        {"--level",
         "from this severity on: info, warning or error",
         &A::level,
         nullptr,
         false,
         nullptr,
         {"info", "warning", "error"}}}},
      {"debug",
       "bundle",
       "write what a running syncer says of itself into a new folder: status, checks, metrics, members, group,\n"
       "last events, history, configuration without secrets, versions",
       Task::DebugBundle,
       {{"--dir", "the folder", &A::folder, nullptr, false, "syncer-debug-TIME"}}},
  };
}

std::vector<TableCommand> making() {
  return {
      {"",
       "keygen",
       "make a random key of 256 bits for a gossip pool and print it in base64, as \"keys install\" takes it;\n"
       "with --ring a new file with it, as gossip.keyring-file takes it",
       Task::KeyGenerate,
       {{"--ring", "write a keyring file, mode 0600, in place of printing the key", &A::ring}},
       nullptr,
       false},
  };
}

std::vector<TableCommand> steering() {
  return {
      {"",
       "join",
       "join by one more address until the process ends",
       Task::Order,
       {{"address", "HOST:PORT of another syncer, its gossip or its RPC address", &A::what, nullptr, true}},
       [](const A& words) -> admin::Command { return admin::Join{words.what}; }},
      {"",
       "leave",
       "leave the pool for good and end the process; in cluster mode, too",
       Task::Order,
       {},
       [](const A&) -> admin::Command { return admin::Leave{}; }},
      {"",
       "force-leave",
       "a member that failed will not come back: forget it, and ask for it no more",
       Task::Order,
       {{"member", "its name, as \"syncer members\" shows it", &A::what, nullptr, true}},
       [](const A& words) -> admin::Command { return admin::ForceLeave{words.what}; }},
      {"sync",
       "now",
       "read the registry, dial a region or all, and try again what waits or was refused, now",
       Task::Order,
       {{"region", "only this region", &A::region}},
       [](const A& words) -> admin::Command { return admin::SyncNow{words.region}; }},
      {"", "pause",
       "import: write no copies of a region, or of all, and keep those that are there, renewed; export:\n"
       "tell a region, or all, no changes. Until it is resumed, or the process or its lead ends",
       Task::Order, flow_options(), [](const A& words) -> admin::Command { return admin::Pause{flow_of(words)}; }},
      {"", "resume", "take a pause back, or a drain", Task::Order, flow_options(),
       [](const A& words) -> admin::Command { return admin::Resume{flow_of(words)}; }},
      {"",
       "drain",
       "remove the copies of a region in steps, and write none until its import is resumed",
       Task::Order,
       {{"region", "the region whose copies go", &A::region, nullptr, true},
        {"--rate", "so many at most", &A::rate, nullptr, false, "20/s"}},
       [](const A& words) -> admin::Command { return admin::Drain{words.region + " " + words.rate}; }},
  };
}

}  // namespace

const std::vector<TableCommand>& command_table() {
  static const std::vector<TableCommand> kTable = [] {
    std::vector<TableCommand> all = asking();
    for (TableCommand& command : steering()) all.push_back(std::move(command));
    for (TableCommand& command : making()) all.push_back(std::move(command));
    return all;
  }();
  return kTable;
}

std::string_view named_here(std::string_view word) {
  struct Habit {
    std::string_view word;
    std::string_view here;
  };
  // serf, consul, etcdctl and promtool.
  static constexpr std::array kHabits = {
      Habit{"agent", "daemon"},
      Habit{"server", "daemon"},
      Habit{"start", "daemon"},
      Habit{"run", "daemon"},
      Habit{"info", "status"},
      Habit{"health", "status --check"},
      Habit{"endpoint", "status --check"},
      Habit{"check", "config check FILE\" or \"syncer status --check"},
      Habit{"validate", "config check FILE"},
      Habit{"config-check", "config check FILE"},
      Habit{"member", "members"},
      Habit{"nodes", "members"},
      Habit{"ping", "reachability"},
      Habit{"catalog", "services"},
      Habit{"instances", "copies"},
      Habit{"query", "explain NAME"},
      Habit{"operator", "cluster members"},
      Habit{"keyring", "keys list"},
      Habit{"watch", "events --follow"},
      Habit{"logs", "events"},
      Habit{"log", "events"},
      Habit{"snapshot", "debug bundle"},
      Habit{"maint", "pause"},
      Habit{"metrics", "daemon --metrics-addr IP:PORT\", then \"curl http://IP:PORT/metrics"},
  };
  const auto found =
      std::find_if(kHabits.begin(), kHabits.end(), [&](const Habit& habit) { return habit.word == word; });
  return found == kHabits.end() ? std::string_view() : found->here;
}

const char* about_group(const std::string& group) {
  return group == "sync" ? "the exchange with other regions" : "what helps to find a fault";
}

}  // namespace syncer::cli
