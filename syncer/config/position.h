// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <cstddef>
#include <string>
#include <string_view>

namespace syncer::config {

/// "line:column" of an offset, both from 1.
std::string line_and_column(std::string_view text, std::size_t offset);
/// Where the string token that ends just before `end` begins: its opening quote.
std::size_t string_start(std::string_view text, std::size_t end);
/// Where the next token begins at or after `offset`: past blanks, comments and a colon.
std::size_t next_token(std::string_view text, std::size_t offset);

}  // namespace syncer::config
