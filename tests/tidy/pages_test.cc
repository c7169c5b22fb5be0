// SPDX-License-Identifier: Apache-2.0
#include <gtest/gtest.h>

#include <regex>

#include "tests/tidy/source_tree.h"

namespace tidy {
namespace {

std::vector<SourceFile> page_files() {
  std::vector<SourceFile> files;
  for (const char* folder : {"sim/show/page", "syncer/admin/page"}) {
    for (SourceFile& file : source_files(folder, {".js", ".css", ".html"})) files.push_back(std::move(file));
  }
  return files;
}

/// What a name in the data could be taken for something else by.
TEST(Pages, TakeNoTextForMarkupOrCode) {
  const std::regex banned(
      R"(innerHTML|outerHTML|insertAdjacentHTML|document\.write|\beval\b|new Function|DOMParser|srcdoc|createContextualFragment)");
  const auto files = page_files();
  EXPECT_GE(files.size(), 6U);
  for (const SourceFile& file : files) {
    for (const std::string& line : file.lines) {
      EXPECT_FALSE(std::regex_search(line, banned)) << file.path << ": set text with textContent\n  " << line;
    }
  }
}

TEST(Pages, LoadNothingFromElsewhere) {
  const std::regex outside(R"(@import|url\(|\bsrc=|href="(?!data:|/)|https?://(?!www\.w3\.org/2000/svg))");
  for (const SourceFile& file : page_files()) {
    for (const std::string& line : file.lines) {
      EXPECT_FALSE(std::regex_search(line, outside)) << file.path << ": a page is one document\n  " << line;
    }
  }
}

}  // namespace
}  // namespace tidy
