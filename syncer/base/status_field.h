// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <cstdint>
#include <string_view>

/// The description of a status: each struct of a status has one
///
///     template <class Self, class Visitor>
///     static void describe(Self& s, Visitor& v) {
///       v.field({.key = "copies", .help = "Copies of other regions' instances.", .phrase = "copies"}, s.copies);
///     }
///
/// with one line a field. JSON (both ways), metrics, and the pages and tables of the command line are visitors. A
/// visitor has field(), derived() for a value that is computed from others and never read back, counts() for numbers by
/// name, part() for a struct or an optional one, and list() for rows; the first field of a row names it.
namespace syncer {

/// Which value of a field is a problem: a syncer with one is not ready, and `/readyz`, `syncer status --check` and the
/// metrics name it.
enum class Problem : std::uint8_t { Never, WhenSet, WhenUnset };

/// How one field is shown. Set means true, above zero, or not empty; an optional field that is absent is not shown.
/// Durations are seconds everywhere: their key gets "_seconds".
struct StatusField {
  std::string_view key;          ///< in JSON, and after its struct's prefix in the metrics; empty: neither
  std::string_view help = {};    ///< one sentence; the HELP of the metric of a flag, number or duration
  std::string_view phrase = {};  ///< on the page, with "{}" for the value: "{} copies"; of a flag: said when it is set
  std::string_view unset = {};   ///< on the page: what is said instead when it is not set
  std::string_view column = {};  ///< head of its column in a table; empty: in no table
  bool hide_unset = false;       ///< a zero is not worth a word on the page
  Problem problem = Problem::Never;
  std::string_view cause = {};  ///< its name in the metrics; empty: made of the part's label and the key
};

/// How a part or list is shown.
struct StatusPart {
  std::string_view key;          ///< in JSON
  std::string_view label = {};   ///< first word of its lines on the page; empty: not there
  std::string_view metric = {};  ///< prefix of the names of its metrics; empty: none
  std::string_view row = {};     ///< name of the label that tells the rows of a list apart in the metrics
  bool of_writer = false;        ///< says nothing about a syncer that follows its region's leader
};

}  // namespace syncer
