// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <string>
#include <utility>
#include <vector>

#include "syncer/reference/command.h"

namespace syncer::reference {

/// A manual page of section 1 in the language of man(7), with all commands of a program.
std::string man_page(const Command& program, const std::string& version);

/// One entry of a page about a file: a term, and the paragraphs that explain it.
struct Entry {
  std::string group;  ///< heading; entries of one group stand together
  std::string term;
  std::vector<std::string> lines;
};

/// The beginning of a page of any section, up to the end of NAME.
std::string man_header(const std::string& name, int section, const std::string& about, const std::string& version);
/// A section with text; paragraphs are apart by an empty line.
std::string man_section(const std::string& title, const std::string& text);
/// Entries below the headings of their groups.
std::string man_entries(const std::vector<Entry>& entries);

}  // namespace syncer::reference
