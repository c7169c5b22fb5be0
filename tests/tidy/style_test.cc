// SPDX-License-Identifier: Apache-2.0
#include <gtest/gtest.h>

#include "tests/tidy/source_tree.h"

namespace tidy {
namespace {

constexpr std::size_t kMaxLines = 440;
constexpr std::size_t kMaxTestLines = 800;
constexpr std::size_t kMaxColumns = 120;

std::vector<SourceFile> all_code() {
  std::vector<SourceFile> files = product_files();
  for (SourceFile& file : source_files("tests", {".h", ".cc"})) files.push_back(std::move(file));
  return files;
}

/// Characters, not bytes: a UTF-8 continuation byte takes no column.
std::size_t columns(const std::string& line) {
  std::size_t n = 0;
  for (const char c : line) n += (static_cast<unsigned char>(c) & 0xc0U) != 0x80U ? 1 : 0;
  return n;
}

TEST(Style, FilesStaySmallAndLinesReadable) {
  for (const SourceFile& file : all_code()) {
    const std::size_t limit = file.path.rfind("tests/", 0) == 0 ? kMaxTestLines : kMaxLines;
    EXPECT_LE(file.lines.size(), limit) << file.path << ": which second room is in it?";
    for (std::size_t i = 0; i < file.lines.size(); ++i) {
      const bool data = file.lines[i].find("R\"") != std::string::npos;
      EXPECT_TRUE(data || columns(file.lines[i]) <= kMaxColumns) << file.path << ":" << i + 1 << ": over 120 columns";
    }
  }
}

TEST(Style, EveryFileNamesItsLicence) {
  for (const SourceFile& file : all_code()) {
    ASSERT_FALSE(file.lines.empty()) << file.path << " is empty";
    EXPECT_EQ(file.lines[0], "// SPDX-License-Identifier: Apache-2.0") << file.path;
  }
}

TEST(Style, HeadersAreGuardedAndOpenNoNamespaces) {
  for (const SourceFile& file : all_code()) {
    if (file.path.back() != 'h') continue;
    bool once = false;
    for (const std::string& line : file.lines) {
      once = once || line == "#pragma once";
      EXPECT_NE(line.rfind("using namespace", 0), 0U) << file.path << ": " << line;
    }
    EXPECT_TRUE(once) << file.path << " lacks #pragma once";
  }
}

TEST(Style, EveryMarkdownFileHasOneTitle) {
  for (const char* root : {"docs", "."}) {
    for (const SourceFile& file : source_files(root, {".md"})) {
      if (file.path.rfind("build", 0) == 0) continue;
      int titles = 0;
      bool fenced = false;
      for (const std::string& line : file.lines) {
        if (line.rfind("```", 0) == 0) fenced = !fenced;
        if (!fenced && line.rfind("# ", 0) == 0) ++titles;
      }
      EXPECT_EQ(titles, 1) << file.path;
    }
  }
}

}  // namespace
}  // namespace tidy
