// SPDX-License-Identifier: Apache-2.0
#include <gtest/gtest.h>

#include <map>
#include <regex>
#include <set>

#include "tests/tidy/source_tree.h"

namespace tidy {
namespace {

bool ends_with(const std::string& text, const std::string& end) {
  return text.size() >= end.size() && text.compare(text.size() - end.size(), end.size(), end) == 0;
}

std::string stem(const std::string& path) { return path.substr(0, path.rfind('.')); }

TEST(Rooms, EveryImplementationHasItsHeader) {
  std::set<std::string> headers;
  for (const SourceFile& file : product_files()) {
    if (ends_with(file.path, ".h")) headers.insert(stem(file.path));
  }
  for (const SourceFile& file : product_files()) {
    if (!ends_with(file.path, ".cc") || ends_with(file.path, "/main.cc")) continue;
    if (file.path == "syncer/raft/raft_replication.cc") continue;  // the leader's half of raft.h
    if (file.path == "syncer/peering/peering_links.cc") continue;  // the links' half of peering.h
    EXPECT_TRUE(headers.count(stem(file.path)) == 1) << file.path << " has no header: whose part is it?";
  }
}

/// The class whose member a line at column 0 begins to define; empty for everything else.
std::string defined_class(const std::string& line) {
  static const std::regex member(R"(^(?:[\w:<>,&*\[\]\s]*[\s*&])?([A-Z]\w*)::(?:[A-Z]\w*::)*~?[A-Za-z_]\w*\()");
  if (line.empty() || line[0] == ' ' || line[0] == '/' || line[0] == '}' || line[0] == '#') return "";
  std::smatch match;
  return std::regex_search(line, match, member) ? match[1].str() : "";
}

TEST(Rooms, AClassLivesInAtMostTwoFiles) {
  std::map<std::string, std::set<std::string>> homes;
  for (const SourceFile& file : product_files()) {
    if (!ends_with(file.path, ".cc")) continue;
    for (const std::string& line : file.lines) {
      const std::string name = defined_class(line);
      if (!name.empty()) homes[file.folder + ": " + name].insert(file.path);
    }
  }
  EXPECT_GT(homes.size(), 100U) << "the pattern finds no classes";
  for (const auto& [name, files] : homes) {
    EXPECT_LE(files.size(), 2U) << name << " is spread: " << testing::PrintToString(files);
  }
}

}  // namespace
}  // namespace tidy
