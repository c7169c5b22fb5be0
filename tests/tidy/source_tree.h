// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <string>
#include <vector>

namespace tidy {

/// One text file of the repository.
struct SourceFile {
  std::string path;    ///< from the repository root, e.g. "syncer/base/time.h"
  std::string folder;  ///< "syncer/base"
  std::vector<std::string> lines;
};

/// All files under `root` (from the repository root) whose name ends with one of `endings`, sorted by path.
std::vector<SourceFile> source_files(const std::string& root, const std::vector<std::string>& endings);

/// The product and the simulator: syncer, sim, mocksc.
std::vector<SourceFile> product_files();

/// A line without its // comment and without the text inside string literals.
std::string code_of(const std::string& line);

/// Whole text of a file; fails the test when it cannot be read.
std::string read_file(const std::string& path);

}  // namespace tidy
