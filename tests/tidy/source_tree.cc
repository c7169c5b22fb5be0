// SPDX-License-Identifier: Apache-2.0
#include "tests/tidy/source_tree.h"

#include <gtest/gtest.h>

#include <algorithm>
#include <filesystem>
#include <fstream>
#include <sstream>

namespace tidy {
namespace fs = std::filesystem;

namespace {

SourceFile load(const fs::path& root, const fs::path& path) {
  SourceFile file;
  const fs::path relative = fs::relative(path, root);
  file.path = relative.string();
  file.folder = relative.parent_path().string();
  std::ifstream in(path);
  for (std::string line; std::getline(in, line);) file.lines.push_back(line);
  return file;
}

}  // namespace

std::vector<SourceFile> source_files(const std::string& root, const std::vector<std::string>& endings) {
  const fs::path top = SYNCER_SOURCE_DIR;
  std::vector<SourceFile> files;
  for (const auto& entry : fs::recursive_directory_iterator(top / root)) {
    const std::string name = entry.path().filename().string();
    const bool wanted = std::any_of(endings.begin(), endings.end(), [&](const std::string& ending) {
      return name.size() >= ending.size() && name.compare(name.size() - ending.size(), ending.size(), ending) == 0;
    });
    if (entry.is_regular_file() && wanted) files.push_back(load(top, entry.path()));
  }
  std::sort(files.begin(), files.end(), [](const SourceFile& a, const SourceFile& b) { return a.path < b.path; });
  return files;
}

std::vector<SourceFile> product_files() {
  std::vector<SourceFile> files;
  for (const char* root : {"syncer", "sim", "mocksc"}) {
    for (SourceFile& file : source_files(root, {".h", ".cc"})) files.push_back(std::move(file));
  }
  return files;
}

std::string code_of(const std::string& line) {
  std::string code;
  bool quoted = false;
  for (std::size_t i = 0; i < line.size(); ++i) {
    if (!quoted && line.compare(i, 2, "//") == 0) break;
    if (quoted && line[i] == '\\') {
      ++i;
      continue;
    }
    if (line[i] == '"') quoted = !quoted;
    if (!quoted || line[i] == '"') code.push_back(line[i]);
  }
  return code;
}

std::string read_file(const std::string& path) {
  std::ifstream in(path);
  EXPECT_TRUE(in) << path << " cannot be read";
  std::ostringstream text;
  text << in.rdbuf();
  return text.str();
}

}  // namespace tidy
