// SPDX-License-Identifier: Apache-2.0
#include <gtest/gtest.h>

#include <regex>
#include <set>

#include "tests/tidy/source_tree.h"

namespace tidy {
namespace {

/// Programs and adapters, the only folders in which something else than the seed may decide.
const std::set<std::string> kOutside = {
    "syncer/tls",    "syncer/net",    "syncer/httpio",      "syncer/store",       "syncer/admin",
    "syncer/config", "syncer/daemon", "syncer/cli",         "mocksc/http",        "sim/cli",
    "sim/report",    "sim/real",      "sim/real/processes", "sim/real/namespaces"};

struct Ban {
  const char* pattern;
  const char* reason;
};

const Ban kBans[] = {
    {R"((steady|system|high_resolution)_clock)", "time comes in as an argument"},
    {R"(\b(clock_gettime|gettimeofday|localtime|strftime)\b)", "time comes in as an argument"},
    {R"(\brandom_device\b|\bstd::mt19937|\bs?rand\s*\()", "draw from syncer::Random"},
    {R"(std::\w+_distribution\b)", "differs between standard libraries"},
    {R"(std::shuffle\b|std::sample\b)", "differs between standard libraries"},
    {R"(std::hash<)", "differs between standard libraries"},
    {R"(std::(thread|jthread|async|mutex|condition_variable)\b)", "cores have no threads"},
    {R"(\bgetenv\b|std::locale\b|\bsetlocale\b)", "no environment, no locale"},
    {R"(\bsleep_(for|until)\b|\busleep\b)", "nothing sleeps"},
    {R"(\b(std::(cout|cerr|clog)|printf|fputs|puts)\b)", "report through the Observer or the result"},
};

TEST(BannedCalls, CoresAndSimulatorAreDeterministic) {
  for (const SourceFile& file : product_files()) {
    if (kOutside.count(file.folder) == 1 || file.path == "syncer/base/assert.h") continue;
    for (std::size_t i = 0; i < file.lines.size(); ++i) {
      const std::string code = code_of(file.lines[i]);
      for (const Ban& ban : kBans) {
        EXPECT_FALSE(std::regex_search(code, std::regex(ban.pattern)))
            << file.path << ":" << i + 1 << ": " << ban.reason << "\n  " << file.lines[i];
      }
    }
  }
}

TEST(BannedCalls, UnorderedContainersAreNeverIterated) {
  const std::regex declared(R"(unordered_(?:map|set)<[^;]*>\s+(\w+)_?\s*[;{=])");
  for (const SourceFile& file : product_files()) {
    if (kOutside.count(file.folder) == 1) continue;
    std::set<std::string> names;
    for (const std::string& line : file.lines) {
      std::smatch match;
      if (std::regex_search(line, match, declared)) names.insert(match[1]);
    }
    for (const std::string& line : file.lines) {
      for (const std::string& name : names) {
        EXPECT_FALSE(std::regex_search(line, std::regex("for \\([^;]*: (\\w+\\.)?" + name + "_?\\)")))
            << file.path << ": order of " << name << " is not defined\n  " << line;
      }
    }
  }
}

TEST(BannedCalls, TestsNeverSleep) {
  // Waiting for what never comes is a sleep, too.
  const std::regex banned(R"(sleep_for|eventually\(.*\{ return false; \}\))");
  for (const SourceFile& file : source_files("tests", {".cc", ".h"})) {
    if (file.folder == "tests/tidy") continue;
    for (const std::string& line : file.lines)
      EXPECT_FALSE(std::regex_search(line, banned)) << file.path << ": " << line;
  }
}

}  // namespace
}  // namespace tidy
