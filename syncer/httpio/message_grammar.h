// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <cstdint>
#include <optional>

#include "syncer/base/bytes.h"
#include "syncer/base/http_message.h"

namespace syncer::httpio {

// The small parts of an HTTP/1.1 message (RFC 9110, RFC 9112) that requests and answers share.

bool is_digit(char c);
char lower(char c);
/// Without the blanks and tabs around it.
ByteView trimmed(ByteView text);
/// Equal without regard to the case of ASCII letters.
bool same_word(ByteView a, ByteView b);
/// A list of words, in any number of fields of that name, holds this one.
bool lists(const HttpHeaders& headers, ByteView name, ByteView word);
/// A method or the name of a field (RFC 9110 section 5.6.2).
bool is_token(ByteView text);
/// A length of at most 18 decimal digits.
std::optional<std::uint64_t> parse_length(ByteView text);

}  // namespace syncer::httpio
